"""A worker as the supervisor starts it: exit codes, signals, and answers while it is busy."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from python_training.contracts.errors import WorkerUnreachableError
from python_training.contracts.events import EventType
from python_training.runtime.control import ControlClient
from python_training.runtime.journal import JournalWriter
from python_training.runtime.run_folder import RunFolder
from python_training.testing.runs import (
    deterministic_points,
    events_of,
    health_codes,
    newest_files,
    scripted_run,
    spawn_worker,
    statuses,
    train,
    wait_for,
)

Worker = subprocess.Popen[bytes]


@pytest.fixture
def spawn() -> Iterator[Callable[[RunFolder], Worker]]:
    """Starts workers; those that a test leaves are killed."""
    workers: list[Worker] = []

    def start(folder: RunFolder) -> Worker:
        workers.append(spawn_worker(folder))
        wait_for(lambda: statuses(folder)[-1] == "running", f"training ({folder.log_path.read_text()})")
        return workers[-1]

    yield start
    for worker in workers:
        worker.kill()
        worker.wait()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_means_stop(tmp_path: Path, spawn: Callable[[RunFolder], Worker], number: signal.Signals) -> None:
    """SIGTERM and Ctrl+C finish the update, save, journal `stopped` and exit with 0."""
    folder = scripted_run(tmp_path, total_steps=10**9, seconds_per_step=0.01)
    worker = spawn(folder)
    wait_for(lambda: deterministic_points(folder), "a point")
    worker.send_signal(number)
    assert worker.wait(10) == 0
    assert statuses(folder)[-2:] == ["stopping", "stopped"]
    info = folder.checkpoints().list()[-1]
    assert (info.step, info.reason) == (deterministic_points(folder)[-1][0], "stop")
    assert not folder.worker_alive()
    assert not folder.worker_path.exists()


def test_a_second_interrupt_quits_at_once_and_loses_no_checkpoint(
    tmp_path: Path, spawn: Callable[[RunFolder], Worker]
) -> None:
    """Ctrl+C twice does not wait for an update that hangs; what is on disk is good."""
    folder = scripted_run(tmp_path, hang_at_step=50, seconds_per_step=0.001, checkpoint_interval_s=1e-6)
    worker = spawn(folder)
    wait_for(lambda: "hanging at step 50" in folder.log_path.read_text(), "the update that hangs")
    worker.send_signal(signal.SIGINT)
    with pytest.raises(subprocess.TimeoutExpired):
        worker.wait(0.3)
    worker.send_signal(signal.SIGINT)
    assert worker.wait(5) == -signal.SIGINT
    newest, damaged = folder.checkpoints().newest_good()
    assert newest is not None
    assert (newest.step, damaged) == (49, ())


def test_commands_are_accepted_at_once_while_an_update_takes_long(
    tmp_path: Path, spawn: Callable[[RunFolder], Worker]
) -> None:
    """`save` is accepted within 100 ms and done after the update that is going on."""
    folder = scripted_run(tmp_path, total_steps=10**9, seconds_per_step=2.0)
    spawn(folder)
    control = folder.control()
    took = []
    for _ in range(3):  # the best of three: other tests may keep the machine busy for a moment
        began = time.monotonic()
        assert control.request("save", wait="accepted").state == "accepted"
        took.append(time.monotonic() - began)
    assert min(took) < 0.1
    assert folder.checkpoints().list() == [], "the update is still going on"
    assert control.request("save").step == newest_files(folder)[0] == 1
    control.request("pause", wait="accepted")
    assert statuses(folder)[-1] == "pausing"


def test_a_crash_is_exit_code_1_with_a_traceback(tmp_path: Path) -> None:
    """The supervisor reads the exit code, a person the traceback in worker.log."""
    folder = scripted_run(tmp_path, crash_at_step=3)
    assert train(folder) == 1
    assert "RuntimeError: The config asks for a crash at step 3." in folder.log_path.read_text()
    assert statuses(folder)[-1] == "running"
    assert health_codes(folder) == ["crashed"]


def test_a_run_that_cannot_begin_is_exit_code_3(tmp_path: Path) -> None:
    """Restarting would not help, and the log says why; a locked run is left alone."""
    folder = scripted_run(tmp_path)
    with JournalWriter(folder.path):
        assert train(folder) == 3
    assert "Another process writes the run" in folder.log_path.read_text()
    folder.spec_path.write_text(folder.spec_path.read_text().replace('"total_steps": 100', '"total_steps": -1'))
    assert train(folder) == 3
    assert "total_steps" in folder.log_path.read_text()
    assert statuses(folder) == ["queued"]


def test_a_supervised_restart_says_that_it_recovered(tmp_path: Path) -> None:
    """The worker carries the supervisor's attempt, and health tells that the run goes on."""
    folder = scripted_run(
        tmp_path, total_steps=20, crash_at_step=10, crash_when_resumed=False, checkpoint_interval_s=1e-6
    )
    assert train(folder) == 1
    with JournalWriter(folder.path) as journal:
        journal.append(EventType.STATUS, status="restarting", attempt=1, reason="crashed", delay_s=0.1)
    assert train(folder) == 0
    assert [event.data.get("attempt") for event in events_of(folder, EventType.STATUS)] == [
        None,
        0,
        None,
        1,
        1,
        None,
        None,
    ]
    assert health_codes(folder) == ["crashed", "recovered"]


def test_a_dead_workers_socket_is_unreachable(tmp_path: Path, spawn: Callable[[RunFolder], Worker]) -> None:
    """After a kill -9 nobody answers, and the folder knows that nobody trains."""
    folder = scripted_run(tmp_path, total_steps=10**9, seconds_per_step=0.01)
    worker = spawn(folder)
    info = folder.worker()
    assert info is not None
    assert folder.worker_alive()
    worker.kill()
    worker.wait()
    assert not folder.worker_alive()
    with pytest.raises(WorkerUnreachableError):
        folder.control()
    with pytest.raises(WorkerUnreachableError):
        ControlClient(Path(info.socket)).request("save")
