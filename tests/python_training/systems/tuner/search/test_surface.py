from __future__ import annotations

import numpy as np
import pytest

from python_training.systems.tuner.search.history import History, Matches
from python_training.systems.tuner.search.surface import ResponseSurface

CURVATURE = np.array([6.0, 2.0, 0.5, 0.0, 0.0, 0.0])
BEST = np.array([0.7, 0.3, 0.6, 0.5, 0.2, 0.9])
START = np.array([0.4, 0.5, 0.3, 0.5, 0.5, 0.5])


def matches(count: int, seed: int, pairs: int = 4) -> Matches:
    """Games between points around the start."""
    random, history = np.random.default_rng(seed), History(6, count)
    for _ in range(count):
        step = 0.25 * random.choice((-1.0, 1.0), 6)
        middle = START + random.normal(0, 0.1, 6)
        a, b = middle + step, middle - step
        logit = -CURVATURE @ ((a - BEST) ** 2 - (b - BEST) ** 2)
        history.add(a, b, random.binomial(2, 1 / (1 + np.exp(-logit)), pairs) / 2)
    return history.matches


@pytest.fixture(scope="module")
def fitted() -> ResponseSurface:
    """A surface that has seen 16,000 games."""
    surface = ResponseSurface(START)
    for _ in range(5):
        surface.fit(matches(2000, 3))
    return surface


def test_it_finds_what_matters_and_where_its_best_is(fitted: ResponseSurface) -> None:
    """From 16,000 games: the curvatures in order, the best values of the two that matter."""
    assert list(np.argsort(-fitted.curvature)[:3]) == [0, 1, 2]
    assert fitted.best[:2] == pytest.approx(BEST[:2], abs=0.04)
    assert fitted.curvature[3:].max() < 0.3


def test_parameters_without_effect_stay_near_the_start(fitted: ResponseSurface) -> None:
    """What noise says of them is not believed."""
    loss = CURVATURE @ (fitted.best - BEST) ** 2
    assert loss < 0.02 * (CURVATURE @ (START - BEST) ** 2)


def test_its_doubt_is_honest() -> None:
    """Over thirty sets of games, the true gap to the best lies within two standard deviations nearly always."""
    within = 0
    truth = CURVATURE @ (START - BEST) ** 2
    for seed in range(30):
        surface = ResponseSurface(START)
        surface.fit(matches(250, seed))
        mean, variance = surface.gap(BEST, START)
        within += abs(mean - truth) < 2 * np.sqrt(variance)
    assert within >= 26


def test_without_games_it_recommends_the_start() -> None:
    """And has the same doubt about every parameter."""
    surface = ResponseSurface(START)
    assert np.array_equal(surface.best, START)
    assert len(set(surface.best_spread.tolist())) == 1


def test_drawn_strengths_vary_as_much_as_is_doubted() -> None:
    """Thompson sampling explores where little is known, and there only."""
    surface = ResponseSurface(START)
    surface.fit(matches(500, 5))
    drawn = [surface.drawn(np.stack([BEST, START]), np.random.default_rng(seed)) for seed in range(400)]
    gaps = np.array(drawn)[:, 0] - np.array(drawn)[:, 1]
    mean, variance = surface.gap(BEST, START)
    assert gaps.std() == pytest.approx(np.sqrt(variance), rel=0.15)
    assert gaps.mean() == pytest.approx(mean, abs=0.3 * np.sqrt(variance) + 0.05)


def test_a_test_of_many_games_is_not_believed_beyond_what_the_surface_can_say() -> None:
    """A million games of one match do not outweigh all others."""
    history = History(6, 10)
    history.add(START + 0.1, START, np.full(500_000, 0.75))
    surface = ResponseSurface(START)
    surface.fit(history.matches)
    _, variance = surface.gap(START + 0.1, START)
    assert variance > 0.005
