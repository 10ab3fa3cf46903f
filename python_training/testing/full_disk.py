"""A file system so small that a test can fill it up."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path


class CannotMountError(Exception):
    """Nobody may mount a file system here, as a rule because that takes root."""


@contextlib.contextmanager
def small_disk(folder: Path, mebibytes: int) -> Iterator[Path]:
    """Make the new `folder` a file system (tmpfs) of that size for as long as the block lasts.

    Raises:
        CannotMountError: it cannot be mounted.
    """
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m", "tmpfs", str(folder)],  # noqa: S607  # mount is where the system has it
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode:
        raise CannotMountError(f"A tmpfs cannot be mounted here: {mounted.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)  # noqa: S607  # as above


def fill(path: Path) -> None:
    """Write to `path` until its file system has no room left."""
    with path.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"x" * 4096)
