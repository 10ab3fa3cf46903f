from __future__ import annotations

import errno
import json
import math
import os
import shutil
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from python_training.contracts.errors import JournalError, RunLockedError
from python_training.contracts.events import Event, EventType
from python_training.contracts.trainer import Point
from python_training.runtime import journal_reader
from python_training.runtime.journal import JournalReader, JournalWriter, effective_points, read_events
from python_training.runtime.segments import segment_numbers, segment_path
from python_training.testing.runs import wait_for


def test_events_come_back_in_order_with_seq_from_one(tmp_path: Path) -> None:
    """What is appended is read back, numbered from 1."""
    with JournalWriter(tmp_path) as journal:
        journal.append(EventType.STATUS, status="queued")
        journal.append(EventType.REWOUND, to_step=0)
    events = list(read_events(tmp_path))
    assert [(event.seq, event.type) for event in events] == [(1, EventType.STATUS), (2, EventType.REWOUND)]
    assert events[0].data == {"status": "queued"}


def test_points_are_batched_and_come_before_what_follows_them(tmp_path: Path) -> None:
    """Points added together are one event, which precedes an event appended later."""
    with JournalWriter(tmp_path) as journal:
        for step in (1, 2, 3):
            journal.add_point(Point(step, {"value": float(step)}))
        journal.append(EventType.STATUS, status="paused")
    points, status = read_events(tmp_path)
    assert [point["step"] for point in points.data["points"]] == [1, 2, 3]
    assert (points.type, status.type) == (EventType.POINTS, EventType.STATUS)


def test_a_flood_of_points_makes_no_endless_line(tmp_path: Path) -> None:
    """However many points one update brings, an event has at most a thousand."""
    with JournalWriter(tmp_path) as journal:
        for step in range(2_500):
            journal.add_point(Point(step, {"value": 1.0}))
    sizes = [len(event.data["points"]) for event in read_events(tmp_path)]
    assert max(sizes) <= 1000
    assert sum(sizes) == 2_500


def test_points_reach_the_disk_within_moments_without_another_call(tmp_path: Path) -> None:
    """A point is journalled even if the trainer then says nothing for long."""
    with JournalWriter(tmp_path) as journal:
        journal.add_point(Point(1, {"value": 1.0}))
        wait_for(lambda: list(read_events(tmp_path)), "the point", timeout=2.0)


def test_what_is_not_finite_becomes_null(tmp_path: Path) -> None:
    """NaN and both infinities are null in the journal, which stays valid JSON."""
    with JournalWriter(tmp_path) as journal:
        journal.add_point(Point(1, {"a": math.nan, "b": math.inf, "c": -math.inf, "d": 0.5}))
    line = json.loads(segment_path(tmp_path, 1).read_text(), parse_constant=pytest.fail)
    assert line["points"][0]["values"] == {"a": None, "b": None, "c": None, "d": 0.5}


def test_an_event_that_is_no_json_is_an_error(tmp_path: Path) -> None:
    """A payload that JSON cannot hold is refused and leaves no trace."""
    with JournalWriter(tmp_path) as journal:
        with pytest.raises(JournalError, match="cannot be written as JSON"):
            journal.append(EventType.LOG, message=math.nan)
        assert journal.last_seq == 0


def test_a_second_writer_is_refused(tmp_path: Path) -> None:
    """A run has one writer; when it closes, the next may come."""
    with JournalWriter(tmp_path), pytest.raises(RunLockedError):
        JournalWriter(tmp_path)
    JournalWriter(tmp_path).close()


def test_a_closed_journal_takes_nothing(tmp_path: Path) -> None:
    """Closing twice is safe, appending afterwards an error."""
    journal = JournalWriter(tmp_path)
    journal.close()
    journal.close()
    with pytest.raises(JournalError, match="closed"):
        journal.append(EventType.STATUS, status="queued")


@given(cut=st.integers(min_value=0), rubble=st.binary(max_size=300))
def test_a_torn_end_is_cut_off_and_complete_lines_stay(
    tmp_path_factory: pytest.TempPathFactory, cut: int, rubble: bytes
) -> None:
    """Wherever the file breaks off and whatever follows, complete events stay and numbering goes on behind them."""
    run_dir = tmp_path_factory.mktemp("torn")
    lines = [Event(seq, 0.0, EventType.LOG, {"message": "x" * seq}).encode() for seq in range(1, 30)]
    whole = b"".join(lines)
    kept = cut % (len(whole) + 1)
    complete = whole[:kept].count(b"\n")
    segment_path(run_dir, 1).write_bytes(whole[:kept] + rubble)
    with JournalWriter(run_dir) as journal:
        assert journal.append(EventType.LOG, message="next").seq == journal.last_seq
    events = list(read_events(run_dir))
    # The rubble may by chance complete the torn line; it never takes one away.
    assert [event.seq for event in events] in (list(range(1, n + 2)) for n in (complete, complete + 1))
    assert events[-1].data["message"] == "next"


def test_a_torn_line_longer_than_a_block_is_cut_off(tmp_path: Path) -> None:
    """The end of the last good line is found across block borders."""
    with JournalWriter(tmp_path) as journal:
        journal.append(EventType.LOG, message="a" * 200_000)
    with segment_path(tmp_path, 1).open("ab") as file:
        file.write(b'{"seq":2,"t":1,"type":"log","message":"' + b"b" * 300_000)
    with JournalWriter(tmp_path) as journal:
        assert journal.last_seq == 1
    assert segment_path(tmp_path, 1).stat().st_size < 201_000


def test_a_run_that_is_deleted_under_a_reader_is_no_error(tmp_path: Path) -> None:
    """Nothing comes any more; that is all."""
    run_dir = tmp_path / "run"
    run_dir.mkdir()
    with JournalWriter(run_dir) as journal:
        journal.append(EventType.LOG, message="first")
    early, late = JournalReader(run_dir), JournalReader(run_dir)
    assert len(early.poll()) == 1
    shutil.rmtree(run_dir)
    assert early.poll() == late.poll() == []
    early.close()


def test_a_reader_shows_no_half_line(tmp_path: Path) -> None:
    """A line appears when it is complete, and once."""
    line = Event(1, 0.0, EventType.LOG, {"message": "whole"}).encode()
    reader = JournalReader(tmp_path)
    assert reader.poll() == []
    path = segment_path(tmp_path, 1)
    path.write_bytes(line[:10])
    assert reader.poll() == []
    with path.open("ab") as file:
        file.write(line[10:])
    assert [event.seq for event in reader.poll()] == [1]
    assert reader.poll() == []
    reader.close()


def test_a_reader_survives_that_a_torn_line_is_cut_under_it(tmp_path: Path) -> None:
    """A reader that has seen the torn line reads what the next writer puts in its place."""
    with JournalWriter(tmp_path) as journal:
        journal.append(EventType.LOG, message="first")
    with segment_path(tmp_path, 1).open("ab") as file:
        file.write(b'{"seq":2,"t":1,"type":"log","message":"torn and rather long\nrubble\n')
    with JournalReader(tmp_path) as reader:
        assert len(reader.poll()) == 1
        with JournalWriter(tmp_path) as journal:
            journal.append(EventType.LOG, message="second")
        assert [event.data["message"] for event in reader.poll()] == ["second"]


def test_a_reader_begins_behind_the_seq_it_is_told(tmp_path: Path) -> None:
    """`after_seq` skips what is known, across segments."""
    with JournalWriter(tmp_path, segment_bytes=200) as journal:
        for index in range(50):
            journal.append(EventType.LOG, message=str(index))
    assert len(segment_numbers(tmp_path)) > 5
    for after in (0, 1, 17, 49, 50, 60):
        assert [event.seq for event in read_events(tmp_path, after)] == list(range(after + 1, 51))


def test_poll_gives_at_most_what_was_asked_for(tmp_path: Path) -> None:
    """A backlog is read in portions, without a gap."""
    with JournalWriter(tmp_path, segment_bytes=300) as journal:
        for index in range(40):
            journal.append(EventType.LOG, message=str(index))
    with JournalReader(tmp_path) as reader:
        portions = [reader.poll(7) for _ in range(7)]
    assert [len(portion) for portion in portions] == [7, 7, 7, 7, 7, 5, 0]
    assert [event.seq for portion in portions for event in portion] == list(range(1, 41))


def test_a_reader_loses_nothing_while_segments_roll_and_are_compacted(tmp_path: Path) -> None:
    """Following a journal that is written, rolled and compacted all the time shows every event once, in order."""
    seen: list[Event] = []
    done = threading.Event()

    def follow() -> None:
        with JournalReader(tmp_path) as reader:
            while True:
                last_look = done.is_set()
                seen.extend(reader.poll(50))
                if last_look and not (rest := reader.poll()):
                    return
                if last_look:
                    seen.extend(rest)

    follower = threading.Thread(target=follow)
    follower.start()
    with JournalWriter(tmp_path, segment_bytes=5_000) as journal:
        for step in range(3_000):
            journal.add_point(Point(step, {"value": float(step)}))
            if step % 10 == 0:
                journal.flush()
            if step % 100 == 0:
                journal.append(EventType.LOG, message=str(step))
    done.set()
    follower.join(30)
    # A reader that enters a segment after its compaction sees one event for several; none is missing or shown twice.
    expected = 1
    for event in seen:
        assert event.data.get("first_seq", event.seq) == expected
        expected = event.seq + 1
    assert expected == journal.last_seq + 1
    assert [event.data["message"] for event in seen if event.type is EventType.LOG] == [
        str(step) for step in range(0, 3_000, 100)
    ]


def test_a_reader_misses_nothing_that_is_written_just_before_a_segment_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between "this is the end" and "is there a next segment?" the writer may add a line and roll."""
    lines = [Event(seq, 0.0, EventType.LOG, {"message": ""}).encode() for seq in (1, 2, 3)]
    segment_path(tmp_path, 1).write_bytes(lines[0])
    real_numbers, looks = journal_reader.segment_numbers, 0

    def roll_first(run_dir: Path) -> list[int]:
        nonlocal looks
        looks += 1
        if looks == 2:  # the first look opens the segment, the second one asks for the next
            segment_path(tmp_path, 1).write_bytes(lines[0] + lines[1])
            segment_path(tmp_path, 2).write_bytes(lines[2])
        return real_numbers(run_dir)

    monkeypatch.setattr(journal_reader, "segment_numbers", roll_first)
    with JournalReader(tmp_path) as reader:
        assert [event.seq for event in reader.poll()] == [1, 2, 3]
        assert reader.fault == ""


def test_a_writer_that_died_between_rolling_and_compacting_is_made_up_for(tmp_path: Path) -> None:
    """Opening a journal compacts closed segments that are still full, and clears half-written ones away."""
    with JournalWriter(tmp_path, segment_bytes=10**9) as journal:
        for step in range(200):
            journal.add_point(Point(step, {"value": 1.0}))
            journal.flush()
    size = segment_path(tmp_path, 1).stat().st_size
    segment_path(tmp_path, 2).touch()
    (tmp_path / "events-000001.tmp").write_text("half")
    with JournalWriter(tmp_path, segment_bytes=1_000) as journal:
        assert journal.last_seq == 200
    assert segment_path(tmp_path, 1).stat().st_size < size / 10
    assert not (tmp_path / "events-000001.tmp").exists()


def test_the_rewind_rule_hides_what_a_resumed_run_did_again() -> None:
    """Points beyond a rewind's step that came before it do not hold; those after it do."""

    def points(seq: int, *steps: int) -> Event:
        values = [{"step": step, "t": float(seq), "values": {"value": seq}} for step in steps]
        return Event(seq, 0.0, EventType.POINTS, {"points": values})

    events = [
        points(1, 1, 2, 3),
        points(2, 4, 5),
        Event(3, 0.0, EventType.REWOUND, {"to_step": 2}),
        points(4, 3, 4),
        Event(5, 0.0, EventType.REWOUND, {"to_step": 3}),
        points(6, 4),
    ]
    assert [(step, t) for step, t, _ in effective_points(events)] == [(1, 1.0), (2, 1.0), (3, 4.0), (4, 6.0)]


def test_a_full_disk_loses_no_event(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While writes fail or break off in the middle, events wait in memory; afterwards all are there, in order."""
    real_write = os.write
    left = 100

    def full_disk(fd: int, data: bytes) -> int:
        nonlocal left
        if left == 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        written = real_write(fd, data[:left])
        left -= written
        return written

    with JournalWriter(tmp_path) as journal:
        with monkeypatch.context() as patched:
            patched.setattr(os, "write", full_disk)
            for index in range(20):
                journal.append(EventType.RESULT, reason=str(index))
            assert not journal.flush(sync=True)
            assert journal.failing_since is not None
            assert len(list(read_events(tmp_path))) < 3
        assert journal.flush()
        assert journal.failing_since is None
    assert [event.data["reason"] for event in read_events(tmp_path)] == [str(index) for index in range(20)]


def test_on_event_hears_everything(tmp_path: Path) -> None:
    """Whoever hosts a run sees the events as they are journalled."""
    heard: list[Event] = []
    with JournalWriter(tmp_path, on_event=heard.append) as journal:
        journal.add_point(Point(1, {"value": 1.0}))
        journal.append(EventType.STATUS, status="paused")
    assert heard == list(read_events(tmp_path))
