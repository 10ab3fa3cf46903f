from __future__ import annotations

import math

import numpy as np
import pytest

from python_training.systems.tuner.statistics.pentanomial import Pentanomial, elo_of


def test_scores_are_counted_by_value() -> None:
    """Each of the five values has its count."""
    scores = np.array([0.0, 0.25, 0.25, 0.5, 0.75, 1.0, 1.0])
    assert Pentanomial.of(scores).counts == (1, 2, 1, 1, 2)


@pytest.mark.parametrize("wrong", [0.3, -0.25, 1.25, math.nan, math.inf])
def test_a_score_that_no_pair_can_have_is_refused(wrong: float) -> None:
    """An objective that gives anything but the five values is told so."""
    with pytest.raises(ValueError, match="Pair scores must be among"):
        Pentanomial.of(np.array([0.5, wrong]))


def test_mean_and_variance_are_those_of_the_pairs() -> None:
    """They agree with numpy on the pairs written out."""
    counts = (13, 37, 50, 25, 3)
    pairs = np.repeat([0, 0.25, 0.5, 0.75, 1], counts)
    seen = Pentanomial(counts)
    assert seen.mean == pytest.approx(pairs.mean(), abs=1e-12)
    assert seen.variance == pytest.approx(pairs.var(), abs=1e-12)
    assert (seen.pairs, seen.games) == (128, 256)


def test_normalised_elo_is_the_mean_in_deviations_of_a_game() -> None:
    """Independent games have a deviation of about 1/2 each, so 52% are 0.04 of them: 13.9."""
    counts = (2304, 0, 4992, 0, 2704)  # two games won with probability 0.52, a draw being none
    assert Pentanomial(counts).normalised_elo == pytest.approx(0.04 * 800 / math.log(10), rel=1e-3)
    assert Pentanomial((0, 0, 9, 0, 0)).normalised_elo == 0.0


def test_elo_of_a_score_is_logistic() -> None:
    """Ten to one is 400 points, a draw none, and certainty has no number."""
    assert elo_of(10 / 11) == pytest.approx(400)
    assert elo_of(0.5) == 0.0
    assert elo_of(1.0) == math.inf
    assert elo_of(0.0) == -math.inf


def test_counts_add_up() -> None:
    """Two looks together are one."""
    assert (Pentanomial((1, 2, 3, 4, 5)) + Pentanomial((5, 4, 3, 2, 1))).counts == (6, 6, 6, 6, 6)
    with pytest.raises(ValueError, match="five counts"):
        Pentanomial.from_counts([1, 2, 3])
