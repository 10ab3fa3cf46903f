from __future__ import annotations

import numpy as np
import pytest

from python_training.ratings import ratings


def test_elo_of_a_known_score() -> None:
    """Of two players a score of 10 to 1 in many games is 400 points; the ratings' mean is 0."""
    points = np.array([[0.0, 100_000.0], [10_000.0, 0.0]])
    elo, error = ratings(points, points + points.T)
    assert elo[0] - elo[1] == pytest.approx(400, abs=0.1)
    assert elo.sum() == pytest.approx(0)
    assert (error < 3).all()


def test_elo_of_one_who_always_wins_is_finite() -> None:
    """A prior of one draw a pairing sees to that."""
    elo, error = ratings(np.array([[0.0, 50.0], [0.0, 0.0]]), np.array([[0.0, 50.0], [50.0, 0.0]]))
    assert np.isfinite(elo).all()
    assert np.isfinite(error).all()


def test_players_who_never_met_are_rated_through_others() -> None:
    """A beats B and B beats C by 200 points each: A and C lie 400 apart, and less surely so than A and B."""
    share = 1 / (1 + 10 ** (-200 / 400))
    points = 10_000 * np.array([[0, share, 0], [1 - share, 0, share], [0, 1 - share, 0]])
    elo, error = ratings(points, points + points.T)
    assert elo[0] - elo[2] == pytest.approx(400, abs=1)
    assert error[0] > error[1]


def test_strangers_are_each_rated_in_their_own_group() -> None:
    """Two pairs that never met: a group's ratings do not move the other's."""
    points = np.array([[0, 300, 0, 0], [100, 0, 0, 0], [0, 0, 0, 200], [0, 0, 200, 0]], dtype=float)
    elo, error = ratings(points, points + points.T)
    assert elo[0] - elo[1] == pytest.approx(400 * np.log10(3), abs=2)
    assert elo[2] == pytest.approx(elo[3])
    assert np.isfinite(error).all()


@pytest.mark.parametrize("draws", [0.0, 0.9])
def test_errors_are_those_that_repeated_tournaments_show(draws: float) -> None:
    """Told the games' variance, the errors are right for games that are mostly drawn, too."""
    rng = np.random.default_rng(8)
    games, chances = 2000, (1 - draws) / 2
    found, claimed = [], []
    for _ in range(300):
        points, variances = np.zeros((3, 3)), np.zeros((3, 3))
        for i, j in ((0, 1), (0, 2), (1, 2)):
            won, drawn, lost = rng.multinomial(games, [chances, draws, chances])
            points[i, j], points[j, i] = won + drawn / 2, lost + drawn / 2
            variances[i, j] = variances[j, i] = games * ((won + lost) / games / 4)
        elo, error = ratings(points, points + points.T, variances)
        found.append(elo[0])
        claimed.append(error[0])
    assert np.mean(claimed) == pytest.approx(np.std(found), rel=0.15)
