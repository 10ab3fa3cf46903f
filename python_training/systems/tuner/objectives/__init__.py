"""What else can be tuned but a world's player: a shell command, a preset of another system, a synthetic problem."""
