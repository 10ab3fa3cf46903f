"""The files of a journal: numbered segments, of which only the last one grows.

`events-000001.jsonl` is the first segment. A closed segment may be replaced (by an atomic rename) with its compacted
form; a reader that has the old file open reads the old one to its end.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from python_training.contracts.errors import JournalError
from python_training.contracts.events import Event

SEGMENT_BYTES = 64 * 2**20
"""A segment of at least this many bytes is closed and a new one begun."""

_NAME = re.compile(r"events-(\d{6,})\.jsonl")
_BLOCK = 64 * 1024


def segment_path(run_dir: Path, number: int) -> Path:
    """Where segment `number` (from 1) lies."""
    return run_dir / f"events-{number:06d}.jsonl"


def segment_numbers(run_dir: Path) -> list[int]:
    """Numbers of the segments on disk, in order; empty where there is no journal."""
    try:
        names = [path.name for path in run_dir.iterdir()]
    except FileNotFoundError:
        return []
    return sorted(int(match[1]) for match in map(_NAME.fullmatch, names) if match)


def first_event(path: Path) -> Event | None:
    """The first event of a segment, None if its first line is not complete or no event."""
    with path.open("rb") as file:
        line = file.readline()
    if not line.endswith(b"\n"):
        return None
    try:
        return Event.decode(line)
    except JournalError:
        return None


def last_good_line(fd: int) -> tuple[int, Event | None]:
    """Where the last event of a segment ends, and that event; (0, None) when it holds none.

    Whatever lies behind that offset is a torn line (the writer died within a write) or the rubble of a power cut.
    """
    end = os.fstat(fd).st_size
    tail = b""
    start = end
    while True:
        # `tail` is the file from `start` on; every complete line that begins after `start` can be judged.
        lines_end = tail.rfind(b"\n")
        while lines_end >= 0:
            line_start = tail.rfind(b"\n", 0, lines_end) + 1
            if line_start == 0 and start > 0:
                break
            try:
                return start + lines_end + 1, Event.decode(tail[line_start : lines_end + 1])
            except JournalError:
                lines_end = line_start - 1
        if start == 0:
            return 0, None
        start = max(0, start - max(_BLOCK, len(tail)))
        tail = os.pread(fd, end - start, start)
