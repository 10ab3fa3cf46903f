"""Which seeds are for training and which are kept for evaluation."""

from __future__ import annotations

TRAINING_SEEDS_END = 2**31
"""Training draws its seeds below this number."""


def held_out_seeds(count: int) -> tuple[int, ...]:
    """The first `count` seeds that no training run ever uses: 2**31, 2**31 + 1, ..."""
    return tuple(TRAINING_SEEDS_END + index for index in range(count))
