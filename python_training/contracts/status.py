"""The statuses of a run and the one table of changes between them.

The table lives here, not in the web process, because both sides write statuses: the worker while it lives, the
supervisor before it starts and after it died.
"""

from __future__ import annotations

from enum import StrEnum

from python_training.contracts.errors import TransitionError


class RunStatus(StrEnum):
    """Where a run stands. A run is active while a process trains it or is about to."""

    QUEUED = "queued"
    STARTING = "starting"
    RUNNING = "running"
    PAUSING = "pausing"
    PAUSED = "paused"
    STOPPING = "stopping"
    STOPPED = "stopped"
    FINISHED = "finished"
    FAILED = "failed"
    RESTARTING = "restarting"

    @property
    def is_active(self) -> bool:
        """Whether a process trains this run, or the supervisor will see to it that one does."""
        return self not in ENDED

    @property
    def has_worker(self) -> bool:
        """Whether a worker process should be alive."""
        return self in WITH_WORKER


S = RunStatus
ENDED = frozenset({S.STOPPED, S.FINISHED, S.FAILED})
WITH_WORKER = frozenset({S.STARTING, S.RUNNING, S.PAUSING, S.PAUSED, S.STOPPING})

_BEGIN = {S.QUEUED, S.STARTING}
_DEATH = {S.FAILED, S.RESTARTING}
TRANSITIONS: dict[RunStatus, frozenset[RunStatus]] = {
    S.QUEUED: frozenset({S.STARTING, S.STOPPED, S.FAILED}),
    S.STARTING: frozenset({S.RUNNING, S.STOPPING, S.STOPPED, *_DEATH}),
    S.RUNNING: frozenset({S.PAUSING, S.PAUSED, S.STOPPING, S.STOPPED, S.FINISHED, *_DEATH}),
    S.PAUSING: frozenset({S.PAUSED, S.RUNNING, S.STOPPING, S.STOPPED, S.FINISHED, *_DEATH}),
    S.PAUSED: frozenset({S.RUNNING, S.STOPPING, S.STOPPED, *_DEATH}),
    S.STOPPING: frozenset({S.STOPPED, S.FINISHED, *_DEATH}),
    S.RESTARTING: frozenset({S.STARTING, S.STOPPED, S.FAILED}),
    S.STOPPED: frozenset(_BEGIN),
    S.FAILED: frozenset(_BEGIN),
    S.FINISHED: frozenset(_BEGIN),
}


def check_transition(old: RunStatus | None, new: RunStatus) -> None:
    """Raise TransitionError unless a run may go from `old` (None: it is new) to `new`."""
    allowed = frozenset(_BEGIN) if old is None else TRANSITIONS[old]
    if new not in allowed:
        options = ", ".join(sorted(allowed))
        raise TransitionError(f"A run that is {old or 'new'} cannot become {new}; it can become {options}.")
