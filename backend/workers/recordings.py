"""Recordings of games that are over: the newest ones are kept when their sessions' folders are removed."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path

from python_training.runtime.session_spec import RECORDING

FOLDER = ".recordings"
"""Below logs_dir; the dot keeps it from being taken for a run."""
KEPT = 50

_SESSION_ID = re.compile(r"[0-9a-f]{1,32}")


class Recordings:
    """One JSON file a session."""

    def __init__(self, logs_dir: Path) -> None:
        self._root = logs_dir / FOLDER

    def keep(self, session_id: str, folder: Path) -> None:
        """Take over what a session has left in its folder, if it recorded anything, and forget the oldest ones."""
        recorded = folder / RECORDING
        if not recorded.is_file():
            return
        # A disk that is full costs the recording, not the server.
        with contextlib.suppress(OSError):
            self._root.mkdir(parents=True, exist_ok=True)
            recorded.replace(self._root / f"{session_id}.json")
            kept = sorted(self._root.glob("*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
            for path in kept[KEPT:]:
                path.unlink(missing_ok=True)

    def find(self, session_id: str) -> Path | None:
        """The recording of a session that is over, None if there is none."""
        if not _SESSION_ID.fullmatch(session_id):
            return None
        path = self._root / f"{session_id}.json"
        return path if path.is_file() else None
