"""Which pair of games has which seed. None serves two purposes: nothing is proved by games that it was fitted to."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

_PURPOSE_BITS, _RUN_BITS, _PAIR_BITS = 3, 20, 40
_BLOCK_BITS = 20
PAIRS_PER_PURPOSE = 1 << _PAIR_BITS
"""Pairs that a run has for each purpose: a thousand a second would last 34 years."""
PAIRS_PER_BLOCK = 1 << _BLOCK_BITS
"""Pairs that each decision has for each of its stages."""


class Purpose(IntEnum):
    """What a pair of games is played for."""

    SEARCH = 0
    STAGE_ONE = 1
    CONFIRMATION = 2
    NON_REGRESSION = 3
    BASELINE = 4
    TOURNAMENT = 5


def pair_seeds(run_seed: int, purpose: Purpose, begin: int, count: int) -> NDArray[np.int64]:
    """(count,) seeds of the pairs `begin`, `begin` + 1, ... of one purpose, each from 0 to 2**63 - 1.

    From the top: 3 bits of purpose, the last 20 bits of the run's seed, 40 bits of the pair's number. Only runs whose
    seeds agree in their last 20 bits play the same games.

    Raises:
        ValueError: the pairs are not among those of the purpose.
    """
    if begin < 0 or count < 0 or begin + count > PAIRS_PER_PURPOSE:
        raise ValueError(f"Pairs must lie from 0 to {PAIRS_PER_PURPOSE}, got {begin} to {begin + count}.")
    first = (int(purpose) << (_RUN_BITS + _PAIR_BITS)) | ((run_seed % (1 << _RUN_BITS)) << _PAIR_BITS) | begin
    return np.arange(first, first + count, dtype=np.int64)


def decision_seeds(run_seed: int, purpose: Purpose, decision: int, begin: int, count: int) -> NDArray[np.int64]:
    """The seeds of pairs `begin` ... of decision number `decision` (from 0), whose block no other decision touches.

    Raises:
        ValueError: more pairs than a block has, or more decisions than there are blocks.
    """
    if begin < 0 or begin + count > PAIRS_PER_BLOCK:
        raise ValueError(f"A decision has {PAIRS_PER_BLOCK} pairs a stage, asked for {begin} to {begin + count}.")
    return pair_seeds(run_seed, purpose, (decision << _BLOCK_BITS) + begin, count)
