from __future__ import annotations

import math

import numpy as np
import pytest

from python_training.systems.tuner.statistics.likelihood import (
    likeliest_with_mean,
    likeliest_with_t,
    mean_llr,
    t_llr,
)
from python_training.systems.tuner.statistics.pentanomial import NORMALISED_ELO, PAIR_SCORES

COUNTS = (13, 37, 50, 25, 3)
SEEN = [count / sum(COUNTS) for count in COUNTS]


def _t_of(normalised_elo: float) -> float:
    return math.sqrt(2) * normalised_elo / NORMALISED_ELO


def _likelihood(distribution: list[float]) -> float:
    return math.fsum(share * math.log(p) for share, p in zip(SEEN, distribution, strict=True))


def _mean(distribution: list[float]) -> float:
    return math.fsum(p * value for p, value in zip(distribution, PAIR_SCORES, strict=True))


def _t(distribution: list[float]) -> float:
    mean = _mean(distribution)
    variance = math.fsum(p * (value - mean) ** 2 for p, value in zip(distribution, PAIR_SCORES, strict=True))
    return (mean - 0.5) / math.sqrt(variance)


def test_the_published_example_has_the_published_ratio() -> None:
    """Counts [13, 37, 50, 25, 3] with normalised-Elo bounds 0 and 4 give -0.549."""
    assert t_llr(COUNTS, PAIR_SCORES, 0.5, _t_of(0), _t_of(4)) == pytest.approx(-0.549, abs=5e-4)


@pytest.mark.parametrize("mean", [0.05, 0.38, 0.5, 0.52, 0.9])
def test_the_likeliest_distribution_has_the_mean_asked_for(mean: float) -> None:
    """It is a distribution, has that mean, and no other with that mean is likelier."""
    found = likeliest_with_mean(SEEN, PAIR_SCORES, mean)
    assert math.fsum(found) == pytest.approx(1, abs=1e-9)
    assert _mean(found) == pytest.approx(mean, abs=1e-9)
    # Every direction that keeps sum and mean: its slope is zero and it leads downhill to either side.
    for direction in ((1, -2, 1, 0, 0), (0, 1, -2, 1, 0), (0, 0, 1, -2, 1)):
        for sign in (1e-4, -1e-4):
            moved = [p + sign * min(found) * step for p, step in zip(found, direction, strict=True)]
            assert _likelihood(moved) < _likelihood(found)


@pytest.mark.parametrize("t", [-0.5, 0.0, 0.02, 0.4])
def test_the_likeliest_distribution_has_the_t_value_asked_for(t: float) -> None:
    """It is a distribution, has that t-value, and none of a thousand others with it is likelier."""
    found = likeliest_with_t(SEEN, PAIR_SCORES, 0.5, t)
    assert math.fsum(found) == pytest.approx(1, abs=1e-9)
    assert _t(found) == pytest.approx(t, abs=1e-9)
    rng = np.random.default_rng(0)
    rivals = 0
    for _ in range(1000):
        others = np.abs(np.array(found) * (1 + 0.2 * rng.standard_normal(5)))
        others /= others.sum()
        # Shifting mass between the ends brings the t-value back to where it must be.
        low, high = -others[0], others[4]
        shifted = others
        for _ in range(60):
            shift = (low + high) / 2
            shifted = others + shift * np.array([1, 0, 0, 0, -1])
            low, high = (shift, high) if _t(shifted.tolist()) > t else (low, shift)
        if shifted.min() > 0 and abs(_t(shifted.tolist()) - t) < 1e-9:
            rivals += 1
            assert _likelihood(shifted.tolist()) <= _likelihood(found) + 1e-12
    assert rivals > 500


def test_the_ratio_is_the_quadratic_one_when_there_is_much_evidence() -> None:
    """Near the hypotheses it agrees with N (m1 - m0) (2 m - m0 - m1) / (2 v), the normal approximation."""
    counts = (23_000, 3_000, 46_000, 4_000, 24_000)
    pairs = np.repeat(PAIR_SCORES, counts)
    normal = len(pairs) * 0.02 * (2 * pairs.mean() - 1.02) / (2 * pairs.var())
    assert mean_llr(counts, PAIR_SCORES, 0.5, 0.52) == pytest.approx(normal, rel=0.02)


def test_hypotheses_that_change_places_change_the_sign() -> None:
    """What speaks for one speaks against the other, as strongly."""
    assert mean_llr(COUNTS, PAIR_SCORES, 0.5, 0.52) == pytest.approx(-mean_llr(COUNTS, PAIR_SCORES, 0.52, 0.5))
    mirrored = COUNTS[::-1]
    assert mean_llr(mirrored, PAIR_SCORES, 0.5, 0.48) == pytest.approx(mean_llr(COUNTS, PAIR_SCORES, 0.5, 0.52))


def test_scores_never_seen_do_not_make_a_hypothesis_impossible() -> None:
    """Only wins, or only draws, give finite ratios that go the right way."""
    assert 0 < mean_llr((0, 0, 0, 0, 50), PAIR_SCORES, 0.5, 0.52) < math.inf
    assert 0 < t_llr((0, 0, 0, 0, 50), PAIR_SCORES, 0.5, 0.0, 0.05) < math.inf
    assert -math.inf < mean_llr((0, 0, 50, 0, 0), PAIR_SCORES, 0.5, 0.52) < 0


def test_a_mean_outside_the_scores_is_refused() -> None:
    """No distribution of scores from 0 to 1 has the mean 1.5."""
    with pytest.raises(ValueError, match="No distribution"):
        likeliest_with_mean(SEEN, PAIR_SCORES, 1.5)
