"""How a journal becomes a Run: a fold over its events that can go on from where it stopped.

The fold keeps no history. When a run is rewound, newest and best values must be those of the points that remain, so it
asks a `PointHistory` for them: the store, or anything else that knows the points.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from backend.domain.run import Best, Health, Pace, Run, replace_fields
from python_training.contracts.events import Event, EventType
from python_training.contracts.metrics import MetricSpec, is_better
from python_training.contracts.status import RunStatus

PACE_MEMORY_S = 60.0
"""Time constant of the smoothed speed: the ETA follows what happened in about the last minute."""

Value = float | int | Mapping[str, Any] | None


class PointHistory(Protocol):
    """What is known of a run's effective points, superseded ones left out."""

    def last_values(self) -> dict[str, float | None]:
        """The newest value of every metric."""
        ...

    def best_value(self, metric: MetricSpec) -> Best | None:
        """The best value of `metric` and the first step that reached it."""
        ...


class Fold:
    """Takes a run through events, one after the other; `run` is where it stands.

    Not safe for use by several threads at once.
    """

    def __init__(self, run: Run) -> None:
        self._start = run
        self._changed: dict[str, Any] = {}
        self._primary = run.primary
        self._last: dict[str, float | None] = dict(run.last)

    @property
    def run(self) -> Run:
        """The run after all events taken so far."""
        return replace_fields(self._start, **self._changed, last=dict(self._last))

    def take(self, event: Event, history: PointHistory) -> None:
        """Go on by one event. `history` is asked only at `rewound`, and must already have hidden what it supersedes."""
        data = event.data
        changed = self._changed
        changed["last_seq"] = event.seq
        changed["updated"] = event.t
        match event.type:
            case EventType.POINTS:
                for point in data.get("points", ()):
                    self._take_point(int(point["step"]), point["values"])
                self._keep_pace(event.t)
            case EventType.STATUS:
                self._take_status(event)
            case EventType.CHECKPOINT:
                if not data.get("removed"):
                    changed["checkpoint_step"] = int(data["step"])
                    self._reach(int(data["step"]))
            case EventType.HEALTH:
                changed["health"] = Health(
                    event.t, str(data["level"]), str(data["code"]), str(data["message"]), data.get("step")
                )
            case EventType.SET:
                changed["config"] = {**self._now("config"), **data["changes"]}
                total = data["changes"].get("total_steps")
                if type(total) is int:
                    changed["total_steps"] = total
            case EventType.REWOUND:
                self._rewind(int(data["to_step"]), history)
            case EventType.LOG | EventType.ACK | EventType.RESULT:
                pass

    def _now(self, name: str) -> Any:
        return self._changed.get(name, getattr(self._start, name))

    def _reach(self, step: int) -> None:
        if step > self._now("step"):
            self._changed["step"] = step

    def _take_point(self, step: int, values: Mapping[str, Value]) -> None:
        self._reach(step)
        for name, value in values.items():
            self._last[name] = typical(value)
        if self._primary is None:
            return
        figure = extreme(values.get(self._primary.name), self._primary)
        best: Best | None = self._now("best")
        if figure is not None and is_better(self._primary, figure, best.value if best else None):
            self._changed["best"] = Best(self._primary.name, figure, step)

    def _keep_pace(self, t: float) -> None:
        step = self._now("step")
        pace: Pace | None = self._now("pace")
        if pace is None:
            self._changed["pace"] = Pace(step, t)
        elif t > pace.t:
            recent = (step - pace.step) / (t - pace.t)
            weight = 1.0 if pace.steps_per_s is None else 1.0 - math.exp((pace.t - t) / PACE_MEMORY_S)
            smoothed = recent if pace.steps_per_s is None else pace.steps_per_s + weight * (recent - pace.steps_per_s)
            self._changed["pace"] = Pace(step, t, smoothed)

    def _take_status(self, event: Event) -> None:
        data = event.data
        status = RunStatus(data["status"])
        before: RunStatus = self._now("status")
        changed = self._changed
        changed["status"] = status
        changed["status_since"] = event.t
        changed["reason"] = str(data.get("reason") or "")
        if status is RunStatus.RUNNING and before is not status:
            changed["pace"] = None  # time that passed while it did not run is not slowness
        if status is RunStatus.STARTING:
            changed["pid"], changed["host"] = data.get("pid"), data.get("host")
        elif not status.has_worker:
            changed["pid"] = changed["silent_since"] = None
            changed["silence"] = ""
        if status is RunStatus.RESTARTING:
            changed["restarts"] = self._now("restarts") + 1
        if data.get("total_steps") is not None:
            changed["total_steps"] = int(data["total_steps"])

    def _rewind(self, to_step: int, history: PointHistory) -> None:
        self._changed["step"] = to_step
        self._changed["pace"] = None
        self._last = history.last_values()
        self._changed["best"] = history.best_value(self._primary) if self._primary else None


def fold(run: Run, events: Iterable[Event], history: PointHistory) -> Run:
    """`run` after `events`."""
    folding = Fold(run)
    for event in events:
        folding.take(event, history)
    return folding.run


def typical(value: Value) -> float | None:
    """One number for a value of a point: a compacted one is represented by its mean."""
    if isinstance(value, Mapping):
        return value.get("mean")
    return value


def extreme(value: Value, metric: MetricSpec) -> float | None:
    """The number of a value that counts for "best": a compacted one keeps its extremes."""
    if isinstance(value, Mapping):
        return value.get("min" if metric.better == "lower" else "max")
    return value
