"""training_log.jsonl: a line for every decision, each exactly once, rolled and compressed when it grows."""

from __future__ import annotations

import gzip
import itertools
import json
import os
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from python_training.systems.tuner.config import LogConfig
from python_training.systems.tuner.published.atomic_file import sync_folder

LOG = "training_log.jsonl"
_TAIL = 1 << 20
"""Bytes at the end of the log in which its last line is looked for."""


class TrainingLog:
    """The log in one folder. What it holds are lines `{..., "<key>": n}` whose n grows.

    Args:
        folder: where it lies; its rolled parts are `<name>.1.gz`, the newest, `<name>.2.gz` and so on.
        settings: when it is rolled.
        name: of the file.
        key: of the number by which lines are known.
    """

    def __init__(self, folder: Path, settings: LogConfig, name: str = LOG, key: str = "iteration") -> None:
        self._path = folder / name
        self._settings = settings
        self._key = key

    def append(self, lines: Iterable[Mapping[str, Any]], t: float) -> int:
        """Write those lines that are not in it yet, with Unix time `t` as their timestamp; returns how many.

        Raises:
            OSError: the disk is full or refuses; nothing was added then, and the next time makes up for it.
        """
        last = self._finish_rolling(self._cut_to_last_line())
        stamp = datetime.fromtimestamp(t, UTC).isoformat()
        new = [{**line, "timestamp": stamp} for line in lines if int(line[self._key]) > last]
        if not new:
            self._path.touch()  # so that there is something to `tail -f` before the first decision
            return 0
        self._add(b"".join(json.dumps(line, allow_nan=False).encode() + b"\n" for line in new))
        self._finish_rolling(int(new[-1][self._key]))
        return len(new)

    def _add(self, content: bytes) -> None:
        with self._path.open("ab", buffering=0) as file:
            size, rest = file.seek(0, os.SEEK_END), memoryview(content)
            try:
                while rest:
                    rest = rest[file.write(rest) :]
                os.fsync(file.fileno())
            except OSError:
                file.truncate(size)  # whoever reads meanwhile sees whole lines
                raise

    def _finish_rolling(self, last: int) -> int:
        """Roll a log that is long enough, unless a killed writer has compressed it already; returns `last`."""
        if self._path.is_file() and self._path.stat().st_size >= self._settings.max_mb * 1e6:
            if self._last_rolled() < last:
                self._roll()
            else:
                self._path.unlink()
        return last

    def _cut_to_last_line(self) -> int:
        """Remove a torn line that a killed writer left; returns the number of the last whole one, 0 of none."""
        if not self._path.is_file():
            return self._last_rolled()
        with self._path.open("r+b") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _TAIL))
            tail = file.read()
            whole = tail[: tail.rfind(b"\n") + 1]
            if len(whole) < len(tail):
                file.truncate(size - (len(tail) - len(whole)))
        number = self._number(whole)
        return self._last_rolled() if number is None else number

    def _last_rolled(self) -> int:
        """The number of the newest rolled part's last line."""
        part = self._rolled().get(1)
        if part is None:
            return 0
        with gzip.open(part, "rb") as file:
            return self._number(file.read()) or 0

    def _number(self, lines: bytes) -> int | None:
        """The number of the last line; None if there is none that can be read."""
        for line in reversed(lines.splitlines()):
            try:
                return int(json.loads(line)[self._key])
            except (ValueError, KeyError, TypeError):
                continue  # somebody edited the file
        return None

    def _roll(self) -> None:
        """Compress the log as part 1, after moving the others up; the oldest go."""
        part = self._path.with_name(f".{self._path.name}.part")
        try:
            with part.open("wb") as raw:
                with gzip.GzipFile(filename="", mode="wb", fileobj=raw) as packed:
                    packed.write(self._path.read_bytes())
                raw.flush()
                os.fsync(raw.fileno())
        except OSError:
            part.unlink(missing_ok=True)
            raise
        self._make_room()
        part.replace(self._part(1))
        self._path.unlink()
        sync_folder(self._path.parent)

    def _make_room(self) -> None:
        """Move the parts from 1 on up by one. Where a killed writer has done so already, number 1 is free."""
        parts = self._rolled()
        newest = list(itertools.takewhile(parts.__contains__, itertools.count(1)))
        for number in reversed(newest):
            if number >= self._settings.keep:
                parts[number].unlink()
            else:
                parts[number].rename(self._part(number + 1))

    def _part(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}.{number}.gz")

    def _rolled(self) -> dict[int, Path]:
        pattern = re.compile(re.escape(self._path.name) + r"\.(\d{1,9})\.gz")
        found = {}
        for path in self._path.parent.iterdir():
            if match := pattern.fullmatch(path.name):
                found[int(match[1])] = path
        return found
