"""When a run is checkpointed, and what the journal says about it."""

from __future__ import annotations

import errno
import math
import os
import shutil
import time
from collections.abc import Iterable
from pathlib import Path

from python_training import registry
from python_training.contracts.config import SystemConfig
from python_training.contracts.errors import CheckpointError, PaddockError
from python_training.contracts.events import EventType
from python_training.contracts.metrics import is_better, primary_metric
from python_training.contracts.trainer import Notice, Point, Trainer
from python_training.runtime.checkpoint import CheckpointInfo
from python_training.runtime.history import History
from python_training.runtime.journal import JournalWriter
from python_training.runtime.output_log import roll_output
from python_training.runtime.report import Report
from python_training.runtime.run_folder import RunFolder, RunSpec

LAST = frozenset({"stop", "finished"})
"""Reasons of a checkpoint after which the run ends, whether it could be written or not."""

RETRY_S = 30.0
"""A periodic checkpoint that failed is tried again after this long, or after the interval if that is shorter."""

BEST_SHARE = 0.05
BEST_INTERVALS = 0.1
"""A new best is saved at once, unless saving would take more than 5% of the time, or the last checkpoint is younger
than a tenth of the interval."""

LOW_DISK_BYTES = 1 << 30


class Checkpointer:
    """Saves a trainer's state into the run's checkpoints: in time, and without ever stopping the run."""

    def __init__(self, folder: RunFolder, spec: RunSpec, journal: JournalWriter, report: Report) -> None:
        self._system = spec.system
        self._publisher = registry.system(spec.system).publish
        self._store = folder.checkpoints()
        self._output = folder.log_path
        self._journal = journal
        self._report = report
        self._primary = primary_metric(spec.metrics)
        self._best: float | None = None
        self._improved = False
        self._tried = time.monotonic()
        self._took = 0.0
        self._failed = False
        self._disk_low = False
        self.latest: dict[str, float] = {}
        """The latest finite value of every metric."""

    def find(self, history: History) -> CheckpointInfo | None:
        """Verify what is on disk, bring the journal up to date with it, and return the newest good checkpoint."""
        self._store.tidy()
        newest, damaged = self._store.newest_good()
        for each in damaged:
            self._report("error", "checkpoint_damaged", f"{each.message} It was set aside as {each.name}.")
        found = self._store.list()
        for info in found:
            if history.checkpoints.get(info.step) != info.sha256:
                # Its worker was killed between renaming the checkpoint and journalling it.
                self._announce(info, "recovered")
            if info.best:
                self._best = info.metrics[self._primary.name]
        for step in sorted(history.checkpoints.keys() - {info.step for info in found}):
            self._journal.append(EventType.CHECKPOINT, step=step, name=str(step), removed=True)
        if newest is not None:
            self.latest = dict(newest.metrics)
            self._publish(newest)
        return newest

    def note(self, point: Point) -> None:
        """Take the point's finite values as the latest ones."""
        self.latest.update({name: value for name, value in point.values.items() if math.isfinite(value)})
        value = point.values.get(self._primary.name)
        if value is not None and is_better(self._primary, value, self._best):
            self._best = value
            self._improved = True

    def due(self, config: SystemConfig, *, milestone: bool = False) -> str | None:
        """The reason for which a checkpoint should be saved now, None if there is none."""
        improved, self._improved = self._improved, False
        if milestone and not self._failed:
            return "milestone"
        waited = time.monotonic() - self._tried
        interval = config.checkpoint_interval_s
        if waited >= (min(interval, RETRY_S) if self._failed else interval):
            return "periodic"
        soon = waited < max(BEST_INTERVALS * interval, self._took / BEST_SHARE)
        return "best" if improved and not self._failed and not soon else None

    def save(self, trainer: Trainer, step: int, config: SystemConfig, reason: str) -> CheckpointInfo:
        """Save now, then prune. Raises CheckpointError, after a health event, if it cannot be written."""

        def write(folder: Path) -> None:
            trainer.save(folder)
            # A checkpoint must never know more than the journal: points first, then the rename that makes it exist.
            if not self._journal.flush(sync=True):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        began = time.monotonic()
        try:
            info = self._store.save(
                step,
                write,
                reason=reason,
                metrics=self.latest,
                config=config.model_dump(mode="json"),
                system=self._system,
                primary=self._primary,
            )
        except CheckpointError as error:
            self._failed = True
            onward = "ends without it" if reason in LAST else "goes on"
            self._report("error", "checkpoint_failed", f"{error.message} The run {onward}; older checkpoints are good.")
            raise
        finally:
            self._tried = time.monotonic()
            self._took = self._tried - began
        if self._failed:
            self._failed = False
            self._report("info", "recovered", "Checkpoints can be written again.")
        self._announce(info, reason)
        self._publish(info)
        self._prune(config.keep_checkpoints)
        self._look_at_disk(info)
        roll_output(self._output)
        return info

    def _announce(self, info: CheckpointInfo, reason: str) -> None:
        self._journal.append(
            EventType.CHECKPOINT,
            step=info.step,
            name=info.name,
            reason=reason,
            bytes=info.bytes,
            sha256=info.sha256,
            metrics=dict(info.metrics),
        )

    def _publish(self, info: CheckpointInfo) -> None:
        """Let the system put what others read of a checkpoint beside it; it is complete already, whatever comes."""
        if not self._publisher:
            return
        try:
            notices: Iterable[Notice] | None = registry.load(self._publisher)(info.path, self._store.folder, info.t)
            for notice in notices or ():
                self._report(notice.level, notice.code, notice.message, info.step)
        except (OSError, PaddockError) as error:
            self._report("warning", "publish_failed", f"Checkpoint {info.step} cannot be shown to others: {error}")

    def _prune(self, keep: int) -> None:
        try:
            removed = self._store.prune(keep)
        except OSError as error:
            self._report("warning", "checkpoint_failed", f"Old checkpoints cannot be removed: {error.strerror}.")
            return
        for info in removed:
            self._journal.append(EventType.CHECKPOINT, step=info.step, name=info.name, removed=True)

    def _look_at_disk(self, info: CheckpointInfo) -> None:
        free = shutil.disk_usage(self._store.folder).free
        low = free < max(LOW_DISK_BYTES, 3 * info.bytes)
        if low and not self._disk_low:
            self._report("warning", "disk_low", f"Only {free / 2**20:.0f} MiB are left on the disk of the checkpoints.")
        self._disk_low = low
