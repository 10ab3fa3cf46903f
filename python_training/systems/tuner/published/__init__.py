"""What a run leaves for others to read: settings, logs, commits."""
