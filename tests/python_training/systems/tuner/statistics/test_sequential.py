from __future__ import annotations

import math

import numpy as np
import pytest

from python_training.systems.tuner.statistics.estimates import estimate
from python_training.systems.tuner.statistics.pentanomial import PAIR_SCORES
from python_training.systems.tuner.statistics.sequential import Stopped, crossing_probability
from python_training.systems.tuner.statistics.sprt import Kind, Ruling, SequentialTest


@pytest.mark.parametrize("time", [300.0, 1500.0, 4000.0])
@pytest.mark.parametrize("drift", [-0.002, 0.0, 0.0016])
def test_crossings_agree_with_paths_that_were_drawn(drift: float, time: float) -> None:
    """The two series give what 2,000 drawn paths give, within three deviations and what 300 steps miss."""
    lower, upper, variance, paths, steps = -2.94, 2.94, 0.0032, 2000, 300
    rng = np.random.default_rng(5)
    deviation = math.sqrt(variance * time / steps)
    place, out = np.zeros(paths), np.zeros(paths, dtype=np.int64)
    # Between two steps a path may cross and come back; bounds moved inwards by 0.5826 deviations make up for that.
    inner = 0.5826 * deviation
    for _ in range(steps):
        place += drift * time / steps + deviation * rng.standard_normal(paths)
        crossed = np.where(place >= upper - inner, 1, np.where(place <= lower + inner, -1, 0))
        out = np.where(out == 0, crossed, out)
    seen = float((out == 1).mean())
    exact = crossing_probability(drift, variance, lower, upper, time)
    assert seen == pytest.approx(exact, abs=3 * math.sqrt(max(exact * (1 - exact), 1e-4) / paths) + 0.004)


def test_the_two_series_meet() -> None:
    """Where images give way to waves the probability has no step."""
    lower, upper, variance = -2.9, 4.5, 0.001
    time = 0.15 * (upper - lower) ** 2 / variance
    before, after = (crossing_probability(0.001, variance, lower, upper, time * (1 + e)) for e in (-1e-9, 1e-9))
    assert before == pytest.approx(after, abs=1e-7)


def test_without_end_the_chance_is_walds() -> None:
    """Given time, a motion with the drift of H1 reaches the upper bound with 1 - beta."""
    lower, upper = math.log(0.05 / 0.95), math.log(0.95 / 0.05)
    assert crossing_probability(0.001, 0.002, lower, upper, 1e7) == pytest.approx(0.95)
    assert crossing_probability(-0.001, 0.002, lower, upper, 1e7) == pytest.approx(0.05)
    assert crossing_probability(0.0, 0.002, lower, upper, 1e7) == pytest.approx(0.5)


@pytest.mark.parametrize(("h1", "pairs"), [(0.501, 1500), (0.501, 500_000), (0.7, 7), (0.7, 40)])
def test_no_drift_is_too_strong(h1: float, pairs: int) -> None:
    """Tests that end at once, and hypotheses close together, give probabilities and no overflow."""
    stopped = Stopped(pairs, 4.6, -2.9, 4.5, 0.5, h1, 0.125)
    chances = [stopped.probability_of_as_good(mean) for mean in (0.0, 0.1, 0.5, 0.52, 0.9, 1.0)]
    assert all(0 <= chance <= 1 for chance in chances)
    assert chances == sorted(chances)
    found = stopped.estimate()
    assert 0 < found.low < found.value < found.high


@pytest.mark.parametrize("kind", ["mean_score", "normalised_elo"])
@pytest.mark.parametrize("gain", [0.0, 0.01, 0.03])
def test_intervals_hold_the_truth_in_95_percent_and_estimates_lean_to_neither_side(kind: Kind, gain: float) -> None:
    """Over all tests of a candidate of known strength, passed or not."""
    bounds = (0.5, 0.52) if kind == "mean_score" else (0.0, 14.0)
    test = SequentialTest(kind, *bounds, 0.05, 0.05, 10**6, 100)
    chances = (0.25 - gain, 0.0, 0.5, 0.0, 0.25 + gain)
    rng = np.random.default_rng(6)
    runs = 300 if kind == "mean_score" else 100
    held = below = 0
    for _ in range(runs):
        counts = np.zeros(5, dtype=np.int64)
        while (ruling := test.ruling(counts.tolist())) is Ruling.GOES_ON:
            counts += rng.multinomial(50, chances)
        found = estimate(test, counts.tolist(), ruling)
        held += found.low <= 0.5 + gain <= found.high
        below += found.value < 0.5 + gain
    assert held >= 0.95 * runs - 3 * math.sqrt(runs * 0.95 * 0.05)
    assert abs(below - runs / 2) <= 3 * math.sqrt(runs) / 2


@pytest.mark.parametrize("chances", [(0.2, 0, 0, 0, 0.8), (0.05, 0.1, 0.2, 0.35, 0.3)])
def test_intervals_hold_for_large_effects_of_a_dozen_pairs_too(chances: tuple[float, ...]) -> None:
    """Far from the hypotheses, as where a pair is two trainings: they may be wider than need be, never too narrow."""
    test = SequentialTest("mean_score", 0.5, 0.7, 0.05, 0.05, 10**6, 100)
    truth = float(np.dot(chances, PAIR_SCORES))
    rng = np.random.default_rng(10)
    runs, held, below = 300, 0, 0
    for _ in range(runs):
        counts = np.zeros(5, dtype=np.int64)
        while (ruling := test.ruling(counts.tolist())) is Ruling.GOES_ON:
            counts += rng.multinomial(2, chances)
        found = estimate(test, counts.tolist(), ruling)
        held += found.low <= truth <= found.high
        below += found.value < truth
    assert held >= 0.95 * runs - 3 * math.sqrt(runs * 0.95 * 0.05)
    assert 0.35 * runs < below < 0.65 * runs


def test_the_plain_mean_of_a_passed_test_promises_more() -> None:
    """A test that stopped on good luck is estimated below the mean of its own games."""
    counts = (180, 0, 400, 0, 240)
    test = SequentialTest("mean_score", 0.5, 0.52, 0.05, 0.05, 10**6, 100)
    assert test.ruling(counts) is Ruling.H1
    assert estimate(test, counts, Ruling.H1).value < 0.5 + (240 - 180) / (2 * 820)


def test_pairs_that_were_all_alike_have_an_interval_too() -> None:
    """Eighty wins of eighty do not make a certainty: at the limit they would come in 2.5%, at the estimate in half."""
    test = SequentialTest("mean_score", 0.5, 0.52, 0.05, 0.05, 10**6, 100)
    found = estimate(test, (0, 0, 0, 0, 80), Ruling.H1)
    assert (found.value**80, found.low**80, found.high) == pytest.approx((0.5, 0.025, 1.0))
    mirrored = estimate(test, (80, 0, 0, 0, 0), Ruling.H0)
    assert (mirrored.value, mirrored.low, mirrored.high) == pytest.approx((1 - found.value, 0.0, 1 - found.low))
    between = estimate(test, (0, 0, 0, 80, 0), Ruling.H1)
    assert between.low < between.value == 0.75 < between.high


def test_no_estimate_is_more_certain_than_that_of_pairs_all_won() -> None:
    """Also where the approximation would leave the scale: a test of large effects that ends after a dozen pairs."""
    test = SequentialTest("mean_score", 0.5, 0.7, 0.05, 0.05, 10**6, 100)
    won, but_one = (estimate(test, (each, 0, 0, 0, 16 - each), Ruling.H1) for each in (0, 1))
    assert but_one.value <= won.value < 1
    assert but_one.low <= won.low < but_one.value
