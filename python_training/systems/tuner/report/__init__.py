"""One HTML file that tells all about a run: no script, font or picture from anywhere else."""
