"""Battlesnake: the official rules, exactly, as a batched compiled engine with a readable reference beside it."""
