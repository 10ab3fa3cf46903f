from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

from python_training.systems.tuner.config import LogConfig
from python_training.systems.tuner.published.training_log import LOG, TrainingLog

T = 1_700_000_000.0


def lines_of(path: Path) -> list[dict[str, Any]]:
    """All lines of a log or of one of its compressed parts."""
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return [json.loads(line) for line in raw.splitlines()]


def numbered(first: int, last: int) -> list[dict[str, Any]]:
    """Lines of the iterations from `first` to `last`."""
    return [{"iteration": number, "reason": "x" * 80} for number in range(first, last + 1)]


def test_every_line_is_written_once_with_a_timestamp(tmp_path: Path) -> None:
    """Lines that overlap with those written before are not written again."""
    log = TrainingLog(tmp_path, LogConfig())
    assert log.append(numbered(1, 3), T) == 3
    assert log.append(numbered(2, 5), T + 60) == 2
    written = lines_of(tmp_path / LOG)
    assert [line["iteration"] for line in written] == [1, 2, 3, 4, 5]
    assert written[0]["timestamp"] == "2023-11-14T22:13:20+00:00"
    assert written[4]["timestamp"] == "2023-11-14T22:14:20+00:00"


def test_a_torn_line_is_cut_off_and_written_whole(tmp_path: Path) -> None:
    """A writer that was killed within a line leaves no broken JSON for ever."""
    log = TrainingLog(tmp_path, LogConfig())
    log.append(numbered(1, 2), T)
    with (tmp_path / LOG).open("ab") as file:
        file.write(b'{"iteration": 3, "rea')
    log.append(numbered(1, 4), T)
    assert [line["iteration"] for line in lines_of(tmp_path / LOG)] == [1, 2, 3, 4]


def test_a_long_log_is_compressed_and_the_oldest_parts_go(tmp_path: Path) -> None:
    """Part 1 is the newest; no line is lost or doubled among those that are kept."""
    log = TrainingLog(tmp_path, LogConfig(max_mb=0.001, keep=3))
    for first in range(1, 60, 4):
        log.append(numbered(max(1, first - 6), first + 3), T)
    parts = sorted(tmp_path.glob("*.gz"))
    assert [part.name for part in parts] == [f"{LOG}.{number}.gz" for number in (1, 2, 3)]
    kept = [line["iteration"] for part in reversed(parts) for line in lines_of(part)]
    kept += [line["iteration"] for line in lines_of(tmp_path / LOG)] if (tmp_path / LOG).exists() else []
    assert kept == list(range(kept[0], 61))
    assert log.append(numbered(50, 60), T) == 0


def test_a_roll_that_was_killed_before_its_end_is_finished(tmp_path: Path) -> None:
    """A log that is still there though it has been compressed already is not compressed twice."""
    log = TrainingLog(tmp_path, LogConfig(max_mb=0.001, keep=3))
    log.append(numbered(1, 8), T)
    (part,) = tmp_path.glob("*.gz")
    (tmp_path / LOG).write_bytes(gzip.decompress(part.read_bytes()))
    log.append(numbered(1, 10), T)
    assert [line["iteration"] for line in lines_of(part)] == list(range(1, 9))
    assert [line["iteration"] for line in lines_of(tmp_path / LOG)] == [9, 10]
