"""Follows the statuses of one run without decoding the rest: a million points are passed over unread."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from python_training.contracts.errors import JournalError
from python_training.contracts.events import Event, EventType
from python_training.contracts.status import ENDED, RunStatus
from python_training.runtime.segments import MAX_LINE_BYTES, open_segment, segment_numbers, segment_path

# Inside of a JSON string every quote is escaped, so these bytes are never part of a text that somebody wrote.
_MARKERS = (b'"type":"status"', b'"type":"checkpoint"', b'"code":"crashed"')
_CHUNK = 1 << 20


class StatusTail:
    """Where a run stands, as its journal says. Not thread-safe.

    Attributes:
        status: the latest status, None while there is none.
        since: Unix time of that status.
        data: the payload of that status event.
        seq: seq of that status event.
        host: who hosted the run when it was last started, None if it never was.
        started_seq: seq of the latest `starting`, 0 for none.
        started_from: the status that it was started from.
        ended_seq: seq of the latest status that ended the run, 0 for none.
        deaths: how often it was restarted without a new checkpoint since it was last queued by somebody.
        repeated: how often in a row it has crashed with the same error at the same step, whatever it saved in between.
        checkpoint_step: the greatest step of a checkpoint so far, -1 for none.
    """

    def __init__(self, run_dir: Path) -> None:
        self._run_dir = run_dir
        self._number = 0
        self._segment = segment_path(run_dir, 0)
        self._inode = 0
        self._offset = 0
        self._listed = -1
        """The segment behind which a later one has been looked for in the folder's list."""
        self._last_seq = 0
        self.status: RunStatus | None = None
        self.since = 0.0
        self.data: Mapping[str, Any] = {}
        self.seq = 0
        self.host: str | None = None
        self.started_seq = 0
        self.started_from: RunStatus | None = None
        self.ended_seq = 0
        self.deaths = 0
        self.repeated = 0
        self._crash: tuple[Any, Any] | None = None
        self.checkpoint_step = -1

    def has_news(self) -> bool:
        """Whether the journal has changed since `poll`; costs one look at a file."""
        try:
            found = self._segment.stat()
        except OSError:
            return True
        return (found.st_ino, found.st_size) != (self._inode, self._offset)

    def poll(self) -> None:
        """Take in what was journalled since the last call; raises JournalError if a segment cannot be read."""
        while True:
            for event in self._read_segment():
                if event.seq > self._last_seq:
                    self._last_seq = event.seq
                    self._take(event)
            following = self._next_number()
            if following is None:
                return
            self._number, self._inode, self._offset = following, 0, 0
            self._segment = segment_path(self._run_dir, following)

    def _next_number(self) -> int | None:
        """The segment to go on with, None while the present one is the last."""
        if self._listed == self._number > 0 and not segment_path(self._run_dir, self._number + 1).exists():
            return None
        # Where a segment was lost the next one has a greater number; what a writer adds has the next.
        self._listed = self._number
        return next((number for number in segment_numbers(self._run_dir) if number > self._number), None)

    def _read_segment(self) -> Iterator[Event]:
        try:
            found = self._segment.stat()
        except FileNotFoundError:
            return
        if found.st_ino != self._inode:
            # Compaction has replaced the file: offsets in the old one mean nothing, but seqs still do.
            self._inode, self._offset = found.st_ino, 0
        if found.st_size <= self._offset:
            return
        with os.fdopen(open_segment(self._segment), "rb", buffering=0) as file:
            size = _CHUNK
            while chunk := os.pread(file.fileno(), size, self._offset):
                end = chunk.rfind(b"\n") + 1
                if end == 0 and len(chunk) < size:
                    return
                if end == 0 and size < MAX_LINE_BYTES:
                    size *= 2  # one line fills the whole chunk
                    continue
                if end == 0:
                    end = len(chunk)  # no event is as long as that: its end, when it comes, is that of rubble
                yield from _marked(chunk[:end])
                self._offset += end

    def _take(self, event: Event) -> None:
        if event.type is EventType.CHECKPOINT:
            step = int(event.data["step"])
            if not event.data.get("removed") and step > self.checkpoint_step:
                self.checkpoint_step = step
                self.deaths = 0
        elif event.type is EventType.HEALTH and event.data.get("step") is not None:  # a worker's own, of its trainer
            crash = event.data.get("message"), event.data["step"]
            self.repeated = self.repeated + 1 if crash == self._crash else 1
            self._crash = crash
        elif event.type is EventType.STATUS:
            before, self.status = self.status, RunStatus(event.data["status"])
            self.since, self.data, self.seq = event.t, event.data, event.seq
            if self.status in ENDED:
                self.ended_seq = event.seq
            if self.status is RunStatus.STARTING:
                self.host = event.data.get("host")
                self.started_seq, self.started_from = event.seq, before
            elif self.status is RunStatus.RESTARTING:
                self.deaths = int(event.data.get("attempt") or self.deaths + 1)
            elif self.status is RunStatus.QUEUED:
                self.deaths = self.repeated = 0
                self._crash = None


def _marked(lines: bytes) -> Iterator[Event]:
    """The events in `lines` that have one of the markers, in order."""
    begins = set()
    for marker in _MARKERS:
        at = lines.find(marker)
        while at >= 0:
            begins.add(lines.rfind(b"\n", 0, at) + 1)
            at = lines.find(marker, at + 1)
    for begin in sorted(begins):
        try:
            yield Event.decode(lines[begin : lines.index(b"\n", begin)])
        except JournalError:
            continue  # rubble of a power cut, which the next writer cuts away
