"""Events of a run as lines of text: on the terminal that hosts it, and in worker.log of every run."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from python_training.contracts.events import Event, EventType
from python_training.contracts.metrics import MetricSpec, StepUnit
from python_training.contracts.number_text import write_number

LINE_INTERVAL_S = 10.0
"""Points come many times a second; a line is written so often."""
SHOWN_METRICS = 3
OWN_LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d  ")
"""How lines of an EventLog begin, which tells them from what the process printed."""


def key_metrics(metrics: Sequence[MetricSpec]) -> list[MetricSpec]:
    """The few worth a place in a line: the primary one, then those with a direction, in declared order."""
    ranked = sorted(metrics, key=lambda spec: (not spec.primary, spec.better == "neither"))
    return ranked[:SHOWN_METRICS]


def metrics_text(metrics: Sequence[MetricSpec], values: Mapping[str, Any]) -> str:
    """`name value` of the metrics that have one."""
    return "  ".join(
        f"{spec.name} {write_number(values[spec.name])}" for spec in metrics if values.get(spec.name) is not None
    )


def event_line(event: Event, unit: StepUnit) -> str | None:
    """The line that tells of `event`, None for those that come too often. Steps are called what they are: `unit`."""
    data = event.data
    match event.type:
        case EventType.STATUS:
            return f"{data['status']}" + (f": {data['reason']}" if data.get("reason") else "")
        case EventType.CHECKPOINT if not data.get("removed"):
            return f"checkpoint {data['name']} at {unit.one} {data['step']:,} ({data['reason']})"
        case EventType.HEALTH:
            return f"{data['level']}: {data['message']}"
        case EventType.REWOUND:
            return f"going on from {unit.one} {data['to_step']:,}"
        case _:
            return None


class PointLines:
    """Writes a line of the key metrics every ten seconds at most. Not for several threads at once."""

    def __init__(self, metrics: Sequence[MetricSpec], unit: StepUnit) -> None:
        self._metrics = key_metrics(metrics)
        self._unit = unit
        self._values: dict[str, Any] = {}
        self._next = 0.0

    def line(self, event: Event) -> str | None:
        """The line of a `points` event, None while the last one is too young."""
        for point in event.data["points"]:
            self._values.update(point["values"])
        if time.monotonic() < self._next:
            return None
        self._next = time.monotonic() + LINE_INTERVAL_S
        step = event.data["points"][-1]["step"]
        return f"{self._unit.one} {step:,}  {metrics_text(self._metrics, self._values)}".rstrip()


class EventLog:
    """Writes what happens to a run into its worker.log, beside what its process prints there; safe from all threads.

    Every line is appended by itself, since the file may be emptied when it has grown large. A disk that takes nothing
    costs the line, not the run.
    """

    def __init__(self, path: Path, metrics: Sequence[MetricSpec], unit: StepUnit) -> None:
        self._path = path
        self._unit = unit
        self._points = PointLines(metrics, unit)
        self._lock = threading.Lock()

    def take(self, event: Event) -> None:
        """Write the line of `event`, if it has one."""
        with self._lock:
            line = self._points.line(event) if event.type is EventType.POINTS else self._line(event)
            if line is None:
                return
            at = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(event.t))
            try:
                with self._path.open("a", encoding="utf-8", errors="backslashreplace") as file:
                    file.write(f"{at}  {' '.join(line.splitlines())}\n")
            except OSError:
                return

    def _line(self, event: Event) -> str | None:
        if event.type is EventType.ACK:
            said = f": {event.data['message']}" if event.data.get("message") else ""
            return f"command {event.data['name']} {event.data['state']}{said}"
        if event.type is EventType.SET:
            return f"set {', '.join(f'{name} = {value}' for name, value in event.data['changes'].items())}"
        return event_line(event, self._unit)
