from __future__ import annotations

import numpy as np
import pytest

from python_training.systems.neat.bouts import Results
from python_training.systems.neat.fitness import judge, performance


def _results(returns: list[float], **figures: list[float]) -> Results:
    arrays = {name: np.array(values) for name, values in figures.items()}
    return Results(arrays, np.array(returns), np.full(len(returns), 7, dtype=np.int64))


def test_without_a_score_fitness_is_the_mean_return() -> None:
    """The bouts of a network lie beside each other."""
    judged = judge("CartPole-v1", _results([1.0, 3.0, 10.0, 20.0]), 2)
    assert judged.fitness.tolist() == [2.0, 15.0]


def test_the_arenas_score_is_the_fitness() -> None:
    """The document's example elite scores 250,000 by its ten bouts, and its figures are told as it counted them."""
    bouts = {
        "success_rate": [1.0] * 10,
        "enemies_destroyed": [4.0, 5.0] * 5,
        "accuracy": [0.85] * 10,
        "damage_dealt": [1250.0] * 10,
        "damage_taken": [0.0] * 10,
        "survival_time": [30.0] * 10,
        "shots_fired": [100.0] * 10,
        "hits": [85.0] * 10,
    }
    judged = judge("arena", _results([0.0] * 10, **bouts), 1)
    assert judged.fitness.tolist() == [250_000.0]
    shown = performance("arena", judged, 0)
    assert (shown["enemies_destroyed"], shown["damage_dealt"], shown["accuracy"]) == (45.0, 12_500.0, 0.85)
    assert judged.means(0)["enemies_destroyed"] == 4.5


@pytest.mark.parametrize(
    ("returns", "expected"), [([1.0, np.nan, np.inf, -2.0], [1.0, -2.0, -2.0, -2.0]), ([np.nan] * 2, [0.0, 0.0])]
)
def test_a_fitness_that_is_no_number_is_the_worst(returns: list[float], expected: list[float]) -> None:
    """NaN and infinity neither win nor spread."""
    assert judge("CartPole-v1", _results(returns), len(returns)).fitness.tolist() == expected
