"""Who answers a prompt: a model on this machine, a server that speaks the OpenAI protocol, or the user's own class."""
