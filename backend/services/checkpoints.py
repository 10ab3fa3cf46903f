"""Checkpoints of runs: list, pin, delete, and download as one archive."""

from __future__ import annotations

import contextlib
import os
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from backend.errors import ConflictError
from backend.services.journal_feed import JournalFeed
from backend.services.runs import Runs
from python_training.contracts.errors import CheckpointError, RunLockedError
from python_training.contracts.events import EventType
from python_training.runtime.checkpoint import CheckpointInfo
from python_training.runtime.journal import JournalWriter
from python_training.runtime.manifest import MANIFEST
from python_training.runtime.plain_file import open_plain_file

CHUNK = 256 * 1024
_FIRST_YEAR = 1980  # a zip archive knows no earlier one


class Checkpoints:
    """Checkpoints on disk, read anew at every call: workers write and prune them at any time.

    Methods raise NotFoundError for a run that is not there and NoCheckpointError for a step. Safe to use from several
    threads or greenlets.
    """

    def __init__(self, runs: Runs, feed: JournalFeed) -> None:
        self._runs = runs
        self._feed = feed

    def list(self, run_id: str) -> list[CheckpointInfo]:
        """All checkpoints of a run with their files and hashes, newest first."""
        return self._runs.folder(run_id).checkpoints().list()[::-1]

    def get(self, run_id: str, step: int) -> CheckpointInfo:
        """One checkpoint."""
        return self._runs.folder(run_id).checkpoints().get(step)

    def pin(self, run_id: str, step: int, pinned: bool) -> CheckpointInfo:
        """Keep a checkpoint until it is unpinned, or leave it to retention again."""
        return self._runs.folder(run_id).checkpoints().pin(step, pinned)

    def delete(self, run_id: str, step: int) -> None:
        """Remove a checkpoint.

        Raises:
            ConflictError: it is pinned, or the newest one of an active run, which would restart from it.
        """
        folder = self._runs.folder(run_id)
        checkpoints = folder.checkpoints()
        info = checkpoints.get(step)
        if info.pinned:
            raise ConflictError(f"Checkpoint {step} is pinned.", field="step", hint="Unpin it first.")
        run = self._runs.get(run_id)
        if run.status.is_active and step == max(each.step for each in checkpoints.list()):
            raise ConflictError(
                f"Checkpoint {step} is the newest of an active run, which would go on from it after a crash.",
                field="step",
                hint="Save another one, or stop the run first.",
            )
        checkpoints.delete(step)
        # While a worker lives it alone may write the journal; the list on disk is right in any case.
        with contextlib.suppress(RunLockedError), JournalWriter(folder.path) as journal:
            journal.append(
                EventType.CHECKPOINT,
                step=step,
                name=info.name,
                reason=info.reason,
                bytes=info.bytes,
                sha256=info.sha256,
                metrics=dict(info.metrics),
                removed=True,
            )
        self._feed.catch_up(run_id)

    def archive(self, run_id: str, step: int) -> Iterator[bytes]:
        """A zip file of the checkpoint with its manifest, piece by piece: it is never in memory as a whole.

        All files are open before the first piece is asked for, so retention cannot take them away meanwhile.
        """
        info = self.get(run_id, step)
        files = contextlib.ExitStack()
        try:
            opened = [
                (name, files.enter_context(_open_plain(info.path / name)))
                for name in (MANIFEST, *(file.name for file in info.files))
            ]
        except OSError as error:
            files.close()
            raise CheckpointError(f"Checkpoint {step} cannot be read: {error.strerror}.") from error
        return _zipped(f"{run_id}-{info.name}", opened, info.t, files)


def _open_plain(path: Path) -> BinaryIO:
    """Open a file unless it is a link or a device: a manifest may come from outside."""
    return os.fdopen(open_plain_file(path, follow=False), "rb")


def _zipped(top: str, opened: list[tuple[str, BinaryIO]], t: float, files: contextlib.ExitStack) -> Iterator[bytes]:
    written = _Pieces()
    when = time.gmtime(t)[:6]
    with files, zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as archive:
        for name, source in opened:
            # Stored, not deflated: weights hardly shrink, and hashing already costs a pass.
            entry = zipfile.ZipInfo(f"{top}/{name}", when if when[0] >= _FIRST_YEAR else (_FIRST_YEAR, 1, 1, 0, 0, 0))
            entry.external_attr = 0o644 << 16
            with archive.open(entry, "w", force_zip64=True) as target:
                while chunk := source.read(CHUNK):
                    target.write(chunk)
                    yield written.take()
    yield written.take()


class _Pieces:
    """A file that cannot seek: what zipfile writes to it is handed on and forgotten."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def write(self, data: bytes, /) -> int:
        self._waiting += data
        return len(data)

    def flush(self) -> None:
        pass  # there is nothing behind it

    def close(self) -> None:
        pass  # what is left is still to be taken

    def take(self) -> bytes:
        """What was written since the last call."""
        taken, self._waiting = bytes(self._waiting), bytearray()
        return taken
