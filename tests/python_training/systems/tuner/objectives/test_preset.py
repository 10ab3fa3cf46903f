from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import numpy as np
import psutil
import pytest

from python_training.contracts.errors import ConfigError, PaddockError, UnknownNameError
from python_training.systems.tuner.objectives.comparison import folded
from python_training.systems.tuner.objectives.preset import _PROGRAM, PresetObjective
from python_training.systems.tuner.objectives.train_once import train

SEEDS = np.arange(3, 6, dtype=np.int64)
DRIFT = {"name": "drift", "low": -1, "high": 1}


def _objective(**settings: Any) -> PresetObjective:
    return PresetObjective({"system": "scripted", "parameters": [DRIFT], "steps": 20, **settings})


def test_whoever_trains_better_wins_the_pair() -> None:
    """A walk that drifts upwards ends higher than the preset's own, from the same seeds."""
    objective = _objective()
    assert objective.start() == {"drift": 0.0}
    played = objective.play({"drift": 0.5}, objective.start(), SEEDS[:2])
    assert played.scores.tolist() == [1.0, 1.0]
    here = [train("scripted", {"seed": seed, "drift": 0.5}, 20, "value") for seed in folded(SEEDS[:2])]
    assert played.figures["score"].tolist() == here


def test_trainings_have_equal_steps() -> None:
    """One that takes ten steps an update and one that takes one are compared at the same step."""
    one, ten = (
        train("scripted", {"seed": 1, "drift": 1.0, "steps_per_advance": each}, 15, "value") for each in (1, 10)
    )
    assert one == ten
    assert train("scripted", {"seed": 1, "drift": 1.0}, 14, "value") < one


def test_a_training_that_crashes_has_lost() -> None:
    """The trainer's own error ends its process, not the tuner."""
    crash = {"name": "crash_at_step", "low": 1, "high": 99, "default": 99, "integer": True}
    objective = _objective(parameters=[DRIFT, crash])
    played = objective.play({"drift": 1.0, "crash_at_step": 5.0}, objective.start(), SEEDS[:1])
    assert (played.scores.tolist(), played.figures["failed"].tolist()) == ([0.0], [1.0])


def test_a_preset_that_cannot_be_trained_is_the_objectives_fault() -> None:
    """A metric that is NaN whatever the setting is told as such."""
    objective = _objective(config={"nan_from_step": 1}, metric="noise")
    with pytest.raises(PaddockError, match="The start cannot be tried"):
        objective.play(objective.start(), {"drift": 0.5}, SEEDS[:1])


def test_powers_of_ten_begin_where_the_preset_is() -> None:
    """PPO's preset for CartPole has a learning rate of 0.001, which is -3."""
    settings = {
        "system": "ppo",
        "preset": "CartPole-v1",
        "steps": 10_000,
        "parameters": [
            {"name": "learning_rate", "low": -5, "high": -2, "log10": True},
            {"name": "num_epochs", "low": 1, "high": 30, "integer": True},
        ],
    }
    objective = PresetObjective(settings)
    assert objective.start() == {"learning_rate": pytest.approx(-3.0), "num_epochs": 10.0}
    config = objective._config({"learning_rate": -4.0, "num_epochs": 7.4}, 5)
    assert (config["learning_rate"], config["num_epochs"], config["seed"]) == (pytest.approx(1e-4), 7, 5)
    assert config["env"] == "CartPole-v1"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"system": "nest"}, "system"),
        ({"system": "tuner"}, "system"),
        ({"preset": "none"}, "preset"),
        ({"metric": "valu"}, "metric"),
        ({"config": {"drfit": 1}}, "config.drfit"),
        ({"parameters": [{"name": "hang_at_step", "low": 1, "high": 2}]}, "parameters"),
        ({"parameters": [{**DRIFT, "name": "no_such_field", "default": 0}]}, "config.no_such_field"),
        ({"steps": 0}, "steps"),
    ],
)
def test_settings_amiss_are_named(changes: dict[str, Any], field: str) -> None:
    """The error's field is the setting's own, or that of the system's config."""
    with pytest.raises((ConfigError, UnknownNameError)) as refused:
        _objective(**changes)
    assert refused.value.field == field


def test_a_training_ends_with_whoever_asked_for_it() -> None:
    """A tuner that is killed leaves no trainings behind that take the cores of the next."""
    asked = {"system": "scripted", "config": {"seconds_per_step": 0.05, "total_steps": 10**6}}
    program = (
        "import json, os, subprocess, sys, time\n"
        "asked = {**json.loads(sys.argv[2]), 'parent': os.getpid()}\n"
        "training = subprocess.Popen([sys.executable, '-m', sys.argv[1]], stdin=subprocess.PIPE, text=True,\n"
        "                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)\n"
        "json.dump(asked, training.stdin)\n"
        "training.stdin.close()\n"
        "print(training.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    told = json.dumps({**asked, "steps": 10**6, "metric": "value"})
    with subprocess.Popen([sys.executable, "-c", program, _PROGRAM, told], stdout=subprocess.PIPE, text=True) as tuner:
        assert tuner.stdout is not None
        training = psutil.Process(int(tuner.stdout.readline()))
        tuner.kill()
    gone, _ = psutil.wait_procs([training], timeout=120)
    assert gone == [training]


@pytest.mark.slow
def test_neat_is_tuned_by_its_held_out_score() -> None:
    """A population of 6 learns the pole less well than one of 60, by the held-out bouts, in 5 generations."""
    settings = {
        "system": "neat",
        "preset": "CartPole-v1",
        "steps": 5,
        "parameters": [{"name": "pop_size", "low": 6, "high": 60, "integer": True, "default": 60}],
        "config": {"fitness_threshold": None},
    }
    objective = PresetObjective(settings)
    played = objective.play(objective.start(), {"pop_size": 6.0}, np.arange(3, dtype=np.int64))
    assert played.scores.mean() > 0.5
