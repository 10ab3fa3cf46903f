"""Supervisor, feed, store and services together, with real workers: what a user does and sees."""

from __future__ import annotations

import io
import os
import signal
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from backend.errors import CommandTimeoutError, ConflictError, NotFoundError
from backend.services.checkpoints import Checkpoints
from backend.services.journal_feed import JournalFeed
from backend.services.machine import Machine
from backend.services.runs import CheckpointRef, Runs
from backend.store.sql import SqlRunStore
from backend.workers.supervisor import RestartPolicy, Supervisor
from python_training.contracts.errors import CheckpointError, CommandRefusedError, ConfigError, UnknownNameError
from python_training.contracts.events import Event
from python_training.contracts.status import RunStatus
from python_training.runtime.journal import effective_points, read_events
from python_training.runtime.run_folder import RunFolder

SLOW: dict[str, Any] = {"total_steps": 100_000, "seconds_per_step": 0.005, "checkpoint_interval_s": 0.2}


class Room:
    """The whole machinery behind the server, running on threads of its own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.logs, self.checkpoints_dir = root / "logs", root / "checkpoints"
        self.published: list[tuple[str, Event]] = []
        self.over = threading.Event()
        self.store = SqlRunStore(f"sqlite:///{root / 'paddock.db'}")
        self.feed = JournalFeed(self.store, self.logs, self.checkpoints_dir, self._take)
        self.runs = Runs(self.store, self.feed, self.logs, self.checkpoints_dir)
        self.checkpoints = Checkpoints(self.runs, self.feed)
        self.supervisor = Supervisor(
            self.logs, self.checkpoints_dir, max_concurrent_runs=2, policy=RestartPolicy(first_delay_s=0.05)
        )
        loops = (
            lambda: self.feed.run(self.over.is_set, interval_s=0.02, scan_interval_s=0.05),
            lambda: self.supervisor.run(self.over.is_set, interval_s=0.02),
        )
        self.threads = [threading.Thread(target=loop) for loop in loops]
        self.logs.mkdir()
        for thread in self.threads:
            thread.start()

    def _take(self, run_id: str, events: list[Event]) -> None:
        self.published += [(run_id, event) for event in events]

    def close(self) -> None:
        """End the server; workers live on."""
        self.over.set()
        for thread in self.threads:
            thread.join()
        self.store.close()

    def until(self, condition: Callable[[], Any], what: str, timeout: float = 40.0) -> Any:
        """What the condition gives, as soon as that is true."""
        deadline = time.monotonic() + timeout
        while not (found := condition()):
            assert time.monotonic() < deadline, f"Waited {timeout:g} s in vain for {what}."
            time.sleep(0.01)
        return found

    def until_status(self, run_id: str, *wanted: str) -> None:
        """Wait for one of these statuses."""
        self.until(lambda: self.runs.get(run_id).status in wanted, f"{run_id} to be {' or '.join(wanted)}")


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    """A control room that leaves no worker behind."""
    made = Room(tmp_path)
    yield made
    if not made.over.is_set():
        made.close()
    for path in made.logs.iterdir():
        worker = RunFolder.at(path, made.checkpoints_dir).worker() if (path / "run.json").exists() else None
        if worker is not None and worker.is_alive():
            os.kill(worker.pid, signal.SIGKILL)
    for watched in made.supervisor._watched.values():
        if watched.child is not None:
            watched.child.kill()
            watched.child.wait()


def test_a_run_can_be_steered_through_its_whole_life(room: Room) -> None:
    """Created, paused, resumed, changed, saved, stopped, started again: each answer comes with the state it led to."""
    run = room.runs.create("scripted", SLOW, name="mine", notes="why", tags=["a", "a ", ""])
    assert (run.status, run.name, run.notes, run.tags) == (RunStatus.QUEUED, "mine", "why", ("a",))
    room.until_status(run.id, "running")

    def give(name: str, **args: Any) -> Any:
        return room.runs.command(run.id, name, args, wait="done")

    assert give("pause").run.status is RunStatus.PAUSED
    assert give("start").run.status is RunStatus.RUNNING
    changed = give("set", drift=2.0)
    assert changed.run.config["drift"] == 2.0
    saved = give("save")
    assert saved.step in [info.step for info in room.checkpoints.list(run.id)]
    stopped = give("stop")
    assert (stopped.state, stopped.run.status) == ("done", RunStatus.STOPPED)
    with pytest.raises(ConflictError, match="is stopped"):
        give("pause")
    assert give("start").run.status is RunStatus.QUEUED
    room.until_status(run.id, "running")
    with pytest.raises(ConflictError, match="already"):
        give("start")
    again = room.runs.get(run.id)
    assert again.step >= stopped.run.step
    assert again.best is not None


def test_commands_that_cannot_be_obeyed_say_why(room: Room) -> None:
    """Unknown runs, waiting runs, fixed fields and dead workers each have their own error."""
    with pytest.raises(NotFoundError):
        room.runs.command("../../etc/passwd", "stop")
    with pytest.raises(UnknownNameError):
        room.runs.create("nothing")
    with pytest.raises(ConfigError) as caught:
        room.runs.create("scripted", {"total_steps": "many"})
    assert caught.value.field == "total_steps"
    run = room.runs.create("scripted", SLOW)
    room.until_status(run.id, "running")
    with pytest.raises(CommandRefusedError) as refused:
        room.runs.command(run.id, "set", {"crash_at_step": 5})
    assert refused.value.field == "crash_at_step"
    with pytest.raises(CommandRefusedError):
        room.runs.command(run.id, "dance")
    pid = room.runs.get(run.id).pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    began = time.monotonic()
    with pytest.raises(CommandTimeoutError, match="did not answer 'save'"):
        room.runs.command(run.id, "save", timeout=0.5)
    assert time.monotonic() - began < 5.0
    os.kill(pid, signal.SIGKILL)


def test_waiting_runs_stop_at_once(room: Room) -> None:
    """A queued run has no worker to ask: stopping it takes no time, and it does not start later."""
    busy = [room.runs.create("scripted", SLOW) for _ in range(2)]
    for run in busy:
        room.until_status(run.id, "running")
    waiting = room.runs.create("scripted", SLOW)
    with pytest.raises(ConflictError, match="queued"):
        room.runs.command(waiting.id, "pause")
    result = room.runs.command(waiting.id, "stop", wait="done")
    assert (result.state, result.run.status) == ("done", RunStatus.STOPPED)
    assert set(room.runs.stop_all().values()) == {None}
    for run in busy:
        room.until_status(run.id, "stopped")
    assert room.runs.get(waiting.id).status is RunStatus.STOPPED


def test_a_fork_starts_from_the_checkpoint_it_names(room: Room) -> None:
    """A fork takes over config and state of its parent, with what was asked for on top."""
    parent = room.runs.create("scripted", {"total_steps": 20, "seed": 4})
    room.until_status(parent.id, "finished")
    step = room.checkpoints.list(parent.id)[0].step
    with pytest.raises(CheckpointError):
        room.runs.create("scripted", from_checkpoint=CheckpointRef(parent.id, 999))
    fork = room.runs.create("scripted", {"total_steps": 30}, from_checkpoint=CheckpointRef(parent.id, step))
    assert fork.config["seed"] == 4
    room.until_status(fork.id, "finished")
    steps = [at for at, _, _ in effective_points(read_events(room.runs.folder(fork.id).path))]
    assert steps == list(range(step + 1, 31))
    assert room.runs.get(fork.id).parent == {"run": parent.id, "step": step}
    with pytest.raises(ConflictError, match="finished"):
        room.runs.start(parent.id)


def test_checkpoints_can_be_kept_taken_away_and_downloaded(room: Room) -> None:
    """A download is a zip with the very files that the manifest names; pinned and needed ones cannot be deleted."""
    run = room.runs.create("scripted", {**SLOW, "state_bytes": 3_000_000, "keep_checkpoints": 100})
    room.until(lambda: len(room.checkpoints.list(run.id)) >= 3, "three checkpoints")
    newest, *_, oldest = room.checkpoints.list(run.id)
    room.runs.command(run.id, "pause", wait="done")
    pieces = list(room.checkpoints.archive(run.id, oldest.step))
    assert max(map(len, pieces)) < 400_000
    with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as archive:
        assert archive.testzip() is None
        top = f"{run.id}-{oldest.name}"
        for file in oldest.files:
            assert sha256(archive.read(f"{top}/{file.name}")).hexdigest() == file.sha256
        assert sha256(archive.read(f"{top}/manifest.json")).hexdigest() == oldest.sha256
    assert room.checkpoints.pin(run.id, oldest.step, True).pinned
    with pytest.raises(ConflictError, match="pinned"):
        room.checkpoints.delete(run.id, oldest.step)
    room.checkpoints.pin(run.id, oldest.step, False)
    room.checkpoints.delete(run.id, oldest.step)
    assert oldest.step not in [info.step for info in room.checkpoints.list(run.id)]
    with pytest.raises(ConflictError, match="newest"):
        room.checkpoints.delete(run.id, room.checkpoints.list(run.id)[0].step)
    assert newest.step > oldest.step


def test_a_deleted_run_is_gone_everywhere(room: Room) -> None:
    """Only a run that is not active can be deleted; then neither disk nor store know it."""
    run = room.runs.create("scripted", SLOW)
    room.until_status(run.id, "running")
    with pytest.raises(ConflictError, match="active"):
        room.runs.delete(run.id)
    room.runs.command(run.id, "stop", wait="done")
    room.until(lambda: not room.runs.folder(run.id).worker_alive(), "the worker to leave")
    room.until(lambda: _deleted(room, run.id), "the journal to be free")
    with pytest.raises(NotFoundError):
        room.runs.get(run.id)
    assert room.store.standings() == {}
    assert not list(room.checkpoints_dir.glob(f"{run.id}*"))
    assert [path.name for path in room.logs.iterdir()] == ["supervisor.lock"]


def _deleted(room: Room, run_id: str) -> bool:
    try:
        room.runs.delete(run_id)
    except ConflictError:
        return False
    return True


def test_after_kills_and_a_lost_database_everything_is_there_once(room: Room) -> None:
    """A killed and restarted run is stored as its journal has it, and a database built anew is the same."""
    run = room.runs.create("scripted", {"total_steps": 200, "seconds_per_step": 0.005, "checkpoint_interval_s": 0.2})
    room.until(lambda: room.checkpoints.list(run.id), "a checkpoint")
    pid = room.runs.get(run.id).pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    room.until_status(run.id, "finished")
    found = room.runs.get(run.id)
    assert found.restarts == 1
    journal = list(read_events(room.runs.folder(run.id).path))
    room.close()
    assert [event for id, event in room.published if id == run.id] == journal
    again = SqlRunStore(f"sqlite:///{room.root / 'other.db'}")
    feed = JournalFeed(again, room.logs, room.checkpoints_dir, lambda _id, _events: None)
    assert feed.catch_up(run.id) == found
    assert again.events(run.id) == journal
    assert list(again.series(run.id)["value"].step) == list(range(1, 201))
    again.close()


def test_the_machine_shows_what_each_worker_takes(room: Room) -> None:
    """Load of the machine, and memory and CPU of every worker by run."""
    run = room.runs.create("scripted", SLOW)
    room.until_status(run.id, "running")
    machine = Machine(room.store, room.logs, lambda: room.supervisor.holds_lease)
    load = machine.look()
    assert load.supervisor
    assert [(each.run, each.pid) for each in load.workers] == [(run.id, room.runs.get(run.id).pid)]
    assert load.workers[0].rss > 1_000_000
    assert 0 < load.memory_used < load.memory_total
    assert 0 < load.disk_free < load.disk_total
    assert load.versions["python"].startswith("3.")
