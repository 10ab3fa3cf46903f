from __future__ import annotations

import numpy as np
import pytest

from python_training.contracts.errors import ConfigError, UnknownNameError
from python_training.systems.tuner.objectives.synthetic import SyntheticObjective, uniform

SEEDS = np.arange(20_000, dtype=np.int64)


def test_the_optimum_wins_as_often_as_set() -> None:
    """By the formula, and in the games."""
    objective = SyntheticObjective({"problem": 1})
    assert objective.win_probability(objective.optimum()) == pytest.approx(0.65)
    played = objective.play(objective.optimum(), "start", SEEDS)
    assert played.scores.mean() == pytest.approx(0.65, abs=0.01)


def test_a_pair_is_a_function_of_its_own_seed() -> None:
    """Cut into shares or turned round, every seed brings the same."""
    objective = SyntheticObjective({"draws": 0.3})
    whole = objective.play(objective.start(), "start", SEEDS[:100]).scores
    parts = [objective.play(objective.start(), "start", SEEDS[k : k + 20]).scores for k in range(0, 100, 20)]
    assert np.concatenate(parts).tolist() == whole.tolist()
    assert objective.play(objective.start(), "start", SEEDS[:100][::-1]).scores.tolist() == whole[::-1].tolist()


def test_equal_players_score_like_independent_games() -> None:
    """A quarter of the pairs lost, a quarter won; with draws the quarters in between appear."""
    objective = SyntheticObjective({})
    scores = objective.play(objective.start(), objective.start(), SEEDS).scores
    assert np.mean(scores == 1.0) == pytest.approx(0.25, abs=0.015)
    assert not np.isin(scores, [0.25, 0.75]).any()
    drawn = SyntheticObjective({"draws": 0.5}).play(objective.start(), "start", SEEDS).scores
    assert np.mean(drawn == 0.5) == pytest.approx(0.25 + 0.125, abs=0.015)


def test_its_random_numbers_are_even() -> None:
    """Also for seeds that follow one another, and between streams."""
    first, second = uniform(SEEDS, 0), uniform(SEEDS, 1)
    for numbers in (first, second):
        assert np.histogram(numbers, bins=10, range=(0, 1))[0].std() < 100
        assert abs(np.corrcoef(numbers[:-1], numbers[1:])[0, 1]) < 0.03
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.03


def test_settings_and_opponents_amiss_are_named() -> None:
    """A wrong field and an unknown opponent."""
    with pytest.raises(ConfigError) as refused:
        SyntheticObjective({"optimum_wins": 0.4})
    assert refused.value.field == "optimum_wins"
    objective = SyntheticObjective({})
    with pytest.raises(UnknownNameError):
        objective.play(objective.start(), "starr", SEEDS[:2])
