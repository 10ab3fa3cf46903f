"""Reading a run's journal, at rest or while it grows, rolls and is compacted."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from python_training.contracts.errors import JournalError
from python_training.contracts.events import Event, EventType
from python_training.runtime.segments import first_event, segment_numbers, segment_path

_CHUNK = 1 << 20


class JournalReader:
    """Follows a journal from behind `after_seq` while it grows, rolls and is compacted. Not thread-safe.

    A compacted event that `after_seq` lies within is delivered: it stands for all events from its `first_seq` on, so
    whoever stores points by seq replaces those.
    """

    def __init__(self, run_dir: Path, after_seq: int = 0) -> None:
        self._run_dir = run_dir
        self.last_seq = after_seq
        self._number = 0
        self._fd: int | None = None
        self._offset = 0

    def poll(self, limit: int = 10_000) -> list[Event]:
        """The next complete events, at most `limit`; an empty list if nothing is new."""
        events: list[Event] = []
        while len(events) < limit and (self._fd is not None or self._open_first()):
            if not self._read(events, limit) and not self._open_next(events, limit):
                break
        return events

    def close(self) -> None:
        """Let go of the file; the reader cannot be used afterwards."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def _open_first(self) -> bool:
        try:
            numbers = segment_numbers(self._run_dir)
            # Begin in the last segment that starts no later than what is asked for; those before it are old.
            while len(numbers) > 1:
                first = first_event(segment_path(self._run_dir, numbers[-1]))
                if first is not None and first.data.get("first_seq", first.seq) <= self.last_seq + 1:
                    break
                numbers.pop()
            if not numbers:
                return False
            self._fd = os.open(segment_path(self._run_dir, numbers[-1]), os.O_RDONLY)
        except FileNotFoundError:  # the run is being deleted
            return False
        self._number = numbers[-1]
        self._offset = 0
        return True

    def _open_next(self, events: list[Event], limit: int) -> bool:
        path = segment_path(self._run_dir, self._number + 1)
        if not path.exists():
            return False
        # The segment was closed before the next one appeared, but maybe after we looked for its end: look once more.
        if self._read(events, limit):
            return True
        self.close()
        self._number += 1
        self._fd = os.open(path, os.O_RDONLY)
        self._offset = 0
        return True

    def _read(self, events: list[Event], limit: int) -> bool:
        """Read one chunk; whether it brought a complete line. Lines that are no events are passed over."""
        assert self._fd is not None  # noqa: S101  # for mypy: poll opens a segment first
        size = _CHUNK
        while True:
            chunk = os.pread(self._fd, size, self._offset)
            consumed = self._take(chunk, events, limit)
            if consumed or len(chunk) < size:
                break
            size *= 2
        # Only behind a good event the offset moves on: a writer that reopens the journal cuts rubble at its end away.
        self._offset += consumed
        return consumed > 0

    def _take(self, chunk: bytes, events: list[Event], limit: int) -> int:
        """Append the events of `chunk` to `events`; returns the offset behind the last good one."""
        position = consumed = 0
        while len(events) < limit and (end := chunk.find(b"\n", position) + 1) > 0:
            line, position = chunk[position:end], end
            try:
                event = Event.decode(line)
            except JournalError:
                continue
            consumed = end
            if event.seq > self.last_seq:
                self.last_seq = event.seq
                events.append(event)
        return consumed


def read_events(run_dir: Path, after_seq: int = 0) -> Iterator[Event]:
    """All events on disk with a seq greater than `after_seq`, in order."""
    with JournalReader(run_dir, after_seq) as reader:
        while events := reader.poll():
            yield from events


def effective_points(events: Iterable[Event]) -> list[tuple[int, float, dict[str, Any]]]:
    """The points `(step, t, values)` that hold after the rewind rule: a rewind hides earlier points beyond its step."""
    points: list[tuple[int, float, dict[str, Any]]] = []
    for event in events:
        if event.type is EventType.POINTS:
            points += [(point["step"], point["t"], point["values"]) for point in event.data["points"]]
        elif event.type is EventType.REWOUND:
            while points and points[-1][0] > event.data["to_step"]:
                points.pop()
    return points
