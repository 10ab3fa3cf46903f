"""A run at work: its rounds of games, its trials of candidates, and all that it remembers."""
