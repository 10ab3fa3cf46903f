from __future__ import annotations

import contextlib
import random
import shutil
import threading
from pathlib import Path
from typing import Any

import pytest

from backend.domain.run import Labels
from backend.errors import NotFoundError
from backend.services import journal_feed
from backend.services.labels import write_labels
from backend.store.base import StoreError
from python_training.contracts.events import Event
from python_training.contracts.status import RunStatus
from python_training.contracts.trainer import Point
from python_training.runtime.journal import JournalWriter, read_events


def test_a_new_run_is_found_stored_and_published(room: Any) -> None:
    """A scan finds what was created meanwhile; its events are in the store before anybody hears of them."""
    folder = room.add(3)
    stored_when_published = []

    def take(run_id: str, events: list[Event]) -> None:
        stored_when_published.append(room.store.get(run_id).last_seq >= events[-1].seq)

    room.feed._publish = take
    room.feed_all()
    run = room.store.get(folder.id)
    assert (run.status, run.step, run.last["value"]) == (RunStatus.RUNNING, 3, 3.0)
    assert stored_when_published == [True]
    assert room.store.events(folder.id) == list(read_events(folder.path))


def test_a_growing_journal_is_followed(room: Any) -> None:
    """What is appended after the first look comes with the next step, once and in order."""
    folder = room.add(1)
    room.feed_all()
    with JournalWriter(folder.path) as journal:
        for step in range(2, 30):
            journal.add_point(Point(step, {"value": 1.0}))
            journal.flush()
            if step % 5 == 0:
                room.feed.step()
    room.feed_all()
    assert [event for _, event in room.published] == list(read_events(folder.path))


@pytest.mark.parametrize("seed", range(5))
def test_restarts_at_any_moment_leave_every_event_once(room: Any, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """However often the server restarts in the middle of a backlog, the store ends with every event exactly once."""
    monkeypatch.setattr(journal_feed, "EVENTS_A_ROUND", 7)
    monkeypatch.setattr(journal_feed, "ROWS_A_BATCH", 5)
    dice = random.Random(seed)  # noqa: S311  # the same moments every time
    folders = [room.add(40) for _ in range(2)]
    for folder in folders:
        room.append(folder, "rewound", to_step=25)
    for _ in range(6):
        room.feed.scan()
        for _ in range(dice.randrange(3)):
            room.feed.step()
        room.reopen()
    room.feed_all()
    for folder in folders:
        assert room.store.events(folder.id) == list(read_events(folder.path))
        assert list(room.store.series(folder.id)["value"].step) == list(range(1, 26))


def test_a_store_error_in_the_middle_loses_nothing(room: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the database failed halfway, the feed takes up where the store stands."""
    monkeypatch.setattr(journal_feed, "ROWS_A_BATCH", 4)
    folder = room.add(10)
    room.feed.scan()
    append, calls = room.store.append, 0

    def failing(run_id: str, events: list[Event]) -> Any:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise StoreError("The database failed: disk I/O error.")
        return append(run_id, events)

    monkeypatch.setattr(room.store, "append", failing)
    with pytest.raises(StoreError):
        room.feed_all()
    room.feed_all()
    assert room.store.events(folder.id) == list(read_events(folder.path))
    assert [event for _, event in room.published] == list(read_events(folder.path))


def test_a_deleted_database_is_built_again_from_the_journals(room: Any) -> None:
    """Runs, labels, events, series and history are the same after the database was deleted."""
    folders = [room.add(60), room.add(5)]
    room.append(folders[0], "rewound", to_step=30)
    room.append(folders[1], "status", status="failed", reason="why")
    write_labels(folders[0].path, Labels("a name", "notes", ("tag",), pinned=True))
    room.feed_all()
    before = [snapshot(room, folder.id) for folder in folders]
    room.reopen(forget=True)
    assert room.store.newest() is None
    room.feed_all()
    assert [snapshot(room, folder.id) for folder in folders] == before
    assert before[0][0].tags == ("tag",)


def test_a_backlog_is_fed_in_bounded_batches(room: Any) -> None:
    """No transaction takes more than a bounded number of rows, and a long journal does not starve a short one."""
    long = room.add(0)
    with JournalWriter(long.path) as journal:
        for first in range(0, 30_000, 10):
            for step in range(first, first + 10):
                journal.add_point(Point(step, {"value": 1.0, "noise": 1.0}))
            journal.flush()
    short = room.add(2)
    sizes = []
    append = room.store.append

    def measured(run_id: str, events: list[Event]) -> Any:
        sizes.append(sum(len(point["values"]) for event in events for point in event.data.get("points", ())))
        return append(run_id, events)

    room.store.append = measured
    room.feed.scan()
    assert room.feed.step()
    assert room.store.get(short.id).step == 2
    assert room.store.get(long.id).step < 29_999
    room.feed_all()
    assert room.store.get(long.id).step == 29_999
    assert max(sizes) < journal_feed.ROWS_A_BATCH + 20
    assert sum(sizes) == 60_004


def test_an_ended_run_holds_no_file_open_and_is_followed_when_it_goes_on(room: Any) -> None:
    """A run that ended costs no open file; what is appended later is seen by the next scan."""
    folder = room.add(1)
    room.append(folder, "status", status="stopped")
    room.feed_all()
    room.feed.step()
    assert room.feed._tails[folder.id].resting
    assert str(folder.path) not in open_files()
    room.append(folder, "status", status="queued")
    room.feed_all()
    assert room.store.get(folder.id).status is RunStatus.QUEUED


def test_a_run_whose_folder_is_gone_is_forgotten(room: Any) -> None:
    """Somebody who deletes a run's folder deletes the run."""
    folder = room.add(1)
    room.feed_all()
    shutil.rmtree(folder.path)
    room.feed_all()
    assert room.gone == [folder.id]
    with pytest.raises(NotFoundError):
        room.runs.get(folder.id)


def test_what_is_no_run_is_passed_over(room: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Files, hidden folders and folders without run and journal neither stop the feed nor fill the log."""
    folder = room.add(1)
    (room.logs / "notes.txt").write_text("hello")
    (room.logs / ".sessions").mkdir()
    (room.logs / "half-made").mkdir()
    for _ in range(3):
        room.feed_all()
    assert room.store.standings().keys() == {folder.id}
    assert caplog.records == []


def test_catching_up_brings_what_the_journal_has_now(room: Any) -> None:
    """Whoever has just changed a run sees the change without waiting for the next round, even of a new run."""
    folder = room.add(2)
    assert room.feed.catch_up(folder.id).step == 2
    room.append(folder, "status", status="stopped")
    assert room.feed.catch_up(folder.id).status is RunStatus.STOPPED
    with pytest.raises(NotFoundError):
        room.feed.catch_up("nobody")


def test_the_loop_runs_until_it_is_told_to_stop(room: Any) -> None:
    """`run` scans and steps by itself."""
    over = threading.Event()
    thread = threading.Thread(target=room.feed.run, args=(over.is_set,), kwargs={"interval_s": 0.01})
    seen = threading.Event()
    room.feed._publish = lambda _run_id, _events: seen.set()
    thread.start()
    room.add(1)
    assert seen.wait(10.0)
    over.set()
    thread.join(10.0)
    assert not thread.is_alive()


def open_files() -> str:
    """The files that this process has open, one a line."""
    found = []
    for path in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            found.append(str(path.readlink()))
    return "\n".join(found)


def snapshot(room: Any, run_id: str) -> tuple[Any, ...]:
    """All that the store tells of a run."""
    store = room.store
    return store.get(run_id), store.events(run_id), store.series(run_id, points=5), store.history(run_id, 100)
