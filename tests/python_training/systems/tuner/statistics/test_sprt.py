from __future__ import annotations

import math

import numpy as np
import pytest

from python_training.systems.tuner.statistics.pentanomial import NORMALISED_ELO
from python_training.systems.tuner.statistics.sprt import Ruling, SequentialTest

NULLS = {
    "independent games": (0.25, 0.0, 0.5, 0.0, 0.25),
    "many draws": (0.02, 0.08, 0.8, 0.08, 0.02),
    "seeds that favour a side": (0.05, 0.05, 0.8, 0.05, 0.05),
}


def _test(**changes: float | str) -> SequentialTest:
    settings = {"kind": "mean_score", "h0": 0.5, "h1": 0.52, "alpha": 0.05, "beta": 0.05, "max_pairs": 100_000}
    return SequentialTest(**{**settings, "no_difference_pairs": 100, **changes})  # type: ignore[arg-type]  # a test's


def _play(test: SequentialTest, chances: tuple[float, ...], rng: np.random.Generator, look: int) -> tuple[Ruling, int]:
    counts = np.zeros(5, dtype=np.int64)
    while True:
        counts += rng.multinomial(look, chances)
        if (ruling := test.ruling(counts.tolist())) is not Ruling.GOES_ON:
            return ruling, int(counts.sum())


def _better(chances: tuple[float, ...], by: float) -> tuple[float, ...]:
    return (chances[0] - by, *chances[1:4], chances[4] + by)


def test_bounds_follow_from_the_two_errors() -> None:
    """Wald's: log((1 - beta) / alpha) and log(beta / (1 - alpha))."""
    test = _test(alpha=0.01)
    assert test.upper == pytest.approx(math.log(95))
    assert test.lower == pytest.approx(math.log(0.05 / 0.99))


@pytest.mark.parametrize("chances", NULLS.values(), ids=NULLS)
def test_candidates_that_are_no_better_seldom_pass(chances: tuple[float, ...]) -> None:
    """At most 5% of nulls pass, whatever their variance (binomial, three deviations allowed for 400 of them)."""
    rng = np.random.default_rng(1)
    passed = sum(_play(_test(), chances, rng, 50)[0] is Ruling.H1 for _ in range(400))
    assert passed <= 20 + 3 * math.sqrt(400 * 0.05 * 0.95)


@pytest.mark.parametrize("chances", NULLS.values(), ids=NULLS)
def test_candidates_two_points_better_seldom_fail(chances: tuple[float, ...]) -> None:
    """At most 5% of those as good as H1 says are rejected."""
    rng = np.random.default_rng(2)
    failed = sum(_play(_test(), _better(chances, 0.02), rng, 50)[0] is not Ruling.H1 for _ in range(400))
    assert failed <= 20 + 3 * math.sqrt(400 * 0.05 * 0.95)


def test_two_points_take_about_3400_games() -> None:
    """Of independent games, looked at often; a test of fixed size with these errors would need 6,764."""
    rng = np.random.default_rng(3)
    games = [2 * _play(_test(), _better(NULLS["independent games"], 0.02), rng, 10)[1] for _ in range(200)]
    assert np.mean(games) == pytest.approx(3400, rel=0.12)


def test_a_test_takes_longest_halfway() -> None:
    """And takes there what the formula says, give or take the last look."""
    rng = np.random.default_rng(5)
    chances = _better(NULLS["independent games"], 0.01)
    pairs = [_play(_test(), chances, rng, 20)[1] for _ in range(200)]
    assert np.mean(pairs) == pytest.approx(_test().longest_expected_pairs(), rel=0.2)
    elo = _test(kind="normalised_elo", h0=0.0, h1=0.04 * NORMALISED_ELO)
    assert elo.longest_expected_pairs() == pytest.approx(_test().longest_expected_pairs())


def test_normalised_elo_has_its_errors_too() -> None:
    """With bounds 0 and 14 a null passes in at most 5%."""
    rng = np.random.default_rng(4)
    test = _test(kind="normalised_elo", h0=0.0, h1=14.0)
    rulings = [_play(test, NULLS["independent games"], rng, 200)[0] for _ in range(100)]
    assert rulings.count(Ruling.H1) <= 5 + 3 * math.sqrt(100 * 0.05 * 0.95)


def test_players_that_never_differ_are_told_apart_from_bad_ones() -> None:
    """Even pairs alone prove nothing, up to the stated number; then there is no difference."""
    test = _test()
    assert test.ruling((0, 0, 99, 0, 0)) is Ruling.GOES_ON
    assert test.llr((0, 0, 99, 0, 0)) == 0.0
    assert test.ruling((0, 0, 100, 0, 0)) is Ruling.NO_DIFFERENCE
    assert test.ruling((0, 0, 99, 1, 0)) is not Ruling.NO_DIFFERENCE


def test_the_cap_is_a_ruling_of_its_own() -> None:
    """Neither bound crossed when the pairs are used up: not proved."""
    test = _test(max_pairs=200)
    assert test.ruling((50, 0, 99, 0, 51)) is Ruling.CAP
    assert test.ruling((0, 0, 100, 0, 100)) is Ruling.H1  # a bound crossed at the last look counts
