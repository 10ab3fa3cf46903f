from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from python_training.systems.tuner.published.atomic_file import put


def test_only_a_change_is_written(tmp_path: Path) -> None:
    """The same content again leaves the file alone."""
    path = tmp_path / "best.yaml"
    assert put(path, b"a: 1\n") is True
    before = path.stat().st_ino
    assert put(path, b"a: 1\n") is False
    assert path.stat().st_ino == before
    assert put(path, b"a: 2\n") is True
    assert path.read_bytes() == b"a: 2\n"


def test_what_cannot_be_written_leaves_the_old_file(tmp_path: Path) -> None:
    """And no part of the new one."""
    path = tmp_path / "best.yaml"
    put(path, b"a: 1\n")
    (tmp_path / f".best.yaml.{os.getpid()}.part").mkdir()
    with pytest.raises(OSError, match="part"):
        put(path, b"a: 2\n")
    assert path.read_bytes() == b"a: 1\n"


def test_parts_that_killed_writers_left_are_removed(tmp_path: Path) -> None:
    """In a run of weeks they would pile up; that of a living process, and other files, stay."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    left, alive, other = (tmp_path / name for name in (f".b.yaml.{ended.pid}.part", ".b.yaml.1.part", ".b.yaml.x.part"))
    for path in (left, alive, other):
        path.touch()
    put(tmp_path / "b.yaml", b"a: 1\n")
    assert not left.exists()
    assert alive.exists()
    assert other.exists()
