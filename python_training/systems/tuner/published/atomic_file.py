"""Writing a file so that a reader sees the old content or the new, whole, whatever happens meanwhile."""

from __future__ import annotations

import contextlib
import glob
import os
from pathlib import Path

import psutil


def put(path: Path, content: bytes) -> bool:
    """Make `content` that of `path`, and return whether it was not already; survives a power cut.

    Raises:
        OSError: it cannot be written; the old file is still there.
    """
    if path.is_file() and path.read_bytes() == content:
        return False
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    _remove_parts_of_the_dead(path)
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)
    return True


def _remove_parts_of_the_dead(path: Path) -> None:
    for left in path.parent.glob(f".{glob.escape(path.name)}.*.part"):
        pid = left.suffixes[-2].removeprefix(".")
        if pid.isdigit() and not psutil.pid_exists(int(pid)):
            with contextlib.suppress(OSError):
                left.unlink()


def sync_folder(folder: Path) -> None:
    """Make a rename in `folder` last."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
