"""Keeps worker.log, to which a run's process prints, from growing for ever."""

from __future__ import annotations

import contextlib
import gzip
import shutil
from pathlib import Path

MAX_BYTES = 16 << 20
KEPT = 5
"""Compressed parts: `worker.log.1.gz` is the newest."""


def roll_output(path: Path, *, max_bytes: int = MAX_BYTES, kept: int = KEPT) -> bool:
    """Compress a log that has reached `max_bytes`, and empty it; returns whether it had. A full disk leaves it alone.

    Processes have the file open for appending, so it is emptied rather than renamed; what they print between the copy
    and that is lost.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        if path.stat().st_size < max_bytes:
            return False
        with path.open("rb") as source, gzip.open(part, "wb") as packed:
            shutil.copyfileobj(source, packed)
        for number in range(kept, 1, -1):
            with contextlib.suppress(FileNotFoundError):
                _part(path, number - 1).replace(_part(path, number))
        part.replace(_part(path, 1))
        with path.open("r+b") as file:
            file.truncate()
    except OSError:
        part.unlink(missing_ok=True)
        return False
    return True


def _part(path: Path, number: int) -> Path:
    return path.with_name(f"{path.name}.{number}.gz")
