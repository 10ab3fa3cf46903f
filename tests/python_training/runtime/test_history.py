from __future__ import annotations

from typing import Any

from python_training.contracts.events import Event, EventType
from python_training.runtime.history import read_history, superseded


def _events(*events: tuple[EventType, dict[str, Any]]) -> list[Event]:
    return [Event(seq, 0.0, type, data) for seq, (type, data) in enumerate(events, 1)]


def _points(*steps: int) -> tuple[EventType, dict[str, Any]]:
    return EventType.POINTS, {"points": [{"step": step, "t": 0.0, "values": {}} for step in steps]}


def test_an_empty_journal_has_no_history() -> None:
    """Nothing happened yet."""
    history = read_history([])
    assert (history.status, history.last_step, history.checkpoints, history.changes) == (None, None, {}, ())


def test_the_latest_status_and_attempt_count() -> None:
    """The attempt that the supervisor announced belongs to the life that follows it, and to no later one."""
    restarting = (EventType.STATUS, {"status": "restarting", "attempt": 3})
    running = (EventType.STATUS, {"status": "running"})
    assert read_history(_events(running, restarting)).attempt == 3
    assert read_history(_events(restarting, running)).attempt == 0


def test_the_last_step_follows_rewinds() -> None:
    """A rewind takes the greatest step that holds back."""
    assert read_history(_events(_points(1, 2, 9))).last_step == 9
    assert read_history(_events(_points(1, 2, 9), (EventType.REWOUND, {"to_step": 5}))).last_step == 5
    assert read_history(_events(_points(9), (EventType.REWOUND, {"to_step": 5}), _points(6))).last_step == 6


def test_removed_checkpoints_are_forgotten() -> None:
    """What was announced and is not removed is known, by its latest hash."""
    history = read_history(
        _events(
            (EventType.CHECKPOINT, {"step": 1, "sha256": "a"}),
            (EventType.CHECKPOINT, {"step": 2, "sha256": "b"}),
            (EventType.CHECKPOINT, {"step": 2, "sha256": "c"}),
            (EventType.CHECKPOINT, {"step": 1, "removed": True}),
        )
    )
    assert history.checkpoints == {2: "c"}


def test_changes_outlive_a_rewind_unless_they_are_overruled() -> None:
    """What a user changed at step 80 holds from 80 on in the resumed run; a change at 70 after the rewind wins."""
    changes = [
        (EventType.SET, {"step": 80, "changes": {"rate": 1, "clip": 2}}),
        (EventType.REWOUND, {"to_step": 60}),
        (EventType.SET, {"step": 70, "changes": {"rate": 3}}),
    ]
    assert read_history(_events(*changes[:2])).changes == ((80, {"rate": 1, "clip": 2}),)
    assert read_history(_events(*changes)).changes == ((80, {"clip": 2}), (70, {"rate": 3}))


def test_a_repeated_change_is_not_counted_twice() -> None:
    """Making a change again at its own step replaces it."""
    once = (EventType.SET, {"step": 80, "changes": {"rate": 1}})
    assert read_history(_events(once, once)).changes == ((80, {"rate": 1}),)
    assert superseded([(80, {"rate": 1})], 81, {"rate": 2}) == [(80, {"rate": 1})]
