"""The whole training log of a tuner's run, rolled parts and all."""

from __future__ import annotations

import gzip
from pathlib import Path

from python_training.systems.tuner.published.training_log import LOG


def whole_log(folder: Path) -> list[str]:
    """Its lines, the oldest first; the `folder` is that of the run's checkpoints."""
    parts = sorted(folder.glob(f"{LOG}.*.gz"), key=lambda path: -int(path.suffixes[-2][1:]))
    lines = [line for part in parts for line in gzip.decompress(part.read_bytes()).decode().splitlines()]
    current = folder / LOG
    return lines + (current.read_text().splitlines() if current.exists() else [])
