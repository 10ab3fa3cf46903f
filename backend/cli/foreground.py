"""Hosts a run in this process. The libraries' own chatter goes to the run's log, as it does under the supervisor."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from backend.cli.interrupts import hangup_stops, interrupt_watch
from backend.cli.output import duration
from backend.cli.training_view import (
    BarView,
    LineView,
    Silent,
    Standing,
    TrainingView,
    UntilGone,
)
from python_training import registry
from python_training.contracts.events import Event
from python_training.contracts.status import RunStatus
from python_training.runtime.event_lines import key_metrics, metrics_text
from python_training.runtime.mlflow_settings import MLflowSettings

if TYPE_CHECKING:
    from python_training.runtime.run_folder import RunFolder

INTERRUPTED = "Finishing this update, then saving. Press Ctrl+C again to quit at once."


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a hosted run ended."""

    run: str
    status: RunStatus
    step: int
    metrics: dict[str, Any]
    reason: str | None
    checkpoint: str | None
    seconds: float

    def to_dict(self) -> dict[str, Any]:
        """What `paddock train --json` prints."""
        return {
            "run": self.run,
            "status": self.status.value,
            "step": self.step,
            "metrics": self.metrics,
            "reason": self.reason,
            "checkpoint": self.checkpoint,
            "seconds": round(self.seconds, 3),
        }


def host_here(folder: RunFolder, *, quiet: bool, mlflow: MLflowSettings | None = None) -> Outcome:
    """Train the run in `folder` until it ends, showing how it goes unless `quiet`, logging to `mlflow` if given.

    The loop takes Ctrl+C itself: once to stop in order, twice to quit at once. A terminal that is closed stops the run
    in order, too.

    Raises:
        RunLockedError: another process trains it.
        PaddockError: it cannot be trained at all.
    """
    from python_training.runtime.loop import host

    standing = Standing()
    began = time.monotonic()
    with _chatter_to(folder.log_path) as terminal:
        view = UntilGone(_view(folder, terminal, quiet))

        def take(event: Event) -> None:
            standing.take(event)
            view.show(event, standing)

        try:
            with interrupt_watch(lambda: view.say(INTERRUPTED)), hangup_stops():
                status = host(folder, host="terminal", on_event=take, mlflow=mlflow)
        finally:
            view.close()
    outcome = Outcome(
        folder.id,
        status,
        standing.step,
        dict(standing.values),
        standing.reason,
        standing.checkpoint,
        time.monotonic() - began,
    )
    if not quiet:
        _tell(folder, outcome)
    return outcome


@contextmanager
def _chatter_to(log: Path) -> Iterator[TextIO]:
    """Send file descriptors 1 and 2 to `log` and yield the terminal; native code writes past sys.stdout."""
    sys.stdout.flush()
    sys.stderr.flush()
    kept_out, kept_err = os.dup(1), os.dup(2)
    target = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(target, 1)
    os.dup2(target, 2)
    os.close(target)
    terminal = os.fdopen(os.dup(kept_out), "w", buffering=1)
    try:
        yield terminal
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os.dup2(kept_out, 1)
        os.dup2(kept_err, 2)
        os.close(kept_out)
        os.close(kept_err)
        with suppress(OSError):
            terminal.close()


def _view(folder: RunFolder, terminal: TextIO, quiet: bool) -> TrainingView:
    if quiet:
        return Silent()
    spec = folder.spec()
    unit = registry.unit_of(spec.system)
    print(f"{folder.id}: {spec.system}, seed {spec.seed}; Ctrl+C saves and stops.", file=terminal)
    if terminal.isatty():
        return BarView(terminal, spec.metrics, unit, spec.total_steps)
    return LineView(terminal, spec.metrics, unit)


def _tell(folder: RunFolder, outcome: Outcome) -> None:
    reason = f" ({outcome.reason})" if outcome.reason else ""
    unit = registry.unit_of(folder.spec().system)
    print(f"{outcome.run} {outcome.status} at {unit.one} {outcome.step:,} after {duration(outcome.seconds)}{reason}.")
    shown = metrics_text(key_metrics(folder.spec().metrics), outcome.metrics)
    if shown:
        print(shown)
    if outcome.status is RunStatus.FAILED:
        print(f"What it printed is in {folder.log_path}", file=sys.stderr)
    elif outcome.status is RunStatus.STOPPED:
        print(f"Go on with: paddock train --resume {outcome.run}")
    elif registry.system(folder.spec().system).leaves_policy(folder.spec().config):
        print(f"Try it: paddock eval {outcome.run}")
