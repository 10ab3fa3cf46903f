"""The files of a journal: numbered segments, of which only the last one grows.

`events-000001.jsonl` is the first segment. A closed segment may be replaced (by an atomic rename) with its compacted
form; a reader that has the old file open reads the old one to its end.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

from python_training.contracts.errors import JournalError
from python_training.contracts.events import MAX_SEQ, Event
from python_training.runtime.plain_file import open_plain_file

SEGMENT_BYTES = 64 * 2**20
"""A segment of at least this many bytes is closed and a new one begun."""

MAX_LINE_BYTES = 16 * 2**20
"""A longer line is no event: 1000 points with hundreds of metrics take a fraction of that."""

_NAME = re.compile(r"events-(\d{6,})\.jsonl")
_BLOCK = 64 * 1024


def segment_path(run_dir: Path, number: int) -> Path:
    """Where segment `number` (from 1) lies."""
    return run_dir / f"events-{number:06d}.jsonl"


def segment_numbers(run_dir: Path) -> list[int]:
    """Numbers of the segments on disk, in order; empty where there is no journal."""
    try:
        names = [path.name for path in run_dir.iterdir()]
    except OSError:
        return []
    return sorted(int(match[1]) for match in map(_NAME.fullmatch, names) if match)


def open_segment(path: Path) -> int:
    """A file descriptor to read a segment from, without ever waiting.

    Raises:
        FileNotFoundError: it is gone, as when its run is being deleted.
        JournalError: it is no plain file, or cannot be opened.
    """
    try:
        return open_plain_file(path)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise JournalError(f"{path.name} cannot be read: {error.strerror}.") from error


def first_event(path: Path) -> Event | None:
    """The first event of a segment, None if its first line is not complete or no event, or it cannot be read."""
    try:
        with os.fdopen(open_segment(path), "rb") as file:
            line = file.readline(MAX_LINE_BYTES)
    except (OSError, JournalError):
        return None
    if not line.endswith(b"\n"):
        return None
    try:
        return Event.decode(line)
    except JournalError:
        return None


def last_good_line(fd: int) -> tuple[int, int]:
    """Where the last line of a segment that is one ends, and its seq; (0, 0) when there is none.

    Whatever lies behind that offset is a torn line (the writer died within a write) or the rubble of a power cut. A
    line that has a seq is none of these, even if this version cannot make an event of it.
    """
    end, window = os.fstat(fd).st_size, _BLOCK
    while end > 0:
        start = max(0, end - window)
        tail = os.pread(fd, end - start, start)
        # Every complete line that begins within `tail` can be judged, the last one first.
        lines_end = tail.rfind(b"\n")
        while lines_end >= 0:
            line_start = tail.rfind(b"\n", 0, lines_end) + 1
            if line_start == 0 and start > 0:
                break
            seq = _seq_of(tail[line_start:lines_end])
            if seq:
                return start + lines_end + 1, seq
            lines_end = line_start - 1
        if lines_end >= 0 and len(tail) <= MAX_LINE_BYTES:
            end, window = start + lines_end + 1, 2 * window  # a line that begins before `start`
        else:
            end, window = start, _BLOCK
    return 0, 0


def _seq_of(line: bytes) -> int:
    """The seq of a journal's line, 0 if it is none."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return 0
    seq = found.get("seq") if isinstance(found, dict) else None
    return seq if type(seq) is int and 0 < seq <= MAX_SEQ else 0
