"""The player of 31 parameters: what it sees in a position, and how far it looks ahead."""
