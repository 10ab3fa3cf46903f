"""What the web process does, without HTTP: services take what they need and know no Flask."""
