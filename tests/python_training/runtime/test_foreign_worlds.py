"""Worlds of others that misbehave, in runs and in evaluations of a whole run."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest

from backend.cli import main
from python_training.contracts.errors import ForeignExitError
from python_training.contracts.events import EventType
from python_training.contracts.status import RunStatus
from python_training.runtime.finite_files import require_finite
from python_training.runtime.loop import host
from python_training.runtime.run_evaluation import evaluate_run
from python_training.runtime.run_folder import RunFolder, create_run
from python_training.runtime.threads import thread_variables
from python_training.testing.runs import events_of, statuses


class Moody(gymnasium.Env[Any, Any]):
    """Pays 1 a step for 20 steps, until its `mood` is asked at step `at`, counted over all copies of the process."""

    observation_space = gymnasium.spaces.Box(-np.inf, np.inf, (2,), np.float64)
    action_space = gymnasium.spaces.Discrete(2)
    mood: Callable[[], float] = staticmethod(lambda: 1.0)
    at = 0
    steps = 0
    passed = 0

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Begin an episode."""
        super().reset(seed=seed)
        self.passed = 0
        return np.zeros(2), {}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Pay, or be moody."""
        Moody.steps += 1
        self.passed += 1
        reward = Moody.mood() if Moody.steps >= Moody.at else 1.0
        return np.array([0.0, self.passed]), reward, self.passed == 20, False, {}


gymnasium.register("TestMoody-v0", Moody)
SMALL = {
    "env": "TestMoody-v0",
    "num_envs": 2,
    "rollout_length": 20,
    "batch_size": 20,
    "num_epochs": 1,
    "actor_fc_layers": [8],
    "value_fc_layers": [8],
    "eval_every": 100,
    "eval_episodes": 1,
    "total_steps": 400,
    "checkpoint_interval_s": 1e-6,
}


@pytest.fixture(autouse=True)
def _calm(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each test begins with a world that does nothing amiss; threads of the test's process stay what they are."""
    for variable in thread_variables(1):
        monkeypatch.setenv(variable, os.environ.get(variable, "1"))
    Moody.steps, Moody.at, Moody.mood = 0, 0, staticmethod(lambda: 1.0)
    yield
    Moody.mood = staticmethod(lambda: 1.0)


def _becomes(mood: Callable[[], float], at: int) -> None:
    Moody.at, Moody.mood = at, staticmethod(mood)


def _leave() -> float:
    raise SystemExit(0)


def _run(tmp_path: Path, **changes: Any) -> RunFolder:
    return create_run(tmp_path / "logs", tmp_path / "checkpoints", system="ppo", config={**SMALL, **changes})


@pytest.mark.parametrize(
    ("mood", "told"),
    [
        (lambda: float("nan"), "nan"),
        (lambda: float("-inf"), "inf"),
        (lambda: 1e300, "inf"),
        (_leave, r"SystemExit\(0\) ended training, raised by _leave in .*test_foreign_worlds\.py, line \d+"),
    ],
    ids=["nan", "inf", "huge", "leaves"],
)
def test_a_run_stops_as_failed_at_its_last_good_checkpoint(
    mood: Callable[[], float], told: str, tmp_path: Path
) -> None:
    """What was saved before is whole, and a start by hand goes on from there once the world has come to its senses."""
    _becomes(mood, at=20 + 3 * 40 + 5)  # an evaluation, three rollouts, and some
    folder = _run(tmp_path)
    assert host(folder, host="supervisor") is RunStatus.FAILED
    last = events_of(folder, EventType.STATUS)[-1].data
    assert (last["status"], last["permanent"]) == ("failed", True)
    assert re.search(told, last["reason"])
    newest, damaged = folder.checkpoints().newest_good(set_aside=False)
    assert newest is not None
    assert (newest.step, damaged) == (120, ())
    require_finite(newest.path)
    _becomes(lambda: 1.0, at=0)
    assert host(folder, host="supervisor") is RunStatus.FINISHED
    assert statuses(folder)[-3:] == ["starting", "running", "finished"]


def test_an_evaluation_that_its_world_would_end_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """From Python a ForeignExitError, from the terminal exit code 1 and a line that says where it came from."""
    folder = _run(tmp_path, total_steps=40)
    assert host(folder, host="terminal") is RunStatus.FINISHED
    _becomes(_leave, at=0)
    with pytest.raises(ForeignExitError, match=r"SystemExit\(0\) ended the evaluation, raised by _leave"):
        evaluate_run(folder, episodes=2)
    monkeypatch.setenv("PADDOCK_ROOT", str(tmp_path))
    capsys.readouterr()
    assert main(["eval", folder.id, "--episodes", "2"]) == 1
    assert "Error: SystemExit(0) ended the evaluation, raised by _leave in " in capsys.readouterr().err
