"""Where runs, events and points are kept so that they can be asked for quickly."""
