"""A run's report as one HTML file: no script, font or picture comes from anywhere else."""
