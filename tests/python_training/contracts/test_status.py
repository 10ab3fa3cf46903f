from __future__ import annotations

import pytest

from python_training.contracts.errors import TransitionError
from python_training.contracts.status import ENDED, TRANSITIONS, RunStatus, check_transition


def test_every_status_can_be_reached_and_left() -> None:
    """The table has no dead end: even an ended run can be resumed."""
    assert set(TRANSITIONS) == set(RunStatus)
    assert all(TRANSITIONS.values())
    reached: set[RunStatus] = set()
    frontier = {RunStatus.QUEUED}
    while frontier:
        reached |= frontier
        frontier = {new for status in frontier for new in TRANSITIONS[status]} - reached
    assert reached == set(RunStatus)


def test_whatever_has_a_worker_may_die() -> None:
    """A process can be killed in any state: the supervisor must be able to say so."""
    for status in RunStatus:
        if status.has_worker:
            assert {RunStatus.FAILED, RunStatus.RESTARTING} <= TRANSITIONS[status]
            assert status.is_active
    assert all(not status.is_active and not status.has_worker for status in ENDED)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (None, RunStatus.RUNNING),
        (RunStatus.STOPPED, RunStatus.RUNNING),
        (RunStatus.FINISHED, RunStatus.PAUSED),
        (RunStatus.STOPPING, RunStatus.RUNNING),
        (RunStatus.QUEUED, RunStatus.RUNNING),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(old: RunStatus | None, new: RunStatus) -> None:
    """The error names both ends and what would be possible."""
    with pytest.raises(TransitionError, match=f"cannot become {new}; it can become "):
        check_transition(old, new)


def test_a_new_run_may_be_queued_or_started() -> None:
    """By the server or at once in a terminal."""
    check_transition(None, RunStatus.QUEUED)
    check_transition(None, RunStatus.STARTING)
