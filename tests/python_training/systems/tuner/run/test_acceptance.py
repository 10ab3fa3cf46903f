from __future__ import annotations

import math

import numpy as np
import pytest

from python_training.systems.tuner.run.acceptance import proved_win_rate
from python_training.systems.tuner.statistics.sequential import Estimate


def test_nothing_proved_is_an_even_score() -> None:
    """The start against itself."""
    assert proved_win_rate([]) == Estimate(0.5, 0.5, 0.5)


def test_one_gain_is_itself() -> None:
    """A single confirmation already measured the score against the start."""
    rate = proved_win_rate([Estimate(0.03, 0.01, 0.06)])
    assert (rate.value, rate.low, rate.high) == pytest.approx((0.53, 0.51, 0.56))


def test_gains_add_up_as_elo() -> None:
    """Two steps of the same odds give those odds squared."""
    rate = proved_win_rate([Estimate(0.1, 0.05, 0.15)] * 2)
    assert rate.value / (1 - rate.value) == pytest.approx((0.6 / 0.4) ** 2)


def test_the_interval_of_a_chain_is_that_of_independent_parts() -> None:
    """Drawn many times from their intervals, sums of log-odds lie within the chain's interval in 95 of 100 cases."""
    random = np.random.default_rng(7)
    steps = [(0.02, 0.008), (0.03, 0.01), (0.015, 0.005)]
    rate = proved_win_rate([Estimate(gain, gain - 1.96 * error, gain + 1.96 * error) for gain, error in steps])
    scores = [0.5 + gain + error * random.standard_normal(100_000) for gain, error in steps]
    odds = sum(np.log(score / (1 - score)) for score in scores)
    inside = (odds > math.log(rate.low / (1 - rate.low))) & (odds < math.log(rate.high / (1 - rate.high)))
    assert inside.mean() == pytest.approx(0.95, abs=0.003)


def test_limits_at_the_ends_of_the_scale_stay_probabilities() -> None:
    """A gain whose interval reaches beyond what a score can be is no error."""
    rate = proved_win_rate([Estimate(0.49, 0.3, 0.5)] * 3)
    assert 0.5 < rate.low < rate.value < rate.high <= 1.0
