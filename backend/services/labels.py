"""What people write on a run, kept beside its journal so that it outlives the database."""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import asdict
from pathlib import Path

from backend.domain.run import Labels
from python_training.contracts.errors import ConfigError, RunDamagedError
from python_training.contracts.plain_data import check_text
from python_training.runtime.plain_file import json_object, read_plain_file

FILE, SET_ASIDE = "labels.json", "labels.json.damaged"
MAX_BYTES = 1_000_000
MAX_NAME, MAX_NOTES, MAX_TAG, MAX_TAGS = 200, 20_000, 50, 50


def read_labels(run_dir: Path) -> tuple[Labels, str]:
    """The labels of the run in `run_dir`, none if nobody wrote any or they cannot be read; and what is wrong then."""
    path = run_dir / FILE
    if not os.path.lexists(path):
        return Labels(), ""
    try:
        raw = json_object(
            FILE, read_plain_file(path, MAX_BYTES, follow=True, error=RunDamagedError), error=RunDamagedError
        )
        return _labels(raw), ""
    except (RunDamagedError, ConfigError) as error:
        return Labels(), error.message if error.message.startswith(FILE) else f"{FILE}: {error.message}"


def write_labels(run_dir: Path, labels: Labels) -> None:
    """Replace the labels of the run in `run_dir` in one step: a reader sees the old ones or the new ones.

    Labels that could not be read are kept beside them. Raises OSError if nothing can be written.
    """
    path, temporary = run_dir / FILE, run_dir / f"{FILE}.{os.getpid()}.tmp"
    try:
        temporary.write_text(json.dumps(asdict(labels)))
        if read_labels(run_dir)[1]:
            with contextlib.suppress(OSError):
                path.rename(run_dir / SET_ASIDE)
        temporary.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def _labels(raw: dict[str, object]) -> Labels:
    name, notes, tags = raw.get("name", ""), raw.get("notes", ""), raw.get("tags", [])
    for field, value, kind in (("name", name, str), ("notes", notes, str), ("tags", tags, list)):
        if not isinstance(value, kind):
            raise ConfigError(f"{field}: expected {'text' if kind is str else 'a list'}, got {value!r:.40}.")
    assert isinstance(name, str) and isinstance(notes, str) and isinstance(tags, list)  # noqa: S101, PT018  # for mypy
    if not isinstance(raw.get("pinned", False), bool):
        raise ConfigError(f"pinned: expected true or false, got {raw['pinned']!r:.40}.")
    if not all(isinstance(tag, str) for tag in tags):
        raise ConfigError("tags: expected texts.")
    return checked(Labels(name, notes, tuple(tags), raw.get("pinned") is True))


def checked(labels: Labels) -> Labels:
    """`labels` trimmed, each tag once; raises ConfigError that names the field which is too long or no text."""
    check_text(labels.name, "name")
    check_text(labels.notes, "notes")
    for tag in labels.tags:
        check_text(tag, "tags")
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
