"""What mirrored pairs of games prove: sequential tests, intervals, Pareto fronts. Pure functions of counts."""
