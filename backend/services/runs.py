"""The life of runs: create, look up, label, command, delete."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backend.domain.run import Labels, Run
from backend.errors import ConflictError, NotFoundError
from backend.services.admission import NOTHING_ALLOWED, Admission, Parent
from backend.services.commands import CommandResult, Commands, Wait
from backend.services.journal_feed import JournalFeed
from backend.services.labels import checked, write_labels
from backend.store.base import RunFilter, RunStore, StoreError
from backend.workers.ending import StopPolicy
from python_training import presets, registry
from python_training.contracts.config import merge, validate
from python_training.contracts.errors import ConfigError, JournalError, PaddockError, RunLockedError, UnknownNameError
from python_training.contracts.status import RunStatus
from python_training.runtime.journal import JournalWriter
from python_training.runtime.plain_file import remove_folder
from python_training.runtime.run_folder import RunFolder, create_run


@dataclass(frozen=True, slots=True)
class CheckpointRef:
    """A checkpoint of a run, as the start of another run."""

    run: str
    step: int


class Runs:
    """All runs below one logs folder. Safe to use from several threads or greenlets.

    Every method that takes a run's id raises NotFoundError when there is no such run. A single run that is returned
    includes every event that was in its journal when the method was called; `find` may lag by a round of the feed.
    """

    def __init__(
        self,
        store: RunStore,
        feed: JournalFeed,
        logs_dir: Path,
        checkpoints_dir: Path,
        *,
        threads_per_run: int = 1,
        command_timeout_s: float = 30.0,
        sleep: Callable[[float], object] = time.sleep,
        admission: Admission = NOTHING_ALLOWED,
        stop: StopPolicy | None = None,
    ) -> None:
        self._admission = admission
        self._store = store
        self._feed = feed
        self._logs_dir = logs_dir
        self._checkpoints_dir = checkpoints_dir
        self._threads = threads_per_run
        self._timeout = command_timeout_s
        self._commands = Commands(feed.catch_up, sleep, stop or StopPolicy())

    @property
    def whereabouts(self) -> dict[str, str]:
        """Where the runs are, for a process that is to find them."""
        return {"logs_dir": str(self._logs_dir), "checkpoints_dir": str(self._checkpoints_dir)}

    def create(
        self,
        system: str,
        config: Mapping[str, Any] | None = None,
        *,
        preset: str | None = None,
        name: str = "",
        notes: str = "",
        tags: Sequence[str] = (),
        from_checkpoint: CheckpointRef | None = None,
    ) -> Run:
        """Create a run and queue it.

        With `from_checkpoint` it is a fork: `config` goes on top of the other run's, and training starts from there.
        A run without a name takes the title of the preset that was asked for.

        Raises:
            UnknownNameError: no such system or preset.
            NotAllowedError: the config names something that the operator does not allow.
            ConfigError: a value is not what its field takes.
            NoCheckpointError, CheckpointError: the checkpoint to fork is missing or damaged.
        """
        labels = checked(Labels(name, notes, tuple(tags)))
        parent = None
        if from_checkpoint is None:
            resolved = presets.resolve(system, config or {}, preset)
            admitted = self._admission.config(system, resolved, preset)
        else:
            resolved = self._forked(from_checkpoint, system, config or {}, preset)
            parent = {"run": from_checkpoint.run, "step": from_checkpoint.step}
            admitted = self._admission.config(system, resolved, preset, self.named_by(from_checkpoint.run))
        folder = create_run(
            self._logs_dir,
            self._checkpoints_dir,
            system=system,
            config=resolved,
            name=labels.name or self._title(system, preset),
            threads=self._threads,
            parent=parent,
            admitted=admitted,
        )
        try:
            run = self._feed.catch_up(folder.id)
            return self._write_labels(folder, labels) if labels.notes or labels.tags else run
        except (OSError, StoreError):
            self._take_back(folder)
            raise

    def get(self, run_id: str) -> Run:
        """The run of that id."""
        self.folder(run_id)
        return self._feed.catch_up(run_id)

    def find(self, filter: RunFilter | None = None) -> tuple[list[Run], int]:
        """Fitting runs, pinned ones first, then newest first; and how many fit without limit and offset."""
        return self._store.find(filter or RunFilter())

    def newest(self, *, at_once: bool = False) -> Run | None:
        """The run created last, None if there is none; `at_once`: as of the feed's last round, like `find`."""
        newest = self._store.newest()
        return newest if newest is None or at_once else self._feed.catch_up(newest.id)

    def folder(self, run_id: str) -> RunFolder:
        """Where the run lies on disk."""
        try:
            folder = RunFolder(self._logs_dir, self._checkpoints_dir, run_id)
            if folder.exists():
                return folder
        except UnknownNameError:
            pass  # not even the form of an id: it is not found either, and never reaches the file system
        raise NotFoundError(f"There is no run '{run_id[:100]}'.", field="run")

    def patch(
        self,
        run_id: str,
        *,
        name: str | None = None,
        notes: str | None = None,
        tags: Sequence[str] | None = None,
        pinned: bool | None = None,
    ) -> Run:
        """Change what people wrote on a run; None leaves a field as it is."""
        folder = self.folder(run_id)
        run = self._feed.catch_up(run_id)
        labels = Labels(
            run.name if name is None else name,
            run.notes if notes is None else notes,
            run.tags if tags is None else tuple(tags),
            run.pinned if pinned is None else pinned,
        )
        return self._write_labels(folder, checked(labels))

    def delete(self, run_id: str) -> None:
        """Delete a run that is not active: journal, checkpoints, and all that the store knows of it.

        A damaged one may say of itself that it is active: what counts then is that no process holds it.
        """
        folder = self.folder(run_id)
        refusal = ConflictError(f"{run_id} is active.", hint="Stop it first.")
        run = self._feed.catch_up(run_id)
        if folder.worker_alive() or (run.status.is_active and not run.damage):
            raise refusal
        # A name that is no run's id, so that nobody takes the folder for a run while it is being removed.
        doomed = folder.path.with_name(f".deleted-{run_id}")
        remove_folder(doomed)
        try:
            with JournalWriter(folder.path):
                folder.path.replace(doomed)
        except RunLockedError as error:
            raise refusal from error
        except JournalError:
            folder.path.replace(doomed)  # nobody can write a journal that cannot be opened
        self._feed.forget(run_id)
        self._store.delete(run_id)
        remove_folder(doomed)
        remove_folder(folder.checkpoints_path)

    def named_by(self, run_id: str) -> Parent:
        """What the run may name, for a fork of it and for sessions that show it."""
        spec = self.folder(run_id).spec()
        return Parent(spec.typed_config(), spec.admitted)

    def start(self, run_id: str) -> Run:
        """Queue a run that was stopped or has failed; it goes on from its newest good checkpoint."""
        return self._commands.start(self.folder(run_id))

    def command(
        self,
        run_id: str,
        name: str,
        args: Mapping[str, Any] | None = None,
        *,
        id: str | None = None,
        wait: Wait = "accepted",
        timeout: float | None = None,
    ) -> CommandResult:
        """Give a command (start, pause, resume, stop, save, set, or one of the system's own) and wait for the answer.

        Raises:
            NotAllowedError: after `set` the run would name something that the operator does not allow.
            ConflictError: the run is in no state for this command.
            CommandRefusedError: the worker refused it, or tried it and failed.
            CommandTimeoutError: there was no answer within `timeout` seconds.
        """
        folder = self.folder(run_id)
        if name == "set" and args:
            self._check_changes(run_id, args)
        return self._commands.give(folder, name, args, id=id, wait=wait, timeout=timeout or self._timeout)

    def stop_all(self) -> dict[str, PaddockError | None]:
        """Tell every active run to stop; by id of the run, None or why it could not be told."""
        active, _ = self.find(RunFilter(status=[status for status in RunStatus if status.is_active]))
        told: dict[str, PaddockError | None] = {}
        for run in active:
            try:
                self.command(run.id, "stop")
                told[run.id] = None
            except PaddockError as error:
                told[run.id] = error
        return told

    @staticmethod
    def _title(system: str, preset: str | None) -> str:
        return next((each.title for each in presets.presets(system) if each.name == preset), "") if preset else ""

    def _take_back(self, folder: RunFolder) -> None:
        """Remove a run of which its client is told that it could not be made, unless a worker has begun it already."""
        with contextlib.suppress(PaddockError, OSError), JournalWriter(folder.path):
            shutil.rmtree(folder.path, ignore_errors=True)
            self._feed.forget(folder.id)
            self._store.delete(folder.id)

    def _write_labels(self, folder: RunFolder, labels: Labels) -> Run:
        write_labels(folder.path, labels)
        return self._store.label(folder.id, labels)

    def _check_changes(self, run_id: str, changes: Mapping[str, Any]) -> None:
        run = self._feed.catch_up(run_id)
        config = validate(registry.system(run.system).config_class(), run.config)
        self._admission.changes(config, changes)

    def _forked(
        self, source: CheckpointRef, system: str, config: Mapping[str, Any], preset: str | None
    ) -> dict[str, Any]:
        """The config of a fork; raises unless the checkpoint is there and whole, and a run of that config can go on."""
        folder = self.folder(source.run)
        parent = self._feed.catch_up(source.run)
        if parent.system != system:
            raise ConfigError(f"system: {source.run} is a run of '{parent.system}', got '{system}'.", field="system")
        checkpoints = folder.checkpoints()
        info = checkpoints.get(source.step)
        checkpoints.verify(info)
        forked = merge(parent.config, presets.resolve(system, config, preset) if preset else config)
        entry = registry.system(system)
        entry.require_same_run(validate(entry.config_class(), forked), info.config)
        return forked
