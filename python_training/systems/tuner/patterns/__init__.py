"""What winning settings have in common: a network, statistics, sentences."""
