"""Looks after workers: starts what is queued, adopts what lives, restarts what died, gives up what keeps dying.

All it knows it has from the run folders, so it can be replaced at any moment: the next one goes on where it stopped.
"""

from __future__ import annotations

import contextlib
import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from backend.workers.ending import Ending, StopPolicy, is_marked, journal_end, journal_steps, unmark
from backend.workers.lease import Lease
from backend.workers.process import CANNOT_BEGIN, CRASHED, cause_of_death, spawn_worker
from backend.workers.pulse import Pulse
from backend.workers.status_tail import StatusTail
from backend.workers.turns import whose_turn
from python_training.contracts.errors import PaddockError, RunLockedError
from python_training.contracts.events import EventType
from python_training.contracts.status import ENDED, RunStatus
from python_training.policy import NOTHING_ALLOWED, Policy
from python_training.runtime.journal import JournalWriter
from python_training.runtime.run_folder import RunFolder, WorkerInfo

WAITING = frozenset({RunStatus.QUEUED, RunStatus.RESTARTING})

FAULT_PAUSE_S = 5.0
"""A run that could not be started, being damaged or for want of room, is tried again after so long."""

ENDED_A_TICK = 250
"""At most so many of the runs that have ended are looked at in one tick: a thousand would cost too much, each time."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RestartPolicy:
    """What happens after a death.

    Attributes:
        first_delay_s: wait before the first restart; doubled with each death that follows without progress.
        longest_delay_s: it is never longer than this.
        give_up_after: so many deaths without a new checkpoint are the end, or by the same error at the same step.
        grace_s: how long a run may be without a worker before it counts as dead: a worker whose server died between
            starting it and hearing of it needs that long to say so itself.
    """

    first_delay_s: float = 1.0
    longest_delay_s: float = 300.0
    give_up_after: int = 5
    grace_s: float = 15.0

    def delay_s(self, deaths: int) -> float:
        """Seconds to wait after the given number of deaths without progress (at least 1)."""
        return float(min(self.longest_delay_s, self.first_delay_s * 2.0 ** min(deaths - 1, 60)))


class _Watched:
    """One run, and the process that this supervisor started for it, if it did."""

    def __init__(self, folder: RunFolder) -> None:
        self.folder = folder
        self.tail = StatusTail(folder.path)
        self.child: subprocess.Popen[bytes] | None = None
        self.seq_at_spawn = 0
        self.cancelled = False
        self.missing_since: float | None = None
        self.fault = ""
        self.idle_until = 0.0
        self.pulse = Pulse()
        self.ending: Ending | None = None
        self.told_silence: tuple[float | None, str] | None = None
        self.saved_step = -1

    @property
    def has_ended(self) -> bool:
        """Whether nothing is to be done or told about it until somebody queues it anew."""
        told = self.ending is None and (self.told_silence or (None,))[0] is None
        return self.child is None and self.tail.status in ENDED and told and not self.fault

    @property
    def is_training(self) -> bool:
        """Whether it takes one of the places of runs that train at once."""
        said = self.tail.status is not None and self.tail.status.has_worker and not self.fault
        return self.child is not None or said


class Supervisor:
    """Drives all runs below `logs_dir`. One thread or greenlet calls `tick`; `holds_lease` may be read from any.

    Args:
        max_concurrent_runs: at most so many runs have a worker at once; a paused one keeps its place. Runs hosted by a
            terminal count, but are never kept from starting.
        stop: when a worker that was asked to stop and is silent is ended by force.
        silence: told of a run's id, since when its worker has not answered (None: it does, or there is none), and what
            is done about it.
        names: what the configs of runs from the network may name.
        python: the interpreter for workers.
        clock: Unix time in seconds.
    """

    def __init__(
        self,
        logs_dir: Path,
        checkpoints_dir: Path,
        *,
        max_concurrent_runs: int = 1,
        policy: RestartPolicy | None = None,
        stop: StopPolicy | None = None,
        silence: Callable[[str, float | None, str], None] = lambda run, since, text: None,
        names: Policy = NOTHING_ALLOWED,
        python: str = sys.executable,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._logs_dir = logs_dir
        self._checkpoints_dir = checkpoints_dir
        self._max_concurrent_runs = max_concurrent_runs
        self._policy = policy or RestartPolicy()
        self._stop = stop or StopPolicy()
        self._silence = silence
        self._names = names
        self._python = python
        self._clock = clock
        self._lease = Lease(logs_dir)
        self._watched: dict[str, _Watched] = {}
        self._turn = 0

    @property
    def holds_lease(self) -> bool:
        """Whether this server looks after the workers; otherwise another one does."""
        return self._lease.is_held

    def run(
        self,
        stopped: Callable[[], bool],
        *,
        interval_s: float = 0.25,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        """Tick until `stopped()`, then let the lease go. Workers live on."""
        while not stopped():
            try:
                self.tick()
            except Exception:
                log.exception("The supervisor failed; it goes on.")
            sleep(interval_s)
        self.close()

    def tick(self) -> None:
        """Look at every run once, at those that have ended in turn, and do what is due."""
        if not self._lease.acquire():
            return
        self._scan()
        self._turn += 1
        looked_at: list[_Watched] = []
        ended: list[_Watched] = []
        for watched in self._watched.values():
            (ended if watched.has_ended else looked_at).append(watched)
        looked_at += [each for each in whose_turn(ended, self._turn, ENDED_A_TICK) if each.tail.has_news()]
        for watched in looked_at:
            if watched.folder.exists():
                with self._alone(watched):
                    self._look_at(watched)
                    self._tell_silence(watched)
        self._fill_places(looked_at)

    def close(self) -> None:
        """Let another server take over; workers live on. Safe twice."""
        for watched in self._watched.values():
            watched.pulse.forget()
        self._lease.release()

    @contextlib.contextmanager
    def _alone(self, watched: _Watched) -> Iterator[None]:
        """Keep what one run raises from the others; the same fault is told once."""
        try:
            yield
        except Exception as error:
            told = error.message if isinstance(error, PaddockError) else f"{type(error).__name__}: {error}"
            if told != watched.fault:
                watched.fault = told
                log.warning("%s is left alone: %s", watched.folder.id, told)
            watched.idle_until = self._clock() + FAULT_PAUSE_S
        else:
            watched.fault = ""

    def _scan(self) -> None:
        with os.scandir(self._logs_dir) as entries:
            names = {entry.name for entry in entries}
        for name in sorted(names - self._watched.keys()):
            with contextlib.suppress(PaddockError, OSError):
                folder = RunFolder(self._logs_dir, self._checkpoints_dir, name)
                # A run that is just being made has its run.json last.
                if os.path.lexists(folder.spec_path):
                    self._watched[name] = _Watched(folder)
        for name in self._watched.keys() - names:
            self._let_go(name)

    def _let_go(self, name: str) -> None:
        """Forget a run whose folder is gone, once its worker is: nothing it does can be kept any more."""
        watched = self._watched[name]
        if watched.child is None or watched.child.poll() is not None:
            watched.pulse.forget()
            del self._watched[name]
        elif not watched.cancelled:
            watched.cancelled = True
            watched.child.terminate()

    def _look_at(self, watched: _Watched) -> None:
        tail, child = watched.tail, watched.child
        if child is not None:
            code = child.poll()
            tail.poll()
            if code is None:
                self._stop_if_cancelled(watched, child)
                self._feel(watched, watched.folder.worker())
            else:
                watched.child = None
                watched.pulse.forget()
                # Since it ended in order the run may have been queued anew: that is no death.
                if tail.ended_seq <= max(watched.seq_at_spawn, tail.started_seq):
                    self._bury(watched, code, child.pid)
                else:
                    self._tell_steps(watched)
            return
        tail.poll()
        if tail.status is None or not tail.status.has_worker:
            watched.missing_since = None
            self._tell_steps(watched)
            watched.pulse.forget()
            return
        worker = watched.folder.worker()
        if worker is not None and worker.is_alive():
            watched.missing_since = None
            self._feel(watched, worker)
            return
        watched.pulse.forget()
        if worker is not None:
            # If this process is the first one of a container, orphans become its children and must be reaped.
            with contextlib.suppress(ChildProcessError):
                os.waitpid(worker.pid, os.WNOHANG)
        elif not self._missing_for_long(watched):
            return
        self._bury(watched, None, None)

    def _feel(self, watched: _Watched, worker: WorkerInfo | None) -> None:
        """Notice that a worker is silent, and end it by force if it was asked to stop."""
        if worker is None or watched.tail.status in ENDED:
            watched.pulse.forget()
            return
        watched.pulse.feel(worker)
        stopping, marked = watched.tail.status is RunStatus.STOPPING, is_marked(watched.folder, worker)
        if stopping and marked:
            unmark(watched.folder)  # it has taken the request: what becomes of it is in the journal from here on
        if not stopping and not marked:
            watched.ending = None
            return
        if watched.ending is None or watched.ending.worker != worker:
            watched.ending = Ending(worker, self._stop)
        if done := watched.ending.go_on(watched.pulse.silent_s):
            log.warning("%s: %s", watched.folder.id, done)

    def _tell_steps(self, watched: _Watched) -> None:
        """Journal how a worker that has ended in order after all was brought to it."""
        ending, watched.ending = watched.ending, None
        if ending is not None and ending.told:
            with contextlib.suppress(RunLockedError), JournalWriter(watched.folder.path) as journal:
                journal_steps(journal, ending.told)

    def _tell_silence(self, watched: _Watched) -> None:
        """Have the others know since when the worker has been silent, if that has changed."""
        since = watched.pulse.silent_since
        silence = (since, " ".join(watched.ending.told) if since and watched.ending else "")
        has_worker = watched.tail.status is not None and watched.tail.status.has_worker
        if silence == watched.told_silence or (watched.told_silence is None and not has_worker):
            return
        with contextlib.suppress(PaddockError):  # not in the store yet, or no store: told at the next look
            self._silence(watched.folder.id, *silence)
            if since and (watched.told_silence or (None,))[0] is None:
                log.warning("%s does not answer: its process hangs, or was stopped by a signal.", watched.folder.id)
            watched.told_silence = silence

    def _missing_for_long(self, watched: _Watched) -> bool:
        if watched.missing_since is None:
            watched.missing_since = self._clock()
        return self._clock() - watched.missing_since >= self._policy.grace_s

    def _stop_if_cancelled(self, watched: _Watched, child: subprocess.Popen[bytes]) -> None:
        """Stop a worker whose run was stopped while the worker was being started: nobody could tell it."""
        tail, spawned = watched.tail, watched.seq_at_spawn
        if tail.started_seq > spawned:
            cancelled = tail.started_from is RunStatus.STOPPED
        else:
            cancelled = tail.status is RunStatus.STOPPED and tail.seq > spawned
        if cancelled and not watched.cancelled:
            watched.cancelled = True
            child.terminate()

    def _fill_places(self, runs: Sequence[_Watched]) -> None:
        """Start what waits: restarts that are due first, then queued runs in the order in which they were queued.

        `runs` holds all that have not ended.
        """
        places = self._max_concurrent_runs - sum(watched.is_training for watched in runs)
        if places <= 0:
            return
        waiting = [each for each in runs if each.child is None and self._is_due(each)]
        waiting.sort(key=lambda each: (each.tail.status is RunStatus.QUEUED, each.tail.since, each.folder.id))
        for watched in waiting:
            if places <= 0:
                return
            with self._alone(watched):
                self._spawn(watched)
            # One that cannot be started takes nobody's place.
            places -= watched.child is not None

    def _is_due(self, watched: _Watched) -> bool:
        tail = watched.tail
        if self._clock() < watched.idle_until:
            return False
        if tail.status is RunStatus.RESTARTING:
            delay = min(float(tail.data.get("delay_s") or 0.0), self._policy.longest_delay_s)
            # A clock that was set back must not make a run wait longer than it was told to.
            return not 0.0 <= self._clock() - tail.since < delay
        return tail.status is RunStatus.QUEUED

    def _spawn(self, watched: _Watched) -> None:
        watched.tail.poll()
        if watched.tail.status not in WAITING or watched.folder.worker_alive():
            return
        try:
            JournalWriter(watched.folder.path).close()
        except RunLockedError:
            return  # a terminal is just taking it up
        unmark(watched.folder)
        watched.ending = None
        watched.seq_at_spawn, watched.cancelled = watched.tail.seq, False
        watched.child = spawn_worker(watched.folder, self._python, self._names)

    def _bury(self, watched: _Watched, code: int | None, pid: int | None) -> None:
        """Journal a death and what follows from it, unless somebody else writes the journal: then the run lives."""
        folder, tail = watched.folder, watched.tail
        try:
            journal = JournalWriter(folder.path)
        except RunLockedError:
            return
        with journal:
            tail.poll()
            if tail.status is None or tail.status in ENDED:
                return
            cause = cause_of_death(code, folder.log_path)
            asked = is_marked(folder, folder.worker())
            ended = watched.ending.told if watched.ending else []
            if (asked or ended) and tail.status.has_worker:
                journal_end(journal, ended)
                folder.worker_path.unlink(missing_ok=True)
                unmark(folder)
                watched.missing_since = watched.ending = None
                tail.poll()
                return
            if code is None or code < 0:
                # What ended with an exit code has said itself what was wrong.
                journal.append(EventType.HEALTH, level="error", code="crashed", message=f"The worker died: {cause}.")
            if tail.status in WAITING:
                # It died before it could even say that it was there.
                journal.append(EventType.STATUS, status=RunStatus.STARTING, pid=pid, host="supervisor")
                tail.poll()
            journal.append(EventType.STATUS, **self._sequel(watched, code, cause))
            folder.worker_path.unlink(missing_ok=True)
        tail.poll()
        watched.missing_since = None

    def _sequel(self, watched: _Watched, code: int | None, cause: str) -> dict[str, object]:
        """The status that follows a death."""
        tail = watched.tail
        if watched.cancelled or tail.status is RunStatus.STOPPING:
            return {"status": RunStatus.STOPPED, "reason": f"Its worker died while it stopped ({cause})."}
        if tail.host == "terminal":
            reason = (
                f"The process in the terminal that trained it died ({cause}). Start it to go on from its checkpoint."
            )
            return {"status": RunStatus.FAILED, "reason": reason}
        if code == CANNOT_BEGIN:
            return {"status": RunStatus.FAILED, "reason": cause}
        if code is not None and code >= 0 and code != CRASHED:
            reason = f"Something that training called ended its process with exit code {code}: a world, an objective or"
            return {"status": RunStatus.FAILED, "reason": f"{reason} a library. Its last words: {cause}"[:1000]}
        deaths = 1 if self._saved_untold(watched) else tail.deaths + 1
        if deaths >= self._policy.give_up_after:
            reason = f"It died {deaths} times without a new checkpoint, the last time: {cause}."
            return {"status": RunStatus.FAILED, "reason": reason}
        if tail.repeated >= self._policy.give_up_after:
            reason = f"It crashed {tail.repeated} times in a row with the same error at the same step: {cause}."
            return {"status": RunStatus.FAILED, "reason": reason}
        return {
            "status": RunStatus.RESTARTING,
            "reason": cause,
            "attempt": deaths,
            "delay_s": self._policy.delay_s(deaths),
        }

    @staticmethod
    def _saved_untold(watched: _Watched) -> bool:
        """Whether the dead worker left a new checkpoint on disk that it did not live to journal."""
        newest = max((info.step for info in watched.folder.checkpoints().list()), default=-1)
        untold = newest > max(watched.tail.checkpoint_step, watched.saved_step)
        watched.saved_step = max(watched.saved_step, newest)
        return untold
