"""How a run hosted in this terminal is shown: a bar on a terminal, lines in a file, nothing when quiet."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Sequence
from typing import Any, Protocol, TextIO

from python_training.contracts.events import Event, EventType
from python_training.contracts.metrics import MetricSpec, StepUnit
from python_training.contracts.status import RunStatus
from python_training.runtime.event_lines import PointLines, event_line, key_metrics, metrics_text
from python_training.runtime.output import shown


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

    def __init__(self, stream: TextIO, metrics: Sequence[MetricSpec], unit: StepUnit) -> None:
        self._stream = stream
        self._unit = unit
        self._points = PointLines(metrics, unit)

    def show(self, event: Event, standing: Standing) -> None:
        """Write the line of `event`, if it has one."""
        line = self._points.line(event) if event.type is EventType.POINTS else event_line(event, self._unit)
        if line:
            self.say(line)

    def say(self, text: str) -> None:
        """Write a line."""
        print(shown(text), file=self._stream, flush=True)

    def close(self) -> None:
        """Nothing is held."""


class BarView:
    """A progress bar with the key metrics; what a line view would write scrolls by above it."""

    def __init__(self, stream: TextIO, metrics: Sequence[MetricSpec], unit: StepUnit, total_steps: int | None) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

        self._metrics = key_metrics(metrics)
        self._unit = unit
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TextColumn("{task.percentage:>3.0f}%" if total_steps else ""),
            TextColumn(f"{unit.one} {{task.completed:,.0f}}"),
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
        line = event_line(event, self._unit)
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
