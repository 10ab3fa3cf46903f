from __future__ import annotations

import gzip
import os
from pathlib import Path

from python_training.runtime.output_log import roll_output


def test_a_long_log_is_compressed_and_goes_on_empty(tmp_path: Path) -> None:
    """Who has it open for appending goes on at its new beginning, and of the parts the newest are kept."""
    path = tmp_path / "worker.log"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for round in range(5):
        os.write(descriptor, f"round {round}\n".encode() * 100)
        assert roll_output(path, max_bytes=500, kept=3)
    os.write(descriptor, b"last\n")
    os.close(descriptor)
    assert path.read_text() == "last\n"
    parts = sorted(tmp_path.glob("worker.log.*.gz"))
    assert [gzip.decompress(part.read_bytes()).decode().splitlines()[0] for part in parts] == [
        "round 4",
        "round 3",
        "round 2",
    ]


def test_a_short_log_or_none_is_left_alone(tmp_path: Path) -> None:
    """Nothing happens below the limit."""
    path = tmp_path / "worker.log"
    assert not roll_output(path)
    path.write_text("short\n")
    assert not roll_output(path)
    assert path.read_text() == "short\n"


def test_a_part_that_cannot_be_written_costs_nothing(tmp_path: Path) -> None:
    """The log stays as it is, complete."""
    path = tmp_path / "worker.log"
    path.write_bytes(b"x" * 1000)
    (tmp_path / "worker.log.1.gz").mkdir()
    assert not roll_output(path, max_bytes=500, kept=1)
    assert path.stat().st_size == 1000
    assert sorted(each.name for each in tmp_path.iterdir()) == ["worker.log", "worker.log.1.gz"]
