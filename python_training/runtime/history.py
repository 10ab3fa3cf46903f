"""What a journal tells a worker that takes a run up: where it stood, what it announced, what users changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from python_training.contracts.events import Event, EventType
from python_training.contracts.status import RunStatus


@dataclass(frozen=True, slots=True)
class History:
    """A journal in brief.

    Attributes:
        status: the latest status, None for an empty journal.
        attempt: which attempt the supervisor says that this is, 0 for one that follows no death.
        last_step: the greatest step of a point that holds, None if there are no points.
        checkpoints: manifest hash by step of all checkpoints announced and not removed.
        changes: `(step, changes)` of every `set` that holds, in order of step.
    """

    status: RunStatus | None
    attempt: int
    last_step: int | None
    checkpoints: Mapping[int, str]
    changes: tuple[tuple[int, Mapping[str, Any]], ...]


def read_history(events: Iterable[Event]) -> History:
    """Go once through a run's events.

    A rewind hides points, but not what users asked for: a change made at step 80 of a run that died and resumed from
    step 60 is made again at step 80, unless the same field is changed before that.
    """
    status: RunStatus | None = None
    attempt = 0
    last_step: int | None = None
    checkpoints: dict[int, str] = {}
    changes: list[tuple[int, dict[str, Any]]] = []
    for event in events:
        data = event.data
        if event.type is EventType.STATUS:
            status = RunStatus(data["status"])
            attempt = data.get("attempt", 0) if status is RunStatus.RESTARTING else 0
        elif event.type is EventType.POINTS:
            last_step = max(-1 if last_step is None else last_step, data["points"][-1]["step"])
        elif event.type is EventType.REWOUND:
            last_step = None if last_step is None else min(last_step, data["to_step"])
        elif event.type is EventType.CHECKPOINT and data.get("removed"):
            checkpoints.pop(data["step"], None)
        elif event.type is EventType.CHECKPOINT:
            checkpoints[data["step"]] = data.get("sha256", "")
        elif event.type is EventType.SET:
            changes = superseded(changes, data["step"], data["changes"])
            changes.append((data["step"], dict(data["changes"])))
    return History(status, attempt, last_step, checkpoints, tuple(changes))


def superseded(
    changes: Iterable[tuple[int, Mapping[str, Any]]], step: int, newer: Mapping[str, Any]
) -> list[tuple[int, dict[str, Any]]]:
    """`changes` without the fields that `newer`, made at `step`, overrules from there on."""
    left = []
    for at, fields in changes:
        kept = {name: value for name, value in fields.items() if at < step or name not in newer}
        if kept:
            left.append((at, kept))
    return left
