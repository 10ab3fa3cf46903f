from __future__ import annotations

from typing import Any

import pytest

from backend.domain.fold import Fold, fold
from backend.domain.run import Best, Health, Labels, Run
from python_training.contracts.events import Event, EventType
from python_training.contracts.metrics import MetricSpec
from python_training.contracts.status import RunStatus

SPECS = (
    MetricSpec("loss", "Loss", "What hurts.", better="lower", primary=True),
    MetricSpec("speed", "Speed", "How quick."),
)


class Remembered:
    """A history that knows only what a test says."""

    def __init__(self, last: dict[str, float | None] | None = None, best: Best | None = None) -> None:
        self._last = last or {}
        self._best = best

    def last_values(self) -> dict[str, float | None]:
        """What the test says."""
        return dict(self._last)

    def best_value(self, metric: MetricSpec) -> Best | None:
        """What the test says."""
        return self._best


def a_run(**config: Any) -> Run:
    """A queued run."""
    return Run("r", "scripted", "", RunStatus.QUEUED, 1.0, 1.0, 1.0, config, 0, 1, SPECS)


def after(run: Run, *events: tuple[float, str, dict[str, Any]], history: Remembered | None = None) -> Run:
    """The run after events given as (t, type, data)."""
    numbered = [Event(run.last_seq + n, t, EventType(type), data) for n, (t, type, data) in enumerate(events, 1)]
    return fold(run, numbered, history or Remembered())


def point(step: int, **values: Any) -> dict[str, Any]:
    """The payload of an event with one point."""
    return {"points": [{"step": step, "t": 0.0, "values": values}]}


def test_statuses_carry_pid_host_and_reason() -> None:
    """A worker's pid is known while it should live, a reason as long as its status holds."""
    run = after(a_run(), (2.0, "status", {"status": "starting", "pid": 9, "host": "supervisor"}))
    assert (run.status, run.pid, run.host, run.status_since) == (RunStatus.STARTING, 9, "supervisor", 2.0)
    run = after(run, (3.0, "status", {"status": "restarting", "reason": "killed", "attempt": 1, "delay_s": 1.0}))
    assert (run.pid, run.reason, run.restarts, run.is_training) == (None, "killed", 1, True)
    run = after(run, (4.0, "status", {"status": "starting", "pid": 10}), (5.0, "status", {"status": "paused"}))
    assert (run.pid, run.reason, run.is_training) == (10, "", False)


def test_best_is_the_first_to_reach_it() -> None:
    """The best of a metric that is better when lower is its least value, at the first step that had it."""
    run = after(a_run(), *((1.0, "points", point(step, loss=loss)) for step, loss in ((1, 3.0), (2, 1.0), (3, 1.0))))
    assert run.best == Best("loss", 1.0, 2)
    assert run.last == {"loss": 1.0}


def test_what_is_no_number_is_never_best() -> None:
    """A null is shown as the newest value, and is not the best."""
    run = after(a_run(), (1.0, "points", point(1, loss=None, speed=2.0)))
    assert run.best is None
    assert run.last == {"loss": None, "speed": 2.0}


def test_a_compacted_point_counts_with_its_extreme() -> None:
    """The best of a summary is its extreme, the newest value its mean."""
    run = after(a_run(), (1.0, "points", point(9, loss={"min": 1.0, "max": 5.0, "mean": 3.0, "count": 4})))
    assert run.best == Best("loss", 1.0, 9)
    assert run.last == {"loss": 3.0}


def test_a_rewind_takes_newest_and_best_from_what_remains() -> None:
    """After a rewind the run stands where it was rewound to, with the figures that history still has."""
    run = after(a_run(total_steps=100), (1.0, "points", point(50, loss=1.0)))
    history = Remembered({"loss": 2.0}, Best("loss", 1.5, 10))
    run = after(run, (2.0, "rewound", {"to_step": 20}), history=history)
    assert (run.step, run.last, run.best) == (20, {"loss": 2.0}, Best("loss", 1.5, 10))
    assert after(run, (3.0, "points", point(21, loss=1.4))).best == Best("loss", 1.4, 21)


def test_the_eta_follows_the_present_pace_and_ignores_pauses() -> None:
    """Steps left over the smoothed speed; time that passed while paused does not count, a paused run has none."""
    run = Run.from_record({**a_run().to_record(), "total_steps": 1000})
    running = (0.0, "status", {"status": "running"})
    run = after(run, running, *((float(t), "points", point(10 * t, loss=1.0)) for t in range(1, 31)))
    assert run.eta_s == pytest.approx(70.0)
    assert run.progress == 0.3
    paused = after(run, (31.0, "status", {"status": "paused"}))
    assert paused.eta_s is None
    resumed = after(paused, (1000.0, "status", {"status": "running"}))
    resumed = after(resumed, *((1000.0 + t, "points", point(300 + 10 * t, loss=1.0)) for t in range(1, 11)))
    assert resumed.eta_s == pytest.approx(60.0)


def test_live_changes_show_in_the_config() -> None:
    """What was set is in the config from then on, and a new length changes progress."""
    run = after(a_run(total_steps=10, drift=0.0), (1.0, "set", {"step": 3, "changes": {"total_steps": 20}}))
    assert run.config == {"total_steps": 20, "drift": 0.0}
    assert run.total_steps == 20


def test_checkpoints_and_health_are_remembered() -> None:
    """The newest checkpoint that was written, and the latest health event."""
    run = after(
        a_run(),
        (1.0, "checkpoint", {"step": 7, "name": "7"}),
        (2.0, "checkpoint", {"step": 5, "name": "5", "removed": True}),
        (3.0, "health", {"level": "warning", "code": "nan_metric", "message": "m", "step": 6}),
    )
    assert run.checkpoint_step == 7
    assert run.step == 7
    assert run.health == Health(3.0, "warning", "nan_metric", "m", 6)


def test_a_fold_may_be_interrupted_anywhere() -> None:
    """Going on from a stored run gives the same as going through in one piece."""
    events = [(float(n), "points", point(n, loss=abs(5.5 - n))) for n in range(1, 12)]
    events.insert(4, (4.5, "status", {"status": "starting"}))
    whole = after(a_run(), *events)
    for cut in range(len(events)):
        part = after(a_run(), *events[:cut])
        assert after(Run.from_record(part.to_record()), *events[cut:]) == whole


def test_a_record_is_plain_json_and_complete() -> None:
    """What is shown adds what is derived; what is stored can be read back."""
    run = after(a_run(), (1.0, "points", point(1, loss=1.0))).labelled(Labels("name", "notes", ("a",), pinned=True))
    assert Run.from_record(run.to_record()) == run
    shown = run.to_dict()
    assert shown["is_training"] is True
    assert shown["best"] == {"metric": "loss", "value": 1.0, "step": 1}
    assert "pace" not in shown


def test_an_unknown_status_is_an_error() -> None:
    """A status that no version knows is not guessed at."""
    with pytest.raises(ValueError, match="asleep"):
        Fold(a_run()).take(Event(1, 1.0, EventType.STATUS, {"status": "asleep"}), Remembered())
