"""A language model that suggests what to try next, from a process of its own."""
