"""Compaction of closed journal segments: points become min, max, mean and count per second; a month stays small.

Only points that follow one another without another event between them are joined, so the order of points, rewinds and
checkpoints stays as it was. Since a rewind always goes back to a checkpoint, and a checkpoint has its event between the
points before it and those after it, no joined point is ever half hidden by a rewind.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from python_training.contracts.errors import JournalError
from python_training.contracts.events import Event, EventType
from python_training.runtime.output import complain


def compact_segment(path: Path) -> None:
    """Replace the closed segment at `path` with its compacted form, atomically. A full disk leaves it as it is."""
    temporary = path.with_suffix(".tmp")
    try:
        with path.open("rb") as source, temporary.open("wb") as target:
            for event in compacted(_decoded(source)):
                target.write(event.encode())
            target.flush()
            os.fsync(target.fileno())
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        complain(f"{path.name} could not be compacted: {error.strerror}.")


def compacted(events: Iterable[Event]) -> Iterator[Event]:
    """`events` with each run of points events within one second of the clock joined into one."""
    joined: list[Event] = []
    for event in events:
        if joined and (event.type is not EventType.POINTS or int(event.t) != int(joined[0].t)):
            yield _join(joined)
            joined = []
        if event.type is EventType.POINTS:
            joined.append(event)
        else:
            yield event
    if joined:
        yield _join(joined)


def _decoded(lines: Iterable[bytes]) -> Iterator[Event]:
    for line in lines:
        try:
            yield Event.decode(line)
        except JournalError:
            continue


def _join(events: list[Event]) -> Event:
    points = [point for event in events for point in event.data["points"]]
    if len(points) == 1:
        return events[0]
    names = dict.fromkeys(name for point in points for name in point["values"])
    values = {name: _summary([point["values"][name] for point in points if name in point["values"]]) for name in names}
    point = {"step": points[-1]["step"], "t": points[-1]["t"], "values": values}
    first_seq = events[0].data.get("first_seq", events[0].seq)
    return Event(events[-1].seq, events[-1].t, EventType.POINTS, {"first_seq": first_seq, "points": [point]})


def _summary(values: list[Any]) -> dict[str, float] | None:
    """`{min, max, mean, count}` of numbers and of earlier summaries; None (no number at all) stays None."""
    parts = [
        value if isinstance(value, dict) else {"min": value, "max": value, "mean": value, "count": 1}
        for value in values
        if value is not None
    ]
    if not parts:
        return None
    count = sum(part["count"] for part in parts)
    return {
        "min": min(part["min"] for part in parts),
        "max": max(part["max"] for part in parts),
        "mean": math.fsum(part["mean"] * part["count"] for part in parts) / count,
        "count": count,
    }
