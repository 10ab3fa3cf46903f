from __future__ import annotations

import os
from collections.abc import Callable

import numpy as np
import pytest

from python_training.contracts.errors import ConfigError, UnknownNameError
from python_training.contracts.objective import PairScores
from python_training.systems.tuner.config import TunerConfig
from python_training.systems.tuner.objectives.objective_source import check_objective, open_objective, starting_values
from python_training.systems.tuner.run.games import Games, Meeting
from python_training.testing.bowl_objective import BowlObjective

os.environ["RAY_USAGE_STATS_ENABLED"] = "0"  # what tests start reports to nobody
MakeConfig = Callable[..., TunerConfig]


def some_meetings() -> list[Meeting]:
    """Meetings of very different length, against a setting and against a fixed opponent."""
    start = BowlObjective({}, threads=1).start()
    other = {name: value + 0.1 for name, value in start.items()}
    sizes = (97, 1, 8, 30)
    opponents = (other, "weak", start, "strong")
    return [
        Meeting(start, opponent, np.arange(100 * place, 100 * place + size))
        for place, (size, opponent) in enumerate(zip(sizes, opponents, strict=True))
    ]


def bits(scores: list[PairScores]) -> list[tuple[bytes, dict[str, bytes]]]:
    """Everything in the scores, to the bit."""
    return [(each.scores.tobytes(), {name: f.tobytes() for name, f in each.figures.items()}) for each in scores]


def played(config: TunerConfig, threads: int) -> list[tuple[bytes, dict[str, bytes]]]:
    """What some meetings come to."""
    games = Games(config, threads)
    try:
        return bits(games.play(some_meetings()))
    finally:
        games.close()
        games.close()


@pytest.mark.parametrize("threads", [2, 3, 7])
def test_scores_do_not_depend_on_the_number_of_threads(small: MakeConfig, threads: int) -> None:
    """However a round is cut, every pair has the score that it has alone."""
    assert played(small(), threads) == played(small(), 1)


def test_scores_are_the_same_on_a_ray_cluster_and_when_it_is_lost(small: MakeConfig) -> None:
    """Other processes, which open the objective themselves, play the same games; a lost round is played again here."""
    import ray

    games = Games(small(executor="ray"), 2)
    try:
        assert games.notices() == []
        assert bits(games.play(some_meetings())) == played(small(), 1)
        ray.shutdown()
        assert bits(games.play(some_meetings())) == played(small(), 1)
        assert [notice.code for notice in games.notices()] == ["executor_lost"]
    finally:
        games.close()


def test_without_a_cluster_games_are_played_here_and_it_is_told(small: MakeConfig) -> None:
    """A cluster that does not answer costs a notice, not the run."""
    games = Games(small(executor="ray", ray_address="127.0.0.1:1"), 2)
    try:
        (notice,) = games.notices()
        assert (notice.level, notice.code) == ("warning", "executor_lost")
        assert bits(games.play(some_meetings())) == played(small(), 1)
        assert games.notices() == []
    finally:
        games.close()


def test_objectives_are_named_or_classes() -> None:
    """A name that is neither is answered with the nearest one, before anything is imported."""
    check_objective("battlesnake")
    check_objective("not.imported:AtAll")
    with pytest.raises(UnknownNameError) as refused:
        check_objective("battlesnak")
    assert refused.value.field == "objective"
    assert "battlesnake" in str(refused.value.hint)


def test_a_class_that_is_no_objective_is_refused_before_it_is_called() -> None:
    """Anything importable could be named; only what looks like an objective is built."""
    with pytest.raises(ConfigError, match="lacks start, play") as refused:
        open_objective("python_training.testing.scripted_trainer:ScriptedTrainer", {})
    assert refused.value.field == "objective"


def test_settings_that_an_objective_refuses_name_their_field() -> None:
    """The error points into objective_config."""
    with pytest.raises(ConfigError) as refused:
        open_objective("python_training.testing.bowl_objective:BowlObjective", {"depth": "deep"})
    assert refused.value.field == "objective_config.depth"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"weights.w9": 0.5}, "start.weights.w9"),
        ({"weights.w1": 1.5}, "start.weights.w1"),
        ({"level": 2.5}, "start.level"),
    ],
)
def test_a_start_must_be_a_setting(changes: dict[str, float], field: str) -> None:
    """Unknown names, values out of range and halves of whole parameters are refused by name."""
    objective = BowlObjective({}, threads=1)
    with pytest.raises((ConfigError, UnknownNameError)) as refused:
        starting_values(objective, changes)
    assert refused.value.field == field
    assert starting_values(objective, {"level": 3.0})["level"] == 3.0
