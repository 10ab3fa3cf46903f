from __future__ import annotations

import itertools

import numpy as np
import pytest

from python_training.systems.tuner.seeds import PAIRS_PER_BLOCK, PAIRS_PER_PURPOSE, Purpose, decision_seeds, pair_seeds


def test_no_two_purposes_share_a_seed() -> None:
    """The first and the last pairs of every purpose are all different, and fit into 63 bits."""
    ends = [pair_seeds(2**31 - 1, each, begin, 5) for each in Purpose for begin in (0, PAIRS_PER_PURPOSE - 5)]
    seeds = np.concatenate(ends)
    assert len(set(seeds.tolist())) == len(seeds)
    assert seeds.min() >= 0
    assert seeds.max() < 2**63 - 1


def test_ranges_of_purposes_lie_apart() -> None:
    """Whatever lies between a purpose's first and last seed is its own."""
    spans = sorted((int(pair_seeds(7, each, 0, 1)[0]), int(each)) for each in Purpose)
    for (first, _), (after, _) in itertools.pairwise(spans):
        assert first + PAIRS_PER_PURPOSE <= after


def test_decisions_have_blocks_of_their_own() -> None:
    """The last pair of one decision comes before the first of the next."""
    last = decision_seeds(3, Purpose.CONFIRMATION, 8, PAIRS_PER_BLOCK - 1, 1)
    assert decision_seeds(3, Purpose.CONFIRMATION, 9, 0, 1)[0] == last[0] + 1
    with pytest.raises(ValueError, match="pairs a stage"):
        decision_seeds(3, Purpose.CONFIRMATION, 8, PAIRS_PER_BLOCK - 1, 2)


def test_runs_of_other_seeds_play_other_games() -> None:
    """And the same seed the same games."""
    assert pair_seeds(1, Purpose.SEARCH, 10, 3).tolist() == pair_seeds(1, Purpose.SEARCH, 10, 3).tolist()
    assert not set(pair_seeds(1, Purpose.SEARCH, 0, 100).tolist()) & set(pair_seeds(2, Purpose.SEARCH, 0, 100).tolist())


def test_pairs_beyond_the_purpose_are_refused() -> None:
    """They would be the seeds of something else."""
    with pytest.raises(ValueError, match="Pairs must lie"):
        pair_seeds(0, Purpose.SEARCH, PAIRS_PER_PURPOSE - 1, 2)
