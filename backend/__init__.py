"""The web process: reads journals, forwards commands, serves the dashboard. It trains nothing itself."""
