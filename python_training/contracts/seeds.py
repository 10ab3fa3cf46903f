"""Which seeds are for training and which are kept for evaluation.

Every seed that an environment is given lies in [0, 2**31 - 1), which a C int holds: simulators written in C take no
others. The last 2**17 of them are held out.

    0 ... TRAINING_SEEDS_END - 1                training: drawn from the run's own seed
    TRAINING_SEEDS_END ... SEEDS_END - 1        held out: evaluation, duels, baselines, films
"""

from __future__ import annotations

SEEDS_END = 2**31 - 1
"""Seeds lie below this number."""

HELD_OUT_SEEDS = 2**17
"""How many are held out."""

TRAINING_SEEDS_END = SEEDS_END - HELD_OUT_SEEDS
"""Training draws its seeds below this number."""


def training_seed(drawn: int) -> int:
    """The training seed that a number drawn at random, from 0 on, stands for."""
    seed = int(drawn) % 2**31
    # Not drawn % TRAINING_SEEDS_END, by which every run of version 0.1 would become another one.
    return seed if seed < TRAINING_SEEDS_END else seed - HELD_OUT_SEEDS - 1


def held_out_seeds(count: int) -> tuple[int, ...]:
    """The first `count` seeds that no training run ever uses; raises ValueError for more than there are."""
    if not 0 <= count <= HELD_OUT_SEEDS:
        raise ValueError(f"There are {HELD_OUT_SEEDS} held-out seeds, asked for {count}.")
    return tuple(range(TRAINING_SEEDS_END, TRAINING_SEEDS_END + count))
