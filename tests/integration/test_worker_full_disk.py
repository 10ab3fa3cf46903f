"""A run on a disk that fills up: it goes on, says so, and loses nothing once there is room again."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from python_training.contracts.errors import CommandRefusedError
from python_training.contracts.events import Event, EventType
from python_training.runtime.journal import read_events
from python_training.runtime.run_folder import RunFolder, create_run
from python_training.testing.full_disk import CannotMountError, fill, small_disk
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


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MiB."""
    with contextlib.ExitStack() as stack:
        try:
            disk = stack.enter_context(small_disk(tmp_path / "disk", 1))
        except CannotMountError as error:
            pytest.skip(f"NOT TESTED: what happens on a full disk. {error}")
        yield disk


def _cannot_save(folder: RunFolder) -> bool:
    try:
        folder.control().request("save")
    except CommandRefusedError as error:
        return "the disk is full" in error.message
    return False


def _health(folder: RunFolder, code: str) -> list[Event]:
    return [event for event in events_of(folder, EventType.HEALTH) if event.data["code"] == code]


def test_checkpoints_that_find_no_room_do_not_end_a_run(tmp_path: Path, tiny_disk: Path) -> None:
    """The disk of the checkpoints fills up: a health event, the older one stays good, and saving resumes by itself."""
    folder = create_run(
        tmp_path / "logs",
        tiny_disk,
        system="scripted",
        config={
            "total_steps": 10**9,
            "seconds_per_step": 0.002,
            "checkpoint_interval_s": 0.05,
            "keep_checkpoints": 1,
            "state_bytes": 100_000,
        },
    )
    worker = spawn_worker(folder)
    try:
        wait_for(lambda: folder.checkpoints().list(), "a checkpoint")
        fill(tiny_disk / "ballast")
        failed = wait_for(lambda: _health(folder, "checkpoint_failed"), "the health event")[0]
        assert "the disk is full" in failed.data["message"]
        newest, damaged = folder.checkpoints().newest_good(set_aside=False)
        assert newest is not None
        assert damaged == ()
        step = deterministic_points(folder)[-1][0]
        wait_for(lambda: deterministic_points(folder)[-1][0] > step + 10, "the run to go on")
        (tiny_disk / "ballast").unlink()
        wait_for(lambda: _health(folder, "recovered"), "saving to resume")
        wait_for(lambda: folder.checkpoints().list()[-1].step > newest.step, "a newer checkpoint")
        worker.terminate()
        assert worker.wait(10) == 0
    finally:
        worker.kill()
        worker.wait()
    assert statuses(folder)[-1] == "stopped"
    newest, damaged = folder.checkpoints().newest_good()
    assert newest is not None
    assert (newest.step, damaged) == (deterministic_points(folder)[-1][0], ())


def test_a_journal_that_finds_no_room_loses_nothing(tmp_path: Path, tiny_disk: Path) -> None:
    """The disk of the journal fills up: the run goes on, events wait in memory, and all are there in the end."""
    straight = scripted_run(tmp_path, total_steps=1_500)
    assert train(straight) == 0
    folder = create_run(
        tiny_disk / "logs",
        tmp_path / "checkpoints",
        system="scripted",
        config={"total_steps": 1_500, "seconds_per_step": 0.002},
    )
    worker = spawn_worker(folder)
    try:
        wait_for(lambda: deterministic_points(folder), "a point")
        fill(tiny_disk / "ballast")
        wait_for(lambda: _cannot_save(folder), "the journal to find no room")
        newest = [info.step for info in folder.checkpoints().list()][-1:]
        assert newest <= [deterministic_points(folder)[-1][0]], "a checkpoint must not know more than the journal"
        (tiny_disk / "ballast").unlink()
        assert worker.wait(30) == 0
    finally:
        worker.kill()
        worker.wait()
    assert statuses(folder)[-1] == "finished"
    assert deterministic_points(folder) == deterministic_points(straight)
    assert newest_files(folder) == newest_files(straight)
    seqs = [event.seq for event in read_events(folder.path)]
    assert seqs == list(range(1, len(seqs) + 1))
    # A checkpoint that comes due before the next batch of points is the first to find no room.
    assert set(health_codes(folder)[:2]) == {"journal_failed", "checkpoint_failed"}
    assert health_codes(folder).count("recovered") == 2


def test_a_stop_that_could_not_save_says_so(tmp_path: Path, tiny_disk: Path) -> None:
    """The run is stopped, the command has failed, and both say why; it goes on from the checkpoint before."""
    folder = create_run(
        tmp_path / "logs",
        tiny_disk,
        system="scripted",
        config={"total_steps": 10**9, "seconds_per_step": 0.002, "checkpoint_interval_s": 3600},
    )
    worker = spawn_worker(folder)
    wait_for(lambda: statuses(folder)[-1:] == ["running"], "the run to begin")
    saved = folder.control().request("save", timeout=20).step
    ballast = tiny_disk / "ballast"
    fill(ballast)
    with pytest.raises(
        CommandRefusedError, match=r"The run is stopped, but its last step, \d+, could not be saved: .*full"
    ):
        folder.control().request("stop", timeout=20)
    assert worker.wait(timeout=20) == 0
    assert statuses(folder)[-1] == "stopped"
    [told] = _health(folder, "checkpoint_failed")
    assert "ends without it" in told.data["message"]
    assert "goes on" not in told.data["message"]
    assert "could not be saved" in events_of(folder, EventType.STATUS)[-1].data["reason"]
    assert [info.step for info in folder.checkpoints().list()] == [saved]


def test_a_stop_whose_folder_is_blocked_says_so(tmp_path: Path) -> None:
    """A file lies where the checkpoints should be: the same holds for what refuses in another way."""
    folder = create_run(
        tmp_path / "logs",
        tmp_path / "checkpoints",
        system="scripted",
        config={"total_steps": 10**9, "seconds_per_step": 0.002, "checkpoint_interval_s": 3600},
    )
    worker = spawn_worker(folder)
    wait_for(lambda: statuses(folder)[-1:] == ["running"], "the run to begin")
    folder.control().request("save", timeout=20)
    folder.checkpoints_path.rename(tmp_path / "aside")
    folder.checkpoints_path.write_text("in the way")
    with pytest.raises(CommandRefusedError, match=r"The run is stopped, but its last step, \d+, could not be saved: "):
        folder.control().request("stop", timeout=20)
    assert worker.wait(timeout=20) == 0
    assert statuses(folder)[-1] == "stopped"
