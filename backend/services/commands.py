"""Commands to runs, as state changes with an answer: to the worker where one lives, else into the journal."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from backend.domain.run import Run
from backend.errors import CommandTimeoutError, ConflictError
from backend.workers.ending import StopPolicy, mark_stop
from python_training.contracts.errors import RunLockedError, WorkerUnreachableError
from python_training.contracts.events import EventType
from python_training.contracts.status import ENDED, RunStatus
from python_training.runtime.journal import JournalWriter
from python_training.runtime.run_folder import RunFolder, require_written

Wait = Literal["accepted", "done"]

RETRY_S = 0.05
ANSWER_S = 5.0
"""A worker accepts or refuses at once, unless the machine is very busy."""

WAITING = frozenset({RunStatus.QUEUED, RunStatus.RESTARTING})


@dataclass(frozen=True, slots=True)
class CommandResult:
    """What became of a command, and how the run stands now."""

    id: str
    name: str
    state: Literal["accepted", "done"]
    run: Run
    message: str = ""
    step: int | None = None
    result: Mapping[str, Any] | None = None

    def to_dict(self) -> dict[str, Any]:
        """The result as the JSON object that REST shows."""
        return {
            "id": self.id,
            "name": self.name,
            "state": self.state,
            "message": self.message,
            "step": self.step,
            "result": dict(self.result) if self.result else None,
            "run": self.run.to_dict(),
        }


class Commands:
    """Gives commands to runs. Safe to use from several threads, greenlets and servers at once.

    Args:
        look: returns a run as its journal has it now.
        sleep: what yields to other greenlets.
        stop: how the supervisor ends a worker that was asked to stop and is silent.
    """

    def __init__(
        self,
        look: Callable[[str], Run],
        sleep: Callable[[float], object] = time.sleep,
        stop: StopPolicy | None = None,
    ) -> None:
        self._look = look
        self._stop = stop or StopPolicy()
        self._sleep = sleep

    def give(
        self,
        folder: RunFolder,
        name: str,
        args: Mapping[str, Any] | None,
        *,
        id: str | None,
        wait: Wait,
        timeout: float,
    ) -> CommandResult:
        """Give one command and wait until it is accepted, or done.

        Raises:
            ConflictError: the run is in no state for this command.
            CommandRefusedError: the worker refused it, or tried it and failed.
            CommandTimeoutError: there was no answer within `timeout` seconds.
        """
        id = id or uuid.uuid4().hex[:12]
        deadline = time.monotonic() + timeout
        while True:
            run = self._look(folder.id)
            if name == "start" and run.status is not RunStatus.PAUSED:
                return CommandResult(id, name, "done", self.start(folder))
            if name == "stop" and run.status in WAITING:
                stopped = self._stop_waiting(folder)
                if stopped is not None:
                    return CommandResult(id, name, "done", stopped, step=stopped.step)
            elif not run.status.has_worker:
                raise ConflictError(_nobody_to_obey(run, name), field="name", hint=_what_to_try(run))
            try:
                return self._ask_worker(folder, "resume" if name == "start" else name, args, id, wait, deadline)
            except WorkerUnreachableError as error:
                worker = folder.worker() if name == "stop" else None
                if worker is not None and worker.is_alive():
                    # It lives and does not say that it will: whoever looks after the run sees to it from here on.
                    if self._look(folder.id).status is not RunStatus.STOPPING:
                        mark_stop(folder, worker)
                    if wait == "accepted":
                        message = f"Its process does not answer; if it goes on so, {self._stop.told}."
                        return CommandResult(id, name, "accepted", self._look(folder.id), message)
                    if (ended := self._await_end(folder, id, timeout, deadline)) is not None:
                        return ended
                    continue
                # A worker that is only just starting has no socket yet; one that has died will soon be marked so.
                if time.monotonic() + RETRY_S >= deadline:
                    raise CommandTimeoutError(
                        f"The worker of {folder.id} did not answer '{name}' within {timeout:g} s.",
                        hint="It may still do so: look at the run's status and log.",
                    ) from error
                self._sleep(RETRY_S)

    def _await_end(self, folder: RunFolder, id: str, timeout: float, deadline: float) -> CommandResult | None:
        """Wait until a worker that was asked to stop has ended, by itself or by force; None if it starts anew."""
        told = ""
        while (run := self._look(folder.id)).status not in ENDED:
            if run.status in WAITING:
                return None
            told = run.silence or told
            if time.monotonic() + RETRY_S >= deadline:
                raise CommandTimeoutError(
                    f"The worker of {folder.id} has not stopped within {timeout:g} s.",
                    hint=f"It stops after its update; if it does not answer, {self._stop.told}.",
                )
            self._sleep(RETRY_S)
        return CommandResult(id, "stop", "done", run, run.reason or told, run.step)

    def start(self, folder: RunFolder) -> Run:
        """Queue a run that was stopped or has failed; it goes on from its newest good checkpoint.

        Raises:
            ConflictError: it is under way, or has nothing left to do.
        """
        deadline = time.monotonic() + ANSWER_S
        while True:
            run = self._look(folder.id)
            if run.status is RunStatus.FINISHED:
                raise ConflictError(
                    f"{folder.id} has finished.", field="name", hint="Fork it from a checkpoint with another config."
                )
            if run.status.is_active:
                raise ConflictError(f"{folder.id} is {run.status} already.", field="name")
            try:
                with JournalWriter(folder.path) as journal:
                    # Only under the lock it is certain that nobody else has just queued it.
                    if not self._look(folder.id).status.is_active:
                        journal.append(EventType.STATUS, status=RunStatus.QUEUED)
                        require_written(journal)
                return self._look(folder.id)
            except RunLockedError as error:
                # A worker that has journalled its end holds the lock until its process is gone.
                if time.monotonic() >= deadline:
                    raise ConflictError(f"The worker of {folder.id} has not ended yet.", field="name") from error
                self._sleep(RETRY_S)

    def _stop_waiting(self, folder: RunFolder) -> Run | None:
        """Stop a run that has no worker, at once; None if by now it has one."""
        try:
            with JournalWriter(folder.path) as journal:
                if self._look(folder.id).status not in WAITING:
                    return None
                journal.append(EventType.STATUS, status=RunStatus.STOPPED, reason="Stopped while it waited.")
                require_written(journal)
        except RunLockedError:
            return None
        return self._look(folder.id)

    def _ask_worker(
        self, folder: RunFolder, name: str, args: Mapping[str, Any] | None, id: str, wait: Wait, deadline: float
    ) -> CommandResult:
        left = max(RETRY_S, deadline - time.monotonic())
        client = folder.control(timeout=min(ANSWER_S, left))
        reply = client.request(name, args, id=id, wait=wait, timeout=left)
        state: Wait = "accepted" if reply.state == "accepted" else "done"
        return CommandResult(id, name, state, self._look(folder.id), reply.message, reply.step, reply.result or None)


def _nobody_to_obey(run: Run, name: str) -> str:
    waits = "has no worker yet" if run.status.is_active else "has no worker"
    return f"{run.id} is {run.status} and {waits}, so it cannot {name}."


def _what_to_try(run: Run) -> str:
    return "Wait until it runs." if run.status.is_active else "Start it first."
