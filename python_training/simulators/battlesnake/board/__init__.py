"""The board as it is drawn and played in the dashboard."""
