"""Proximal policy optimisation on TF-Agents, with its known faults corrected."""
