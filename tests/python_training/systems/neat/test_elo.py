from __future__ import annotations

import pytest

from python_training.systems.neat.elo import FIRST_RATING, expected_score, performance_rating


def test_equal_pilots_share_the_points() -> None:
    """Equal ratings mean one half, 400 more ten points for each one of the other."""
    assert expected_score(1200.0, 1200.0) == 0.5
    assert expected_score(1600.0, 1200.0) == pytest.approx(10 / 11)


def test_the_first_pilot_has_the_first_rating() -> None:
    """There is nobody whom it could be rated against."""
    assert performance_rating([], [], 10) == FIRST_RATING


def test_a_rating_is_where_the_points_are_expected() -> None:
    """With the draws that are added, the expected points are those that were made."""
    opponents, points, duels = [900.0, 1000.0, 1150.0], [8.0, 5.5, 4.0], 10
    rating = performance_rating(opponents, points, duels)
    expected = sum((duels + 1) * expected_score(rating, opponent) for opponent in opponents)
    assert expected == pytest.approx(sum(points) + 0.5 * len(opponents), abs=1e-6)


def test_more_points_are_a_higher_rating_and_none_is_infinite() -> None:
    """Who loses all and who wins all have ratings, far below and far above."""
    ratings = [performance_rating([1000.0], [points], 10) for points in (0.0, 2.5, 5.0, 7.5, 10.0)]
    assert ratings == sorted(set(ratings))
    assert ratings[2] == pytest.approx(1000.0)
    assert ratings[0] > 0.0
    assert ratings[4] < 2000.0
