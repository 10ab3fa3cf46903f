"""What a system puts beside its checkpoints for others to read, by the example of NEAT's elites."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from python_training.contracts.events import EventType
from python_training.contracts.status import RunStatus
from python_training.runtime.loop import host
from python_training.runtime.run_folder import RunFolder, create_run
from python_training.runtime.threads import thread_variables
from python_training.testing.runs import events_of, health_codes

CONFIG = {
    "env": "CartPole-v1",
    "pop_size": 6,
    "bouts": 1,
    "trial_bouts": 1,
    "held_out_bouts": 1,
    "fitness_threshold": None,
    "snapshot_interval": 2,
    "checkpoint_interval_s": 1000.0,
}


@pytest.fixture(autouse=True)
def _own_thread_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hosting a run in the test process must not set the number of threads of the tests that follow."""
    for variable in thread_variables(1):
        monkeypatch.setenv(variable, os.environ.get(variable, "1"))


def _run(tmp_path: Path, generations: int) -> RunFolder:
    config = {**CONFIG, "generations": generations}
    return create_run(tmp_path / "logs", tmp_path / "checkpoints", system="neat", config=config)


def _elites(folder: RunFolder) -> list[str]:
    return sorted(path.name for path in folder.checkpoints_path.glob("elite_genome_gen*.json"))


def test_a_milestone_is_saved_at_once_and_published(tmp_path: Path) -> None:
    """Whatever the interval of checkpoints, each elite snapshot has one, and its files appear beside it."""
    folder = _run(tmp_path, 5)
    assert host(folder, host="terminal") is RunStatus.FINISHED
    saved = {event.data["step"]: event.data["reason"] for event in events_of(folder, EventType.CHECKPOINT)}
    assert (saved[2], saved[4], saved[5]) == ("milestone", "milestone", "finished")
    assert _elites(folder) == ["elite_genome_gen2.json", "elite_genome_gen4.json", "elite_genome_gen5.json"]
    assert (folder.checkpoints_path / "training_report.json").is_file()


def test_what_a_killed_worker_did_not_publish_its_successor_does(tmp_path: Path) -> None:
    """A worker may die between a checkpoint and its files; they are made of it when the run is taken up again."""
    folder = _run(tmp_path, 2)
    host(folder, host="terminal")
    before = _elites(folder)
    for name in before:
        (folder.checkpoints_path / name).unlink()
    host(folder, host="terminal")
    assert before
    assert _elites(folder) == before


def test_files_that_cannot_be_published_do_not_stop_a_run(tmp_path: Path) -> None:
    """The run goes on, and a health event says so."""
    folder = _run(tmp_path, 3)
    (folder.checkpoints_path / "elite_genome_gen2.json" / "in the way").mkdir(parents=True)
    assert host(folder, host="terminal") is RunStatus.FINISHED
    assert "publish_failed" in health_codes(folder)
    assert folder.checkpoints().list()[-1].step == 3
