"""What foreign code can do to end its process, and what becomes of the run: real workers, a real supervisor."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from backend.workers.supervisor import RestartPolicy, Supervisor
from python_training.contracts.errors import CommandRefusedError
from python_training.contracts.events import EventType
from python_training.runtime.run_folder import RunFolder
from python_training.testing.runs import (
    events_of,
    health_codes,
    scripted_run,
    spawn_worker,
    statuses,
    train,
    wait_for,
)

WAYS = ["SystemExit", "KeyboardInterrupt", "GeneratorExit", "os._exit"]
SAVE_ALWAYS = {"checkpoint_interval_s": 1e-6, "keep_checkpoints": 100}


def _reason(folder: RunFolder) -> str:
    return str(events_of(folder, EventType.STATUS)[-1].data["reason"])


def _supervise(folder: RunFolder) -> None:
    """Look after the run until it rests, restarting at once what dies."""
    policy = RestartPolicy(first_delay_s=0.0, longest_delay_s=0.0, give_up_after=5)
    supervisor = Supervisor(folder.logs_dir, folder.checkpoints_dir, policy=policy)
    try:

        def rests() -> bool:
            supervisor.tick()
            (watched,) = supervisor._watched.values()
            return watched.child is None and statuses(folder)[-1] in ("failed", "stopped", "finished")

        wait_for(rests, "the end of the run", timeout=60)
    finally:
        supervisor.close()


@pytest.mark.parametrize(
    ("place", "way"),
    [
        *(("advance", way) for way in WAYS),
        ("thread", "KeyboardInterrupt"),
        ("thread", "os._exit"),
        ("save", "SystemExit"),
    ],
)
def test_a_run_that_foreign_code_would_end_is_failed(tmp_path: Path, place: str, way: str) -> None:
    """Exit code 1, `failed` with what was raised and where, and the checkpoints before it are good."""
    folder = scripted_run(tmp_path, end_at_step=5, end_by=way, end_in=place, **SAVE_ALWAYS)
    assert train(folder) == 1
    assert statuses(folder) == ["queued", "starting", "running", "failed"]
    assert way in _reason(folder)
    assert "scripted_trainer.py, line " in _reason(folder)
    newest, damaged = folder.checkpoints().newest_good(set_aside=False)
    assert newest is not None
    assert (newest.step, damaged) == (4, ())
    assert health_codes(folder) == ["crashed"]


@pytest.mark.parametrize("way", ["SystemExit", "os._exit"])
def test_the_supervisor_does_not_restart_such_a_run(tmp_path: Path, way: str) -> None:
    """One life, though every life would have made progress: the worker has said that it would end like this again."""
    folder = scripted_run(tmp_path, end_at_step=5, end_by=way, **SAVE_ALWAYS)
    _supervise(folder)
    assert statuses(folder) == ["queued", "starting", "running", "failed"]


@pytest.mark.parametrize("way", ["GeneratorExit", "os._exit"])
def test_an_end_in_close_changes_nothing(tmp_path: Path, way: str) -> None:
    """A run that is finished is finished: what its trainer does while it is closed is not asked for."""
    folder = scripted_run(tmp_path, total_steps=10, end_at_step=1, end_by=way, end_in="close")
    assert train(folder) == 0
    assert statuses(folder)[-1] == "finished"
    assert folder.checkpoints().list()[-1].step == 10


@pytest.mark.parametrize("way", ["SystemExit", "KeyboardInterrupt"])
def test_an_end_in_a_picture_is_no_end_of_the_run(tmp_path: Path, way: str) -> None:
    """Who watches a world that closes its process while it draws is told; training goes on."""
    folder = scripted_run(tmp_path, total_steps=10**9, seconds_per_step=0.005, end_at_step=1, end_by=way, end_in="view")
    worker = spawn_worker(folder)
    try:
        wait_for(lambda: statuses(folder)[-1] == "running", "training")
        control = folder.control()
        assert list(control.frames(stopped=lambda: "view_failed" in health_codes(folder))) == []
        control.request("stop")
        assert worker.wait(20) == 0
    finally:
        worker.kill()
        worker.wait()
    assert statuses(folder)[-1] == "stopped"


def test_a_process_that_is_gone_without_a_word_fails_the_run(tmp_path: Path) -> None:
    """A library's exit() in C leaves no traceback and any exit code: the run fails with its last words, and rests."""
    code = "import ctypes; print('licence missing', flush=True); ctypes.CDLL(None)._exit(0)"
    wrapper = tmp_path / "python"
    wrapper.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "{code}"\n')
    wrapper.chmod(0o755)
    folder = scripted_run(tmp_path)
    supervisor = Supervisor(folder.logs_dir, folder.checkpoints_dir, python=str(wrapper))
    try:

        def failed() -> bool:
            supervisor.tick()
            (watched,) = supervisor._watched.values()
            return watched.child is None and statuses(folder)[-1] == "failed"

        wait_for(failed, "the failure")
    finally:
        supervisor.close()
    assert "exit code 0" in _reason(folder)
    assert "licence missing" in _reason(folder)


@pytest.mark.parametrize("how", ["checkpoint", "stop", "finish"])
def test_a_state_that_is_not_finite_is_never_saved(tmp_path: Path, how: str) -> None:
    """The run fails at its last good checkpoint, be it that a checkpoint was due, or that it was to end."""
    config: dict[str, Any] = {"state_nan_from_step": 4, "total_steps": 10}
    config |= SAVE_ALWAYS if how == "checkpoint" else {"checkpoint_interval_s": 1000.0}
    if how == "stop":
        config |= {"total_steps": 10**9, "seconds_per_step": 0.01}
    folder = scripted_run(tmp_path, **config)
    worker = spawn_worker(folder)
    try:
        if how == "stop":
            wait_for(lambda: len(events_of(folder, EventType.POINTS)) > 8, "points")
            worker.terminate()
        assert worker.wait(30) == 1
    finally:
        worker.kill()
        worker.wait()
    assert statuses(folder)[-1] == "failed"
    assert "NotFiniteError: state.json holds a number that is not finite: NaN." in _reason(folder)
    assert [info.step for info in folder.checkpoints().list()] == ([1, 2, 3] if how == "checkpoint" else [])


def test_who_asked_for_a_checkpoint_that_cannot_be_is_told(tmp_path: Path) -> None:
    """The command `save` is answered before the run fails."""
    folder = scripted_run(tmp_path, total_steps=10**9, seconds_per_step=0.01, state_nan_from_step=1)
    worker = spawn_worker(folder)
    try:
        wait_for(lambda: events_of(folder, EventType.POINTS), "a point")
        with pytest.raises(CommandRefusedError, match="not finite"):
            folder.control().request("save")
        assert worker.wait(20) == 1
    finally:
        worker.kill()
        worker.wait()


def test_a_supervised_run_rests_at_its_last_good_checkpoint(tmp_path: Path) -> None:
    """It is not restarted, and a start by hand goes on from there and fails in the same way."""
    folder = scripted_run(tmp_path, state_nan_from_step=4, **SAVE_ALWAYS)
    _supervise(folder)
    assert statuses(folder).count("starting") == 1
    assert train(folder) == 1
    assert [info.step for info in folder.checkpoints().list()] == [1, 2, 3]
