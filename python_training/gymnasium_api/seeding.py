"""Which copy of a world begins with which seed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from python_training.contracts.seeds import training_seed

SEEDS_END = 2**63
"""Seeds are integers below this number."""


def seeds_of_copies(
    seed: int | Sequence[int | None] | None, copies: int, generator: np.random.Generator | None
) -> list[int | None]:
    """One seed for each of N copies, None where a copy's own generator goes on.

    Args:
        seed: that of the first copy, whose neighbours get the next ones; or one for each copy; or None.
        copies: N.
        generator: draws the seeds that are missing, of copies that have no generator to go on with; None if all have.

    Raises:
        ValueError: there is not one for each copy, or one is not from 0 to 2**63 - 1.
    """
    if seed is None and generator is not None:
        seed = training_seed(int(generator.integers(2**31)))
    if seed is None:
        return [None] * copies
    if isinstance(seed, int | np.integer):
        seeds: list[int | None] = [int(seed) + index for index in range(copies)]
    else:
        seeds = [None if each is None else int(each) for each in seed]
    if len(seeds) != copies:
        raise ValueError(f"There must be one seed for each of {copies} copies, got {len(seeds)}.")
    for each in seeds:
        if each is not None and not 0 <= each < SEEDS_END:
            raise ValueError(f"A seed must lie between 0 and 2**63 - 1, got {each}.")
    if generator is not None:
        seeds = [training_seed(int(generator.integers(2**31))) if each is None else each for each in seeds]
    return seeds
