"""Train, obey, save: what a worker does between having a trainer and having a result."""

from __future__ import annotations

import time
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from queue import Empty
from typing import Any

from python_training.contracts.config import SystemConfig
from python_training.contracts.errors import CheckpointError, ConfigError
from python_training.contracts.events import EventType
from python_training.contracts.status import RunStatus
from python_training.contracts.trainer import Progress, Trainer
from python_training.environments.stopping import InterruptedWorkError
from python_training.runtime.checkpointing import Checkpointer
from python_training.runtime.commands import STOP, Inbox, StatusLine
from python_training.runtime.control_server import Command, ControlServer
from python_training.runtime.history import superseded
from python_training.runtime.journal import JournalWriter
from python_training.runtime.metric_guard import MetricGuard
from python_training.runtime.report import Report
from python_training.runtime.stall_watch import StallWatch
from python_training.runtime.tensorboard import TensorBoardWriter

_PAUSED_POLL_S = 0.1  # how soon somebody who begins to watch a paused run sees it


@dataclass(frozen=True, slots=True)
class Outcome:
    """How training ended: the status, and the commands that are answered when the run has let go of everything.

    Attributes:
        unsaved: why the last step could not be saved; empty if it was.
    """

    status: RunStatus
    step: int
    fulfilled: tuple[Command, ...]
    overtaken: tuple[Command, ...]
    unsaved: str = ""

    def answer(self) -> None:
        """Tell those who wait."""
        for command in self.fulfilled:
            if self.unsaved:
                command.fail(f"The run is {self.status}, but {self.unsaved}", step=self.step)
            else:
                command.done(step=self.step)
        for command in self.overtaken:
            command.fail(f"The run is {self.status}.", step=self.step)


class TrainingLoop:
    """One trainer at work. Everything here happens on one thread, between two calls of `advance`.

    Args:
        step: the step that the trainer stands at.
        saved: whether a checkpoint of exactly this state exists.
        changes: `(step, changes)` that an earlier life of the run made from `step` on; they are made again there.
    """

    def __init__(
        self,
        trainer: Trainer,
        config: SystemConfig,
        step: int,
        *,
        saved: bool,
        changes: Iterable[tuple[int, Mapping[str, Any]]],
        journal: JournalWriter,
        status: StatusLine,
        inbox: Inbox,
        server: ControlServer,
        checkpointer: Checkpointer,
        tensorboard: TensorBoardWriter,
        guard: MetricGuard,
        stall: StallWatch,
        report: Report,
    ) -> None:
        self.config = config
        self.step = step
        self._trainer = trainer
        self._saved = saved
        self._changes: list[tuple[int, Mapping[str, Any]]] = list(changes)
        self._journal = journal
        self._status = status
        self._inbox = inbox
        self._server = server
        self._checkpointer = checkpointer
        self._tensorboard = tensorboard
        self._guard = guard
        self._stall = stall
        self._report = report
        self._stopping = False
        self._cut_off = False
        self._waiting: list[Command] = []
        self._next_frame = 0.0
        self._view_failed = False
        self._journal_failed = False

    def run(self) -> Outcome:
        """Train until the trainer has finished or somebody says stop."""
        while True:
            self._obey()
            if self._stopping:
                return self._end(RunStatus.STOPPED, "stop", "it was stopped")
            self._repeat_changes()
            try:
                with self._stall:
                    progress = self._trainer.advance()
            except InterruptedWorkError:
                return self._end_cut_off()
            self._take(progress)
            if progress.finished is not None:
                return self._end(RunStatus.FINISHED, "finished", progress.finished)
            self._look_at_journal()
            reason = self._checkpointer.due(self.config, milestone=progress.milestone)
            if reason is not None:
                self._save(reason)
            self._show(moving=True)

    def _end_cut_off(self) -> Outcome:
        """A stop could not wait for the update at hand: the run is stopped where its last checkpoint left it."""
        self._cut_off = True
        while not self._stopping:
            self._obey()
        why = "it was stopped, and goes on from its last checkpoint: the update at hand took too long"
        self._report("info", "cut_off", f"{why[:1].upper()}{why[1:]}.", self.step)
        return self._end(RunStatus.STOPPED, "stop", why)

    def unanswered(self) -> list[Command | None]:
        """The accepted commands that have not been answered yet, once `run` has raised."""
        return list(self._waiting)

    def _obey(self) -> None:
        """Carry out the commands in line; while the run is paused, wait for more."""
        while not self._stopping:
            paused = self._status.current is RunStatus.PAUSED
            try:
                command = self._inbox.get(timeout=_PAUSED_POLL_S) if paused else self._inbox.get_nowait()
            except Empty:
                if not paused:
                    return
                self._show(moving=False)
                self._look_at_journal()
                continue
            self._carry_out(command)

    def _carry_out(self, command: Command | None) -> None:
        if command is STOP or command.name == "stop":
            self._stopping = True
            with self._status.lock:
                self._status.become(RunStatus.STOPPING)
            if command is not STOP:
                self._waiting.append(command)
        elif command.name == "save":
            self._waiting.append(command)
            error = self._save("save")
            self._waiting.remove(command)
            if error:
                command.fail(error, step=self.step)
            else:
                command.done(step=self.step, result={"checkpoint": str(self.step)})
        elif command.name == "set":
            self._set(command)
        else:
            wanted = RunStatus.PAUSED if command.name == "pause" else RunStatus.RUNNING
            with self._status.lock:
                if self._status.current is RunStatus.STOPPING:
                    command.fail("The run is stopping.", step=self.step)
                    return
                self._status.become(wanted, step=self.step)
            command.done(step=self.step)

    def _set(self, command: Command) -> None:
        try:
            self._change(command.args)
        except ConfigError as error:
            command.fail(error.message, step=self.step)
            return
        command.done(step=self.step, result=dict(command.args))

    def _change(self, changes: Mapping[str, Any]) -> None:
        config = self.config.changed(changes)
        self._trainer.configure(config)
        self.config = config
        self._saved = False
        self._changes[:] = superseded(self._changes, self.step, changes)
        self._journal.append(EventType.SET, step=self.step, changes=dict(changes))

    def _repeat_changes(self) -> None:
        while self._changes and self._changes[0][0] <= self.step:
            _, changes = self._changes.pop(0)
            try:
                self._change(changes)
            except ConfigError as error:
                self._report("warning", "change_lost", f"An earlier change cannot be made again: {error.message}")

    def _take(self, progress: Progress) -> None:
        for point in progress.points:
            self._guard.check(point)
            self._journal.add_point(point)
            self._tensorboard.add(point)
            self._checkpointer.note(point)
        for notice in progress.notices:
            self._report(notice.level, notice.code, notice.message, progress.step)
        # Only a finished trainer that had nothing left to do is still what the checkpoint holds.
        if progress.points or progress.step != self.step or progress.finished is None:
            self._saved = False
        self.step = progress.step

    def _save(self, reason: str) -> str:
        """Save unless this very state is saved already; returns what went wrong, "" if nothing did."""
        if self._cut_off:  # what the trainer is amid of is no state that it could go on from
            return "The update at hand was cut off."
        if not self._saved:
            try:
                self._checkpointer.save(self._trainer, self.step, self.config, reason)
            except CheckpointError as error:
                return error.message
            self._saved = True
            self._tensorboard.flush()
        return ""

    def _show(self, *, moving: bool) -> None:
        """Show training to those who watch it: at the rate they asked for, and once to those who have just come."""
        fps = self._server.wanted_fps
        now = time.monotonic()
        if fps == 0 or not (self._server.unserved or (moving and now >= self._next_frame)):
            return
        self._next_frame = now + 1.0 / fps
        try:
            frame = self._trainer.view()
            if frame is not None:
                self._server.publish(frame)
        except Exception as error:  # a picture is never worth a run
            if not self._view_failed:
                self._view_failed = True
                traceback.print_exc()
                self._report("warning", "view_failed", f"Training cannot be shown: {error}")

    def _look_at_journal(self) -> None:
        failing = self._journal.failing_since is not None
        if failing and not self._journal_failed:
            self._report("error", "journal_failed", "The journal cannot be written; events are kept in memory.")
        elif self._journal_failed and not failing:
            self._report("info", "recovered", "The journal can be written again; nothing was lost.")
        self._journal_failed = failing

    def _end(self, status: RunStatus, checkpoint_reason: str, why: str) -> Outcome:
        error = "" if self._cut_off else self._save(checkpoint_reason)
        unsaved = f"its last step, {self.step}, could not be saved: {error}" if error else ""
        why = f"{why}; {unsaved}" if error else why
        with self._status.lock:
            self._journal.append(
                EventType.RESULT, status=status, step=self.step, metrics=dict(self._checkpointer.latest), reason=why
            )
            # From here on the desk refuses: what is in line now is all there will be.
            self._status.become(status, reason=why, step=self.step)
        overtaken: list[Command] = []
        while not self._inbox.empty():
            command = self._inbox.get_nowait()
            if command is not STOP:
                (self._waiting if command.name == "stop" else overtaken).append(command)
        return Outcome(status, self.step, tuple(self._waiting), tuple(overtaken), unsaved)
