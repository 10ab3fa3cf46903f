"""Processes that the server starts and looks after: workers that train, sessions that show a world."""
