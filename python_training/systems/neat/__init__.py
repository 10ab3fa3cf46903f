"""Neuro-evolution of augmenting topologies: neat-python breeds, compiled kernels fly."""
