from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import python_training
from python_training.contracts.errors import ConfigError, NoCheckpointError, UnknownNameError
from python_training.contracts.events import Event, EventType
from python_training.contracts.status import RunStatus
from python_training.runtime.run_folder import RunFolder, create_run


def test_public_names_are_these() -> None:
    """What `from python_training import ...` offers changes only on purpose."""
    assert python_training.__all__ == ["ContinuousTrainer", "evaluate", "load_policy", "train"]
    assert all(callable(getattr(python_training, name)) for name in python_training.__all__)
    with pytest.raises(AttributeError, match="tarin"):
        python_training.tarin  # noqa: B018  # looking it up is what is tested


def test_importing_the_package_is_light() -> None:
    """Looking at the package imports neither NumPy nor a runtime."""
    code = "import sys, python_training; print('numpy' in sys.modules, 'python_training.runtime' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout == "False False\n"


def test_train_returns_where_the_run_is_and_how_it_ended(tmp_path: Path) -> None:
    """Training from Python leaves the same run as the terminal does, and tells its events as they come."""
    events: list[Event] = []
    result = python_training.train(
        "scripted",
        {"total_steps": 12},
        seed=4,
        logs_dir=tmp_path / "logs",
        checkpoints_dir=tmp_path / "checkpoints",
        on_event=events.append,
    )
    assert (result.status, result.step) == (RunStatus.FINISHED, 12)
    assert result.folder.spec().seed == 4
    assert set(result.metrics) >= {"value", "noise"}
    assert result.folder.checkpoints().list()[-1].step == 12
    assert events[-1].type is EventType.STATUS


def test_train_refuses_before_it_leaves_anything_behind(tmp_path: Path) -> None:
    """A wrong value is a ConfigError with its field, and no run is created."""
    with pytest.raises(ConfigError) as caught:
        python_training.train("scripted", {"total_steps": 0}, logs_dir=tmp_path / "logs")
    assert caught.value.field == "total_steps"
    assert not (tmp_path / "logs").exists()


def test_load_policy_says_what_is_missing(tmp_path: Path) -> None:
    """No run, no checkpoint and no policy are three different errors."""
    folders = {"logs_dir": tmp_path / "logs", "checkpoints_dir": tmp_path / "checkpoints"}
    with pytest.raises(UnknownNameError):
        python_training.load_policy(tmp_path / "logs" / "scripted-1")
    queued = create_run(tmp_path / "logs", tmp_path / "checkpoints", system="scripted", config={})
    with pytest.raises(NoCheckpointError):
        python_training.load_policy(queued)
    finished = python_training.train("scripted", {"total_steps": 3}, **folders).folder
    with pytest.raises(ConfigError, match="no policy"):
        python_training.load_policy(RunFolder.at(finished.path))
