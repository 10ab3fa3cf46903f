"""Reading a run's journal, at rest or while it grows, rolls and is compacted."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from python_training.contracts.errors import JournalError
from python_training.contracts.events import Event, EventType
from python_training.runtime.segments import MAX_LINE_BYTES, first_event, open_segment, segment_numbers, segment_path

_CHUNK = 1 << 18
"""Bytes that are read and decoded in one piece: a few thousand points, some 5 ms of work."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where a reader stands: behind byte `offset` of segment `number`, whose file was `inode` then.

    A segment that was compacted or copied since is another file; in that the place is found by seq.
    """

    number: int
    inode: int
    offset: int


class JournalReader:
    """Follows a journal from behind `after_seq` while it grows, rolls and is compacted. Not thread-safe.

    A compacted event that `after_seq` lies within is delivered: it stands for all events from its `first_seq` on, so
    whoever stores points by seq replaces those. What cannot be read is passed over, and `fault` tells of it.

    Args:
        run_dir: the run's folder.
        after_seq: seq of the last event that is known.
        at: where a reader stood that had read just so far; saves reading what is known once more.

    Attributes:
        last_seq: seq of the last event delivered.
        fault: the first thing in the journal that is not as a writer leaves it, "" while there is none. Neither a torn
            end, which the next writer cuts off, nor a journal that is gone counts.
        gone: whether there was no journal when one was last looked for.
    """

    def __init__(self, run_dir: Path, after_seq: int = 0, at: Position | None = None) -> None:
        self._run_dir = run_dir
        self.last_seq = after_seq
        self.fault = ""
        self.gone = False
        self._number = at.number if at else 0
        self._inode = at.inode if at else 0
        self._offset = at.offset if at else 0
        self._fd: int | None = None
        self._drained_size = -1
        """Size of the file when it was last read to its end: as long as it has that, there is nothing new."""
        self._in_rubble = False
        """Whether `_offset` is within a line that is too long."""
        self._skipped = 0
        """The greatest seq that was passed over because it was known."""

    @property
    def position(self) -> Position:
        """Behind the last event delivered; pass it to another reader together with `last_seq`."""
        return Position(self._number, self._inode, self._offset)

    @property
    def is_void(self) -> bool:
        """Whether there is no journal, or nothing that could be read where it begins."""
        return self.gone or (self._number <= 1 and self._offset == 0)

    def has_news(self) -> bool:
        """Whether the journal has changed since `poll` came to its end; costs one look at a file."""
        try:
            found = segment_path(self._run_dir, self._number).stat()
        except OSError:
            return True
        known = self._offset if self._drained_size < 0 else self._drained_size
        return found.st_ino != self._inode or found.st_size != known

    def poll(self, limit: int = 10_000, *, max_bytes: int | None = None) -> list[Event]:
        """The next complete events, at most `limit`; an empty list if nothing is new.

        With `max_bytes` it stops after the chunk that reaches so many bytes: a slice of what there is.
        """
        events: list[Event] = []
        read = 0
        while len(events) < limit and (self._fd is not None or self._open()):
            got = self._read(events, limit)
            read += got
            if not got and not self._open_next(events, limit):
                break
            if max_bytes is not None and read >= max_bytes and events:
                break
        return events

    def close(self) -> None:
        """Let go of the file; the next `poll` opens it again."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def _open(self) -> bool:
        """Open the segment to go on with; whether there is one."""
        numbers = segment_numbers(self._run_dir)
        self.gone = not numbers
        if self._number == 0:
            # Begin in the last segment that starts no later than what is asked for; those before it are old.
            while len(numbers) > 1 and self.last_seq:
                first = first_event(segment_path(self._run_dir, numbers[-1]))
                if first is not None and first.first_seq <= self.last_seq + 1:
                    break
                numbers.pop()
            if not self.last_seq:
                numbers = numbers[:1]
            return self._try(numbers[-1]) if numbers else False
        return self._try(self._number) if self._number in numbers else self._try_later(numbers)

    def _open_next(self, events: list[Event], limit: int) -> bool:
        """Go on with the next segment there is; whether there may be more to read."""
        numbers = segment_numbers(self._run_dir)
        if not any(number > self._number for number in numbers):
            return False
        # The segment was closed before the next one appeared, but maybe after we looked for its end: look once more.
        self._drained_size = -1
        if self._read(events, limit):
            return True
        if self._fd is not None and os.fstat(self._fd).st_size > self._offset:
            self._note(self._offset, "what stands there is no event")
        return self._try_later(numbers)

    def _try_later(self, numbers: Iterable[int]) -> bool:
        return any(self._try(number) for number in numbers if number > self._number)

    def _try(self, number: int) -> bool:
        """Open segment `number`, at the known place if it is still that file; whether it could be opened."""
        try:
            fd = open_segment(segment_path(self._run_dir, number))
        except FileNotFoundError:  # the run is being deleted
            return False
        except JournalError as error:
            self.fault = self.fault or error.message
            return False
        self.close()
        found = os.fstat(fd)
        if number != self._number or found.st_ino != self._inode:
            self._number, self._inode, self._offset = number, found.st_ino, 0
            self._skipped, self._drained_size = 0, -1
        self._fd, self._in_rubble = fd, False
        return True

    def _read(self, events: list[Event], limit: int) -> int:
        """Read one chunk; returns how many bytes of it are done with. Lines that are no events are passed over."""
        assert self._fd is not None  # noqa: S101  # for mypy: poll opens a segment first
        size = os.fstat(self._fd).st_size
        if size == self._drained_size:
            return 0
        if size < self._offset:  # it was cut by somebody; seqs still tell what is known
            self._note(size, "what was there is gone")
            self._offset = self._skipped = 0
        wanted = _CHUNK
        while True:
            chunk = os.pread(self._fd, wanted, self._offset)
            consumed = self._take(chunk, events, limit)
            if consumed:
                break
            if len(chunk) < wanted:
                self._drained_size = size
                break
            if wanted >= MAX_LINE_BYTES:
                consumed = self._pass_over(chunk)
                break
            wanted *= 2
        # Only behind a good event the offset moves on: a writer that reopens the journal cuts rubble at its end away.
        self._offset += consumed
        return consumed

    def _pass_over(self, chunk: bytes) -> int:
        """Give up so much rubble that there is no event in it; returns its bytes."""
        if not self._in_rubble:
            self._note(self._offset, "what stands there is no event")
        whole = chunk.rfind(b"\n") + 1
        self._in_rubble = not whole
        return whole or len(chunk)

    def _take(self, chunk: bytes, events: list[Event], limit: int) -> int:
        """Append the events of `chunk` to `events`; returns the offset behind the last good one."""
        position = consumed = 0
        wrong: tuple[int, str] | None = None
        if self._in_rubble:
            position = chunk.find(b"\n") + 1
            if not position:
                return 0
        while len(events) < limit and (end := chunk.find(b"\n", position) + 1) > 0:
            begin, position = position, end
            try:
                event = Event.decode(chunk[begin:end])
            except JournalError as error:
                wrong = wrong or (self._offset + begin, error.message)
                continue
            consumed, self._in_rubble = end, False
            if wrong is not None:
                self._note(*wrong)
                wrong = None
            self._deliver(event, self._offset + begin, events)
        return consumed

    def _deliver(self, event: Event, offset: int, events: list[Event]) -> None:
        seq = event.seq
        if seq <= self.last_seq:
            if seq <= self._skipped:
                self._note(offset, f"seq {seq} comes after {self._skipped}")
            elif self._skipped and event.first_seq > self._skipped + 1:
                self._note(offset, f"events {self._skipped + 1} to {event.first_seq - 1} are missing")
            self._skipped = max(seq, self._skipped)
            return
        if event.first_seq > self.last_seq + 1:
            self._note(offset, f"events {self.last_seq + 1} to {event.first_seq - 1} are missing")
        self.last_seq = self._skipped = seq
        events.append(event)

    def _note(self, offset: int, what: str) -> None:
        if not self.fault:
            self.fault = f"{segment_path(self._run_dir, self._number).name}, byte {offset:,}: {what.rstrip('.')}."


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
