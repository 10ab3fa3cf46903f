"""The end of a worker that was asked to stop and does not answer: SIGTERM, then SIGKILL.

That it was asked is a mark in the run's folder which names the process, so that it holds for whoever looks after the
run when the process is gone, also after the server has been replaced, and for no later worker.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

import psutil

from backend.workers.pulse import PING_S, SILENT_AFTER_S, Pulse
from backend.workers.status_tail import StatusTail
from python_training.contracts.errors import PaddockError, RunLockedError, WorkerUnreachableError
from python_training.contracts.events import EventType
from python_training.contracts.status import RunStatus
from python_training.runtime.journal import JournalWriter
from python_training.runtime.plain_file import json_object, read_plain_file
from python_training.runtime.run_folder import RunFolder, WorkerInfo, write_json

MARK = "stop.json"
_MAX_BYTES = 10_000


@dataclass(frozen=True, slots=True)
class StopPolicy:
    """How long a worker that was asked to stop may be silent.

    Attributes:
        patience_s: seconds of silence, after it was asked, until SIGTERM is sent, which asks once more.
        grace_s: seconds from then until SIGKILL, which no process can refuse.
    """

    patience_s: float = 10.0
    grace_s: float = 10.0

    @property
    def told(self) -> str:
        """What will be done, for whoever asked."""
        return f"it gets SIGTERM after {self.patience_s:g} s of silence, and SIGKILL {self.grace_s:g} s later"


def mark_stop(folder: RunFolder, worker: WorkerInfo) -> None:
    """Note that this worker was asked to stop and has not said that it will."""
    write_json(folder.path / MARK, {"pid": worker.pid, "started": worker.started})


def is_marked(folder: RunFolder, worker: WorkerInfo | None) -> bool:
    """Whether this very worker was asked to stop."""
    try:
        mark = json_object(MARK, read_plain_file(folder.path / MARK, _MAX_BYTES))
    except PaddockError:
        return False
    return worker is not None and (mark.get("pid"), mark.get("started")) == (worker.pid, worker.started)


def unmark(folder: RunFolder) -> None:
    """Remove the mark, if there is one."""
    with contextlib.suppress(OSError):
        (folder.path / MARK).unlink()


def journal_steps(journal: JournalWriter, told: list[str]) -> None:
    """Journal what was done to a worker; while it lived nobody else could write there."""
    for text in told:
        journal.append(EventType.HEALTH, level="warning", code="silent", message=text)


def journal_end(journal: JournalWriter, told: list[str]) -> None:
    """Journal that a worker was ended by force because somebody asked its run to stop, and the steps to that."""
    journal_steps(journal, told)
    steps = " ".join(told) or "Its process died."
    reason = f"It was asked to stop and did not answer. {steps} It can go on from its last checkpoint."
    journal.append(EventType.STATUS, status=RunStatus.STOPPED, reason=reason)


def end_silent(
    folder: RunFolder,
    worker: WorkerInfo,
    policy: StopPolicy,
    tell: Callable[[str], None],
    *,
    timeout: float,
    sleep: Callable[[float], object] = time.sleep,
) -> RunStatus:
    """End a worker that was marked, unless it stops in order meanwhile, and journal its end; for who has no server.

    Returns:
        how the run ended. That of a supervisor that was quicker counts.

    Raises:
        WorkerUnreachableError: it answers, and has not stopped within `timeout` seconds.
    """
    pulse, ending, tail = Pulse(), Ending(worker, policy), StatusTail(folder.path)
    deadline = time.monotonic() + max(timeout, SILENT_AFTER_S + 2 * PING_S)
    while True:
        if time.monotonic() > deadline and pulse.silent_since is None:
            raise WorkerUnreachableError("It answers, but has not stopped.", hint="It stops after its update.")
        alive = worker.is_alive()
        tail.poll()
        if tail.status is not None and not tail.status.has_worker and not alive:
            return tail.status
        if alive:
            pulse.feel(worker)
            done = ending.go_on(pulse.silent_s)
            if done:
                tell(done)
        else:
            with contextlib.suppress(RunLockedError), JournalWriter(folder.path) as journal:
                tail.poll()
                if tail.status is not None and tail.status.has_worker:
                    journal_end(journal, ending.told)
                folder.worker_path.unlink(missing_ok=True)
                unmark(folder)
        sleep(0.1)


class Ending:
    """Ends one worker by force, step by step; `told` says what was done, in order. Not thread-safe."""

    def __init__(self, worker: WorkerInfo, policy: StopPolicy, clock: Callable[[], float] = time.monotonic) -> None:
        self.worker = worker
        self.told: list[str] = []
        self._policy = policy
        self._clock = clock
        self._asked_at = clock()
        self._terminated_at: float | None = None
        self._killed = False

    def go_on(self, silent_s: float) -> str | None:
        """Do what is due of a worker that has been silent for so long; what was done, None for nothing.

        A worker that answers again is given time again: it has taken the request, or SIGTERM, by then.
        """
        now = self._clock()
        if silent_s <= 0:
            self._asked_at, self._terminated_at = now, None
            return None
        if self._terminated_at is None:
            if min(silent_s, now - self._asked_at) < self._policy.patience_s:
                return None
            self._terminated_at = now
            return self._did(f"It has not answered for {silent_s:.0f} s: SIGTERM was sent.", terminate, self.worker)
        if self._killed or now - self._terminated_at < self._policy.grace_s:
            return None
        self._killed = True
        return self._did(f"It did not end within {self._policy.grace_s:g} s: SIGKILL was sent.", kill, self.worker)

    def _did(self, text: str, do: Callable[[WorkerInfo], None], worker: WorkerInfo) -> str:
        do(worker)
        self.told.append(text)
        return text


def terminate(worker: WorkerInfo) -> None:
    """Send SIGTERM, and SIGCONT so that a process which is stopped takes it."""
    if worker.is_alive():
        for number in (signal.SIGTERM, signal.SIGCONT):
            with contextlib.suppress(OSError):
                os.kill(worker.pid, number)


def kill(worker: WorkerInfo) -> None:
    """Send SIGKILL to the worker and all that it started: to its process group, if that is its own."""
    if not worker.is_alive():
        return
    with contextlib.suppress(psutil.Error, OSError):
        family = psutil.Process(worker.pid).children(recursive=True)
        if os.getpgid(worker.pid) == worker.pid:
            os.killpg(worker.pid, signal.SIGKILL)
        else:  # one of a terminal, in a group with the script that called it
            os.kill(worker.pid, signal.SIGKILL)
        for each in family:
            with contextlib.suppress(psutil.Error):
                each.kill()
