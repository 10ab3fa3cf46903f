"""What a run's journal says of it, read from its end: a list of runs must not read months of points."""

from __future__ import annotations

import mmap
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from python_training.contracts.errors import ControlError, JournalError
from python_training.contracts.events import Event, EventType
from python_training.contracts.status import RunStatus
from python_training.runtime.segments import open_segment, segment_numbers, segment_path

if TYPE_CHECKING:
    from python_training.runtime.run_folder import RunFolder


ANSWER_S = 4.0
"""A process that answers no ping for so long is silent; one that trains answers at once, on a thread of its own."""


@dataclass(frozen=True, slots=True)
class RunState:
    """A run as it stands.

    Attributes:
        status: the last one journalled.
        alive: whether its worker process lives. A running run without one died and waits for a server.
        step: of the newest point, checkpoint or rewind; 0 when there is none.
        values: the metrics of the newest points event, and of the newest checkpoint those that the former lacks.
        updated: time of the newest event, Unix seconds.
        silent: whether that process does not answer.
    """

    status: RunStatus
    alive: bool
    step: int
    values: dict[str, Any]
    updated: float
    silent: bool = False

    @property
    def shown_status(self) -> str:
        """The status, marked where the process that it speaks of is gone."""
        if self.silent:
            return f"{self.status} (silent)"
        return f"{self.status} (no process)" if self.status.has_worker and not self.alive else self.status.value


def status_of(folder: RunFolder) -> RunStatus:
    """The last journalled status of a run; raises JournalError if there is none."""
    event = last_event(folder.path, EventType.STATUS)
    if event is None:
        raise JournalError(f"The journal of {folder.id} holds no status.")
    return RunStatus(event.data["status"])


def state_of(folder: RunFolder) -> RunState:
    """The run as it stands; raises JournalError if its journal holds no status."""
    status = status_of(folder)
    told = [
        event
        for kind in (EventType.STATUS, EventType.POINTS, EventType.CHECKPOINT, EventType.REWOUND)
        if (event := last_event(folder.path, kind)) is not None
    ]
    newest = max(told, key=lambda event: event.seq)
    values: dict[str, Any] = {}
    for event in sorted(told, key=lambda event: event.seq):
        if event.type is EventType.CHECKPOINT:
            values.update(event.data["metrics"])
        elif event.type is EventType.POINTS:
            for point in event.data["points"]:
                values.update({name: plain_value(value) for name, value in point["values"].items()})
    stepping = [event for event in told if event.type is not EventType.STATUS]
    step = _step(max(stepping, key=lambda event: event.seq)) if stepping else 0
    alive = folder.worker_alive()
    return RunState(status, alive, step, values, newest.t, alive and _is_silent(folder))


def _is_silent(folder: RunFolder) -> bool:
    try:
        folder.control(timeout=ANSWER_S).request("ping")
    except ControlError:
        return folder.worker_alive()
    return False


def damage_of(folder: RunFolder, *, thorough: bool) -> str:
    """What is wrong with the run's labels and, with `thorough`, its journal; "" if nothing is."""
    from backend.services.labels import read_labels
    from python_training.runtime.journal import JournalReader

    journal = ""
    if thorough:
        with JournalReader(folder.path) as reader:
            while reader.poll():
                pass
            journal = reader.fault
    return " ".join(each for each in (journal, read_labels(folder.path)[1]) if each)


def plain_value(value: Any) -> float | None:
    """A point's value as one number: a compacted one stands as its mean."""
    if isinstance(value, dict):
        return float(value["mean"])
    return None if value is None else float(value)


def last_event(run_dir: Path, kind: EventType) -> Event | None:
    """The newest event of `kind` in a journal, found from behind without decoding the rest.

    A checkpoint event that only tells of a removal is passed over: it says nothing of where the run stands.
    """
    for number in reversed(segment_numbers(run_dir)):
        try:
            found = _last_in(segment_path(run_dir, number), kind)
        except OSError as error:
            raise JournalError(f"{segment_path(run_dir, number).name} cannot be read: {error.strerror}.") from error
        if found is not None:
            return found
    return None


def _last_in(path: Path, kind: EventType) -> Event | None:
    marker = f'"type":"{kind.value}"'.encode()
    with os.fdopen(open_segment(path), "rb") as file:
        if not file.seek(0, 2):
            return None
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
            # A torn last line is no event yet.
            end = text.rfind(b"\n") + 1
            while (hit := text.rfind(marker, 0, end)) >= 0:
                start = text.rfind(b"\n", 0, hit) + 1
                try:
                    event = Event.decode(text[start : text.find(b"\n", hit) + 1])
                except JournalError:
                    event = None
                if event is not None and event.type is kind and not event.data.get("removed"):
                    return event
                end = start
    return None


def _step(event: Event) -> int:
    if event.type is EventType.POINTS:
        return int(event.data["points"][-1]["step"])
    return int(event.data["to_step" if event.type is EventType.REWOUND else "step"])
