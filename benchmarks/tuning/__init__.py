"""What `benchmarks/tuner.py` measures on, and whom it measures beside."""
