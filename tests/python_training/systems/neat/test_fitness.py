from __future__ import annotations

import numpy as np
import pytest

from python_training.contracts.errors import NotFiniteError
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


def test_a_fitness_that_is_no_number_is_the_worst() -> None:
    """NaN, infinity and what would become infinite neither win nor spread, and are counted."""
    judged = judge("CartPole-v1", _results([1.0, np.nan, np.inf, -2.0, 1e305]), 5)
    assert judged.fitness.tolist() == [1.0, -2.0, -2.0, -2.0, -2.0]
    assert judged.unjudged == 3


@pytest.mark.parametrize("returns", [[np.nan, np.nan], [np.inf, -np.inf], [1e308, 1e308]])
def test_a_world_that_judges_nobody_is_an_error(returns: list[float]) -> None:
    """Where no fitness can be used there is nothing to breed by; a sum that overflows is one of these."""
    with pytest.raises(NotFiniteError, match="gave no network a fitness"):
        judge("CartPole-v1", _results(returns), 1)
