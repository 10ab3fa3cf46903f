from __future__ import annotations

import math

import numpy as np
import pytest

from python_training.systems.tuner.statistics.intervals import Moments, score_interval
from python_training.systems.tuner.statistics.pentanomial import PAIR_SCORES


@pytest.mark.parametrize("pairs", [20, 200])
@pytest.mark.parametrize("chances", [(0.25, 0, 0.5, 0, 0.25), (0.0, 0.0, 0.1, 0.1, 0.8), (0.01, 0.04, 0.9, 0.04, 0.01)])
def test_score_intervals_hold_the_truth(pairs: int, chances: tuple[float, ...]) -> None:
    """In 95% of 1,000 samples at least, three deviations allowed, also for few pairs and near the ends."""
    truth = float(np.dot(chances, PAIR_SCORES))
    rng = np.random.default_rng(7)
    found = [score_interval(row.tolist(), PAIR_SCORES) for row in rng.multinomial(pairs, chances, size=1000)]
    held = sum(each.low <= truth <= each.high for each in found)
    assert held >= 950 - 3 * math.sqrt(1000 * 0.95 * 0.05)
    assert all(0 <= each.low <= each.value <= each.high <= 1 for each in found)


def test_nothing_seen_means_nothing_known() -> None:
    """Without a pair the interval is everything."""
    found = score_interval((0, 0, 0, 0, 0), PAIR_SCORES)
    assert (found.value, found.low, found.high) == pytest.approx((0.5, 0.0, 1.0))


def test_moments_give_mean_and_interval_of_the_values() -> None:
    """Added up in parts they say what numpy says of all; what is not finite is left out."""
    values = np.array([3.0, 5.0, 8.0, 13.0, 21.0])
    both = Moments.of(values[:2]) + Moments.of(np.append(values[2:], [math.nan, math.inf]))
    half = 1.959964 * values.std(ddof=1) / math.sqrt(5)
    assert both.mean == pytest.approx(values.mean())
    assert both.estimate().high == pytest.approx(values.mean() + half)
    assert math.isnan(Moments().mean)
    assert Moments.of(values[:1]).estimate().low == -math.inf
