"""What people write on a run, kept beside its journal so that it outlives the database."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path

from backend.domain.run import Labels
from python_training.contracts.errors import ConfigError

FILE = "labels.json"
MAX_NAME, MAX_NOTES, MAX_TAG, MAX_TAGS = 200, 20_000, 50, 50


def read_labels(run_dir: Path) -> Labels:
    """The labels of the run in `run_dir`; none if nobody wrote any, or if the file is not readable."""
    try:
        raw = json.loads((run_dir / FILE).read_text())
        return checked(Labels(str(raw["name"]), str(raw["notes"]), tuple(map(str, raw["tags"])), raw["pinned"] is True))
    except (OSError, ValueError, KeyError, TypeError, ConfigError):
        return Labels()


def write_labels(run_dir: Path, labels: Labels) -> None:
    """Replace the labels of the run in `run_dir` in one step: a reader sees the old ones or the new ones."""
    temporary = run_dir / f"{FILE}.{os.getpid()}.tmp"
    try:
        temporary.write_text(json.dumps(asdict(labels)))
        temporary.replace(run_dir / FILE)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def checked(labels: Labels) -> Labels:
    """`labels` trimmed, each tag once; raises ConfigError that names the field which is too long."""
    tags = tuple(dict.fromkeys(tag.strip() for tag in labels.tags if tag.strip()))
    for field, got, most in (
        ("name", len(labels.name), MAX_NAME),
        ("notes", len(labels.notes), MAX_NOTES),
        ("tags", max(map(len, tags), default=0), MAX_TAG),
    ):
        if got > most:
            raise ConfigError(f"{field}: at most {most} characters, got {got}.", field=field)
    if len(tags) > MAX_TAGS:
        raise ConfigError(f"tags: at most {MAX_TAGS}, got {len(tags)}.", field="tags")
    return Labels(labels.name.strip(), labels.notes, tags, labels.pinned)
