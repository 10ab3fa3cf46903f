"""A run's journal: the one truth about a run. One process writes it, any number may read it meanwhile.

Every event is one JSON line (`contracts.events`). What a reader has seen stays true: complete lines never change, a
torn last line is never shown, and a compacted point stands for all those from its event's `first_seq` to its `seq`.
"""

from __future__ import annotations

import fcntl
import math
import os
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from python_training.contracts.errors import JournalError, RunLockedError
from python_training.contracts.events import Event, EventType
from python_training.contracts.trainer import Point
from python_training.runtime.compaction import compact_segment
from python_training.runtime.journal_reader import JournalReader, effective_points, read_events
from python_training.runtime.output import complain
from python_training.runtime.plain_file import open_plain_file
from python_training.runtime.segments import SEGMENT_BYTES, last_good_line, open_segment, segment_numbers, segment_path

__all__ = ["JournalReader", "JournalWriter", "effective_points", "read_events"]

BATCH_S = 0.1
BATCH_POINTS = 1000
"""Points are journalled as one event every 100 ms, or 1000 at a time if they come faster."""

RETRY_S = 1.0
"""How long to wait before bytes that could not be written (disk full) are tried again."""

_SYNCED = frozenset({EventType.STATUS, EventType.CHECKPOINT, EventType.RESULT})
_CHUNK = 1 << 20


class JournalWriter:
    """The only writer of a run's journal; safe to use from several threads.

    A write that fails (disk full) loses nothing and raises nothing: the bytes stay in memory, in order, and are tried
    again every second and with every event. `failing_since` tells of it, `flush` says whether everything is written.

    Args:
        run_dir: the run's folder; must exist.
        on_event: called with every event as it is journalled, from whichever thread did it. It must be quick.
        segment_bytes: size at which a segment is closed and compacted.

    Raises:
        RunLockedError: another process (or writer of this process) has the journal open.
        JournalError: the folder is missing or cannot be written.
    """

    def __init__(
        self,
        run_dir: Path,
        *,
        on_event: Callable[[Event], None] | None = None,
        segment_bytes: int = SEGMENT_BYTES,
    ) -> None:
        self._run_dir = run_dir
        self._on_event = on_event
        self._segment_bytes = segment_bytes
        self._condition = threading.Condition(threading.RLock())
        self._unwritten = bytearray()
        self._points: list[dict[str, Any]] = []
        self._due = 0.0
        self._flusher: threading.Thread | None = None
        self._compactors: list[threading.Thread] = []
        self._closed = False
        self.failing_since: float | None = None
        try:
            self._lock_fd = open_plain_file(run_dir / "journal.lock", os.O_RDWR | os.O_CREAT)
        except OSError as error:
            raise JournalError(f"The journal in {run_dir} cannot be opened: {error.strerror}.") from error
        try:
            fcntl.flock(self._lock_fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock_fd)
            raise RunLockedError(
                f"Another process writes the run {run_dir.name}.", hint="Stop it first, or wait until it has ended."
            ) from None
        try:
            self._open_last_segment()
        except JournalError:
            os.close(self._lock_fd)
            raise
        except OSError as error:
            os.close(self._lock_fd)
            raise JournalError(f"The journal in {run_dir} cannot be opened: {error.strerror}.") from error

    def _open_last_segment(self) -> None:
        for leftover in self._run_dir.glob("events-*.tmp"):
            leftover.unlink()
        numbers = segment_numbers(self._run_dir) or [1]
        self._number = numbers[-1]
        self._fd = self._open(self._number)
        self._size, last = last_good_line(self._fd)
        if os.fstat(self._fd).st_size > self._size:
            os.ftruncate(self._fd, self._size)
        for number in reversed(numbers[:-1]):
            if last:
                break
            fd = open_segment(segment_path(self._run_dir, number))
            last = last_good_line(fd)[1]
            os.close(fd)
        self.last_seq = last
        for number in numbers[:-1]:
            # A closed segment was full when it was closed: if it still is, its writer died before compacting it.
            if segment_path(self._run_dir, number).stat().st_size >= self._segment_bytes:
                self._compact(number)

    def _open(self, number: int) -> int:
        return open_plain_file(segment_path(self._run_dir, number), os.O_RDWR | os.O_CREAT | os.O_APPEND)

    def append(self, type: EventType, **data: Any) -> Event:
        """Journal one event, behind all points added so far; fsynced if it is a status, checkpoint or result."""
        with self._condition:
            self._journal_points()
            event = self._journal(type, data)
            self._write(sync=type in _SYNCED)
            return event

    def add_point(self, point: Point) -> None:
        """Journal a point, together with others, within 100 ms; NaN and infinity become null."""
        values = {name: float(value) if math.isfinite(value) else None for name, value in point.values.items()}
        with self._condition:
            if not self._points:
                self._due = time.monotonic() + BATCH_S
                self._wake_flusher()
            self._points.append({"step": int(point.step), "t": round(time.time(), 3), "values": values})
            if len(self._points) >= BATCH_POINTS:
                self.flush()

    def flush(self, *, sync: bool = False) -> bool:
        """Write what is buffered (and fsync it); whether all of it is in the file now."""
        with self._condition:
            self._journal_points()
            return self._write(sync=sync)

    def close(self, patience_s: float = 5.0) -> None:
        """Write what is left, trying for `patience_s` seconds if the disk refuses, and give up the lock. Safe twice."""
        deadline = time.monotonic() + patience_s
        while not self._closed and not self.flush(sync=True) and time.monotonic() < deadline:
            time.sleep(0.1)
        with self._condition:
            if self._closed:
                return
            self._closed = True
            self._condition.notify_all()
        for thread in (self._flusher, *self._compactors):
            if thread is not None:
                thread.join()
        if self._unwritten:
            complain(f"{len(self._unwritten)} bytes of the journal could not be written.")
        os.close(self._fd)
        os.close(self._lock_fd)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def _journal(self, type: EventType, data: Mapping[str, Any]) -> Event:
        if self._closed:
            raise JournalError(f"The journal in {self._run_dir} is closed.")
        event = Event(self.last_seq + 1, round(time.time(), 3), type, data)
        try:
            line = event.encode()
        except (TypeError, ValueError) as error:
            raise JournalError(f"A {type} event cannot be written as JSON: {error}.") from error
        if b"\\ud" in line or b"\\u0000" in line:
            event = event.told()
            line = event.encode()
        self.last_seq = event.seq
        self._unwritten += line
        if self._on_event is not None:
            self._on_event(event)
        return event

    def _journal_points(self) -> None:
        if self._points:
            points, self._points = self._points, []
            self._journal(EventType.POINTS, {"points": points})

    def _write(self, *, sync: bool) -> bool:
        try:
            while self._unwritten:
                # A short write leaves the rest of a line in memory; the next write continues it where it broke off.
                written = os.write(self._fd, memoryview(self._unwritten)[:_CHUNK].tobytes())
                del self._unwritten[:written]
                self._size += written
            if sync:
                os.fsync(self._fd)
            if self._size >= self._segment_bytes:
                self._roll()
        except OSError as error:
            if self.failing_since is None:
                self.failing_since = time.time()
                complain(f"The journal cannot be written ({error.strerror}); keeping it in memory.")
            self._wake_flusher()
            return False
        self.failing_since = None
        return True

    def _roll(self) -> None:
        os.fsync(self._fd)
        following = self._open(self._number + 1)
        os.close(self._fd)
        self._fd, self._size = following, 0
        self._compact(self._number)
        self._number += 1

    def _compact(self, number: int) -> None:
        path = segment_path(self._run_dir, number)
        thread = threading.Thread(target=compact_segment, args=(path,), name=f"compact-{number}", daemon=True)
        self._compactors = [*(each for each in self._compactors if each.is_alive()), thread]
        thread.start()

    def _wake_flusher(self) -> None:
        if self._flusher is None:
            self._flusher = threading.Thread(target=self._flush_when_due, name="journal-flusher", daemon=True)
            self._flusher.start()
        self._condition.notify_all()

    def _flush_when_due(self) -> None:
        with self._condition:
            while not self._closed:
                if self._points and (delay := self._due - time.monotonic()) > 0:
                    self._condition.wait(delay)
                elif self._points:
                    self._journal_points()
                    self._write(sync=False)
                elif self._unwritten:
                    self._condition.wait(RETRY_S)
                    self._write(sync=False)
                else:
                    self._condition.wait()
