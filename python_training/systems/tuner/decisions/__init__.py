"""A candidate's way to acceptance, step by step; what its games prove is said by `statistics`."""
