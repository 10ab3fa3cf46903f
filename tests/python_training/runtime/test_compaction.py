from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from python_training.contracts.events import Event, EventType
from python_training.runtime.compaction import compact_segment, compacted


def _points(seq: int, t: float, *values: float | None) -> Event:
    listed = [{"step": seq, "t": t, "values": {"value": value}} for value in values]
    return Event(seq, t, EventType.POINTS, {"points": listed})


def _summary(event: Event) -> Any:
    return event.data["points"][0]["values"]["value"]


def test_points_of_one_second_become_min_max_mean_and_count() -> None:
    """All points within a second are one, which keeps the extremes and says how many they were."""
    (joined,) = compacted([_points(1, 10.1, 1.0, 5.0), _points(2, 10.9, 3.0)])
    assert _summary(joined) == {"min": 1.0, "max": 5.0, "mean": 3.0, "count": 3}
    assert (joined.seq, joined.data["first_seq"], joined.data["points"][0]["step"]) == (2, 1, 2)


def test_seconds_stay_apart_and_single_points_stay_as_they_are() -> None:
    """A point that is alone in its second is not touched."""
    events = [_points(1, 10.9, 1.0), _points(2, 11.0, 2.0)]
    assert list(compacted(events)) == events


def test_points_are_not_joined_across_another_event() -> None:
    """A rewind or a checkpoint between two points keeps its place."""
    events = [_points(1, 10.0, 1.0), Event(2, 10.1, EventType.REWOUND, {"to_step": 0}), _points(3, 10.2, 2.0)]
    assert list(compacted(events)) == events


def test_null_counts_for_nothing() -> None:
    """A value that was NaN neither moves the mean nor is counted; nothing but NaN stays null."""
    (joined,) = compacted([_points(1, 10.0, 1.0, None), _points(2, 10.1, 3.0)])
    assert _summary(joined) == {"min": 1.0, "max": 3.0, "mean": 2.0, "count": 2}
    (nothing,) = compacted([_points(1, 10.0, None, None)])
    assert _summary(nothing) is None


def test_compacting_twice_changes_nothing() -> None:
    """What was compacted is compacted to itself, and summaries join as their points would."""
    events = [_points(seq, 10.0 + seq / 10, float(seq)) for seq in range(1, 5)]
    once = list(compacted(events))
    assert list(compacted(once)) == once
    halves = [*compacted(events[:2]), *compacted(events[2:])]
    assert list(compacted(halves)) == once


def test_a_segment_is_replaced_at_once_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the compacted form cannot be written, the segment stays and nothing is left lying about."""
    path = tmp_path / "events-000001.jsonl"
    content = b"".join(_points(seq, 10.0, 1.0).encode() for seq in range(1, 100))
    path.write_bytes(content)

    def full_disk(fd: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full_disk)
        compact_segment(path)
    assert path.read_bytes() == content
    compact_segment(path)
    assert path.read_bytes().count(b"\n") == 1
    assert list(tmp_path.iterdir()) == [path]
