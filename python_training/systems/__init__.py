"""Training systems: one folder a learner, with its config, metrics and trainer. They do not know each other."""
