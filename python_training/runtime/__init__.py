"""What hosts a Trainer: a run's folder, its journal, its checkpoints, its control socket and the loop."""
