"""Who plays: scripted players, tuned ones, and why they move as they do."""
