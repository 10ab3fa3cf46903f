"""Which points of a journal hold for good."""

from __future__ import annotations

from typing import Any

import pytest

from python_training.contracts.events import Event, EventType
from python_training.runtime.settled_points import SettledPoints


def points(*steps: int) -> Event:
    """One points event."""
    return Event(
        1, 0.0, EventType.POINTS, {"points": [{"step": step, "t": 0.5, "values": {"v": 1.0}} for step in steps]}
    )


def event(type: EventType, **data: Any) -> Event:
    """Any other event."""
    return Event(1, 0.0, type, data)


def given(settled: SettledPoints, *events: Event) -> list[int]:
    """Steps of the points that `events` settle."""
    return [step for each in events for step, _, _ in settled.take(each)]


def test_points_wait_for_the_checkpoint_that_covers_them() -> None:
    """A checkpoint settles what came up to its step, and nothing later."""
    settled = SettledPoints()
    assert given(settled, points(1, 2, 3)) == []
    assert given(settled, event(EventType.CHECKPOINT, step=2, name="2")) == [1, 2]
    assert not settled.nothing_held
    assert given(settled, event(EventType.CHECKPOINT, step=3, name="3")) == [3]
    assert settled.nothing_held


def test_superseded_points_are_never_given_out() -> None:
    """What a rewind takes back is given out once, as it was when it happened again."""
    settled = SettledPoints()
    given(settled, points(1, 2), event(EventType.CHECKPOINT, step=2, name="2"), points(3, 4))
    assert given(settled, event(EventType.REWOUND, to_step=2), points(3, 4, 5)) == []
    assert given(settled, event(EventType.CHECKPOINT, step=5, name="5")) == [3, 4, 5]


@pytest.mark.parametrize("status", ["stopped", "finished", "failed"])
def test_end_of_the_run_settles_the_rest(status: str) -> None:
    """What no checkpoint covers is told when the run has ended: the last points before a crash matter."""
    settled = SettledPoints()
    assert given(settled, points(1), event(EventType.STATUS, status="running")) == []
    assert given(settled, event(EventType.STATUS, status=status)) == [1]


def test_each_step_is_given_out_once() -> None:
    """A failed run that is taken up before what was told repeats it, bit for bit: nobody need hear it again."""
    settled = SettledPoints(through=3)
    given(settled, event(EventType.REWOUND, to_step=1))
    assert given(settled, points(2, 3, 4), event(EventType.CHECKPOINT, step=4, name="4")) == [4]
    assert settled.through == 4


def test_removed_checkpoint_settles_nothing() -> None:
    """Retention tells of steps long past."""
    settled = SettledPoints()
    assert given(settled, points(1), event(EventType.CHECKPOINT, step=9, name="9", removed=True)) == []
