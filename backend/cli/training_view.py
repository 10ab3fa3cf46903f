"""How a run hosted in this terminal is shown: a bar on a terminal, lines in a file, nothing when quiet."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TextIO

from backend.cli.output import number
from python_training.contracts.events import Event, EventType
from python_training.contracts.metrics import MetricSpec
from python_training.contracts.status import RunStatus
from python_training.runtime.output import shown

LINE_INTERVAL_S = 10.0
SHOWN_METRICS = 3


class Standing:
    """What a run's events have told so far. Events come from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.status: RunStatus | None = None
        self.reason: str | None = None
        self.step = 0
        self.values: dict[str, Any] = {}
        self.checkpoint: str | None = None

    def take(self, event: Event) -> None:
        """Adopt what `event` tells."""
        with self._lock:
            data = event.data
            if event.type is EventType.STATUS:
                self.status, self.reason = RunStatus(data["status"]), data.get("reason")
            elif event.type is EventType.POINTS:
                for point in data["points"]:
                    self.step = point["step"]
                    self.values.update(point["values"])
            elif event.type is EventType.CHECKPOINT and not data.get("removed"):
                self.checkpoint = data["name"]
                self.step = max(self.step, data["step"])
            elif event.type is EventType.REWOUND:
                self.step = data["to_step"]
            elif event.type is EventType.RESULT:
                self.step = data["step"]
                self.values.update(data.get("metrics") or {})


class TrainingView(Protocol):
    """Shows the events of a run as they come, from whichever thread, and quickly."""

    def show(self, event: Event, standing: Standing) -> None:
        """Show `event`, which `standing` has taken in already."""
        ...

    def say(self, text: str) -> None:
        """Show a line that is no event; from any thread."""
        ...

    def close(self) -> None:
        """Leave the terminal as it was."""
        ...


class Silent:
    """Shows nothing."""

    def show(self, event: Event, standing: Standing) -> None:
        """Nothing."""

    def say(self, text: str) -> None:
        """Nothing."""

    def close(self) -> None:
        """Nothing."""


class UntilGone:
    """Another view, until it cannot be written to: the run goes on when its terminal is closed or its pipe broken."""

    def __init__(self, view: TrainingView) -> None:
        self._view = view

    def show(self, event: Event, standing: Standing) -> None:
        """Show it if anybody is there to see it."""
        try:
            self._view.show(event, standing)
        except OSError:
            self._view = Silent()

    def say(self, text: str) -> None:
        """Say it if anybody is there to read it."""
        try:
            self._view.say(text)
        except OSError:
            self._view = Silent()

    def close(self) -> None:
        """Leave the terminal as it was, if it is still there."""
        with contextlib.suppress(OSError):
            self._view.close()


class LineView:
    """Writes a line for every status, checkpoint and health event, and for the metrics every ten seconds."""

    def __init__(self, stream: TextIO, metrics: Sequence[MetricSpec]) -> None:
        self._stream = stream
        self._metrics = key_metrics(metrics)
        self._next = 0.0

    def show(self, event: Event, standing: Standing) -> None:
        """Write the line of `event`, if it has one."""
        line = event_line(event)
        if line is None and event.type is EventType.POINTS and time.monotonic() >= self._next:
            self._next = time.monotonic() + LINE_INTERVAL_S
            line = f"step {standing.step:,}  {metrics_text(self._metrics, standing.values)}"
        if line:
            self.say(line)

    def say(self, text: str) -> None:
        """Write a line."""
        print(shown(text), file=self._stream, flush=True)

    def close(self) -> None:
        """Nothing is held."""


class BarView:
    """A progress bar with the key metrics; what a line view would write scrolls by above it."""

    def __init__(self, stream: TextIO, metrics: Sequence[MetricSpec], total_steps: int | None) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

        self._metrics = key_metrics(metrics)
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TextColumn("{task.percentage:>3.0f}%" if total_steps else ""),
            TextColumn("step {task.completed:,.0f}"),
            TimeElapsedColumn(),
            *([TimeRemainingColumn()] if total_steps else []),
            TextColumn("{task.fields[metrics]}"),
            console=Console(file=stream, force_terminal=True, highlight=False, markup=False),
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._task = self._progress.add_task("queued", total=total_steps, metrics="")
        self._progress.start()

    def show(self, event: Event, standing: Standing) -> None:
        """Move the bar, and let noteworthy events scroll by above it."""
        line = event_line(event)
        if line and event.type is not EventType.STATUS:
            self._progress.console.print(shown(line))
        self._progress.update(
            self._task,
            completed=standing.step,
            description=str(standing.status or ""),
            metrics=metrics_text(self._metrics, standing.values),
        )

    def say(self, text: str) -> None:
        """Let a line scroll by, and show the cursor: the next Ctrl+C may end this process without another word."""
        self._progress.console.print(shown(text))
        self._progress.console.show_cursor(True)

    def close(self) -> None:
        """Stop drawing and show the cursor again."""
        self._progress.stop()


def key_metrics(metrics: Sequence[MetricSpec]) -> list[MetricSpec]:
    """The few worth a place beside a bar: the primary one, then those with a direction, in declared order."""
    ranked = sorted(metrics, key=lambda spec: (not spec.primary, spec.better == "neither"))
    return ranked[:SHOWN_METRICS]


def metrics_text(metrics: Sequence[MetricSpec], values: Mapping[str, Any]) -> str:
    """`name value` of the metrics that have one."""
    return "  ".join(
        f"{spec.name} {number(values[spec.name])}" for spec in metrics if values.get(spec.name) is not None
    )


def event_line(event: Event) -> str | None:
    """The line that tells of `event`, None for those that come too often."""
    data = event.data
    if event.type is EventType.STATUS:
        return f"{data['status']}" + (f": {data['reason']}" if data.get("reason") else "")
    if event.type is EventType.CHECKPOINT:
        return None if data.get("removed") else f"checkpoint {data['name']} at step {data['step']:,} ({data['reason']})"
    if event.type is EventType.HEALTH:
        return f"{data['level']}: {data['message']}"
    if event.type is EventType.REWOUND:
        return f"going on from step {data['to_step']:,}"
    return None
