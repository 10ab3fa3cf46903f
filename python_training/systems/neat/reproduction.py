"""How many children each species has, and who they are."""

from __future__ import annotations

import math
import statistics

from neat import DefaultReproduction, reproduction

# neat-python adds fitnesses up with sum(), which rounds in one way on Python 3.11 and in another from 3.12 on. fsum and
# fmean round once, everywhere: species get the same children on every Python.
reproduction.sum = math.fsum
reproduction.mean = statistics.fmean


class Reproduction(DefaultReproduction):  # type: ignore[misc]  # neat-python has no types
    """neat-python's rule, where it would give up, too.

    To make the sizes of species add up to the population, neat-python takes at most one child from each, and ends with
    a RuntimeError where that does not suffice: small populations of many species die of it.
    """

    def _adjust_spawn_exact(self, spawn_amounts: list[int], pop_size: int, min_species_size: int) -> list[int]:
        before = sum(spawn_amounts)
        try:
            adjusted: list[int] = super()._adjust_spawn_exact(spawn_amounts, pop_size, min_species_size)
        except RuntimeError:
            if sum(spawn_amounts) == before:  # it works in place: nothing was left to take
                raise
            return self._adjust_spawn_exact(spawn_amounts, pop_size, min_species_size)
        return adjusted
