"""Everything that proposes: search games, a model of what they say, and a portfolio of sources of candidates."""
