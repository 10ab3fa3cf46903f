"""A run's checkpoints: folders that are complete or not there, verified by hash before anything is loaded from them.

None that holds a number which is not finite is ever good: it is neither written nor loaded.

checkpoints/<run>/<step>/ holds the files that the trainer wrote and `manifest.json`:
`{format, step, t, reason, system, config, metrics, primary, versions, files: [{name, bytes, sha256}]}`.
An empty file `pinned` keeps a checkpoint from being pruned. `<step>.damaged` are those that failed verification.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from python_training.contracts.errors import (
    CheckpointDamagedError,
    CheckpointError,
    NoCheckpointError,
    NotFiniteError,
)
from python_training.contracts.metrics import MetricSpec, is_better
from python_training.runtime.finite_files import require_finite
from python_training.runtime.manifest import (
    FORMAT,
    MANIFEST,
    PIN,
    CheckpointFile,
    CheckpointInfo,
    read_manifest,
    seal,
    sha256,
    sync_folder,
    versions,
)

__all__ = ["CheckpointFile", "CheckpointInfo", "CheckpointStore", "DamagedCheckpoint"]


@dataclass(frozen=True, slots=True)
class DamagedCheckpoint:
    """A checkpoint that failed verification: its step, the name it has now, and what is wrong with it."""

    step: int
    name: str
    message: str


class CheckpointStore:
    """The checkpoints of one run. Only the holder of the run's journal saves, tidies and prunes; anybody may read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def save(
        self,
        step: int,
        write: Callable[[Path], None],
        *,
        reason: str,
        metrics: Mapping[str, float],
        config: Mapping[str, Any],
        system: str,
        primary: MetricSpec | None = None,
    ) -> CheckpointInfo:
        """Write a checkpoint: `write` fills an empty folder, which then appears under its name all at once.

        One of the same step is replaced (and stays pinned if it was).

        Raises:
            CheckpointError: the disk is full or refuses; nothing has changed then.
            NotFiniteError: a number that it would hold is NaN or infinite; nothing has changed then.
        """
        temporary = self.folder / f".tmp-{step}"
        try:
            shutil.rmtree(temporary, ignore_errors=True)
            temporary.mkdir(parents=True)
            write(temporary)
            require_finite(temporary)
            manifest = {
                "format": FORMAT,
                "step": step,
                "t": round(time.time(), 3),
                "reason": reason,
                "system": system,
                "config": dict(config),
                "metrics": dict(metrics),
                "primary": primary.to_dict() if primary else None,
                "versions": dict(versions()),
                "files": [file.to_dict() for file in seal(temporary)],
            }
            with (temporary / MANIFEST).open("x") as file:
                json.dump(manifest, file, indent=2, allow_nan=False)
                file.flush()
                os.fsync(file.fileno())
            self._put_in_place(temporary, step)
        except BaseException as error:
            shutil.rmtree(temporary, ignore_errors=True)
            if isinstance(error, OSError) or (isinstance(error, Exception) and _is_full(self.folder)):
                reasons = "the disk is full" if _says_full(error) else str(error)
                raise CheckpointError(f"Checkpoint {step} could not be written: {reasons}.") from error
            raise
        return self.get(step)

    def list(self) -> list[CheckpointInfo]:
        """All checkpoints whose manifest can be read, in order of step. Hashes are not checked here."""
        found = []
        for step in self._steps():
            with contextlib.suppress(CheckpointError):
                found.append(read_manifest(self.folder / str(step), step))
        best: CheckpointInfo | None = None
        for info in found:
            if info.primary is None or (value := info.metrics.get(info.primary.name)) is None:
                continue
            if is_better(info.primary, value, best.metrics[info.primary.name] if best else None):
                best = info
        return [replace(info, best=info is best) for info in found]

    def get(self, step: int) -> CheckpointInfo:
        """The checkpoint of `step`; raises NoCheckpointError."""
        found = {info.step: info for info in self.list()}
        if step in found:
            return found[step]
        if not found:
            raise NoCheckpointError(f"There is no checkpoint {step}: none has been saved yet.", field="step")
        newest = max(found)
        if step > newest:
            raise NoCheckpointError(
                f"There is no checkpoint {step}: the run has saved none beyond {newest}.", field="step"
            )
        nearest = sorted(found, key=lambda each: abs(each - step))[:2]
        raise NoCheckpointError(
            f"There is no checkpoint {step}: none was saved there, or it is no longer kept.",
            field="step",
            hint=f"The nearest that are kept: {', '.join(map(str, sorted(nearest)))}.",
        )

    def newest_good(self, *, set_aside: bool = True) -> tuple[CheckpointInfo | None, tuple[DamagedCheckpoint, ...]]:
        """The newest checkpoint that verifies, and the newer ones that do not.

        With `set_aside` those are renamed to `<step>.damaged`; only the holder of the run's journal may ask for that.
        """
        known = {info.step: info for info in self.list()}
        damaged = []
        for step in reversed(self._steps()):
            try:
                info = known.get(step) or read_manifest(self.folder / str(step), step)
                self.verify(info)
            except CheckpointError as error:
                name = self._set_aside(step) if set_aside else str(step)
                damaged.append(DamagedCheckpoint(step, name, error.message))
                continue
            return info, tuple(damaged)
        return None, tuple(damaged)

    def verify(self, info: CheckpointInfo) -> None:
        """Read every file, compare it with the manifest, and look for numbers that are not finite.

        Raises:
            CheckpointDamagedError: it must not be used.
        """
        for file in info.files:
            path = info.path / file.name
            try:
                size = path.lstat().st_size
                found = sha256(path) if size == file.bytes else ""
            except OSError as error:
                raise CheckpointDamagedError(
                    f"Checkpoint {info.step}: {file.name} cannot be read ({error.strerror})."
                ) from error
            if size != file.bytes:
                raise CheckpointDamagedError(
                    f"Checkpoint {info.step}: {file.name} must have {file.bytes} bytes, got {size}."
                )
            if found != file.sha256:
                raise CheckpointDamagedError(f"Checkpoint {info.step}: {file.name} is not what was written (SHA-256).")
        try:
            require_finite(info.path)
        except NotFiniteError as error:
            raise CheckpointDamagedError(f"Checkpoint {info.step}: {error.message}") from error

    def pin(self, step: int, pinned: bool) -> CheckpointInfo:
        """Keep a checkpoint until it is unpinned; raises NoCheckpointError."""
        path = self.get(step).path / PIN
        if pinned:
            path.touch()
        else:
            path.unlink(missing_ok=True)
        return self.get(step)

    def delete(self, step: int) -> None:
        """Remove a checkpoint; raises NoCheckpointError."""
        info = self.get(step)
        # Renamed first: whoever looks meanwhile sees a whole checkpoint or none.
        doomed = self.folder / f".old-{step}"
        shutil.rmtree(doomed, ignore_errors=True)
        with contextlib.suppress(FileNotFoundError):  # gone already, which is what was asked for
            info.path.rename(doomed)
        shutil.rmtree(doomed, ignore_errors=True)

    def prune(self, keep: int) -> tuple[CheckpointInfo, ...]:
        """Remove all but the newest `keep`, the best and the pinned; returns those removed.

        One that was only saved for being the best goes when it no longer is, and never crowds out the newest `keep`.
        """
        found = self.list()
        passed = [info for info in found[:-1] if info.reason == "best" and not info.best]
        others = [info for info in found if info not in passed]
        older = others[: max(0, len(others) - keep)]
        removed = tuple(info for info in (*passed, *older) if not info.pinned and not info.best)
        for info in removed:
            with contextlib.suppress(NoCheckpointError):  # somebody else deleted it meanwhile
                self.delete(info.step)
        return removed

    def tidy(self) -> None:
        """Finish or undo what a killed writer left half done. For the holder of the run's journal only."""
        for path in self.folder.glob(".old-*") if self.folder.is_dir() else ():
            step = path.name.removeprefix(".old-")
            # Killed between the two renames of a replacement: the old one is still the checkpoint of its step.
            if (self.folder / f".tmp-{step}" / MANIFEST).exists() and not (self.folder / step).exists():
                path.rename(self.folder / step)
            else:
                shutil.rmtree(path, ignore_errors=True)
        for path in self.folder.glob(".tmp-*"):
            shutil.rmtree(path, ignore_errors=True)

    def _steps(self) -> Sequence[int]:
        try:
            names = [path.name for path in self.folder.iterdir()]
        except OSError:
            return ()
        return sorted(int(name) for name in names if name.isascii() and name.isdigit() and str(int(name)) == name)

    def _put_in_place(self, temporary: Path, step: int) -> None:
        final, old = self.folder / str(step), self.folder / f".old-{step}"
        if final.exists():
            if (final / PIN).exists():
                (temporary / PIN).touch()
            shutil.rmtree(old, ignore_errors=True)
            final.rename(old)
        try:
            temporary.rename(final)
        except OSError:
            if old.exists():
                old.rename(final)
            raise
        sync_folder(self.folder)
        shutil.rmtree(old, ignore_errors=True)

    def _set_aside(self, step: int) -> str:
        names = (f"{step}.damaged{suffix}" for suffix in ("", *(f"-{n}" for n in range(2, 1000))))
        name = next(name for name in names if not (self.folder / name).exists())
        (self.folder / str(step)).rename(self.folder / name)
        return name


def _says_full(error: BaseException) -> bool:
    return not isinstance(error, OSError) or error.errno in (errno.ENOSPC, errno.EDQUOT)


def _is_full(folder: Path) -> bool:
    """Whether the disk has no room left: libraries report that with errors of their own."""
    try:
        return shutil.disk_usage(folder).free < 1 << 20
    except OSError:
        return False
