"""What somebody should look at, worked out anew from how things stand: nothing here is remembered.

Faults of a run that its worker can notice (NaN, a damaged checkpoint, a stalled update) are in its journal as `health`.
These are the ones that only an observer can notice.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from backend.domain.run import Run
from python_training.contracts.status import RunStatus

DISK_LOW_BYTES = 2 * 2**30
SILENT_AFTER_S = 120.0
STAGNANT_AFTER_S = 600.0
STAGNANT_PART = 0.25
"""A run stagnates when its best is older than this part of all its steps, and than the way it took to get there."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing to look at; `run` is None where it concerns the machine."""

    level: str
    code: str
    message: str
    run: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """The alert as the JSON object that REST shows."""
        return asdict(self)


def alerts(
    runs: Iterable[Run], disk_free: int, answers: Callable[[Run], bool], clock: Callable[[], float] = time.time
) -> Iterator[Alert]:
    """All alerts at this moment.

    Args:
        runs: those that have a worker.
        disk_free: bytes left where journals and checkpoints go.
        answers: asks a run's worker whether it is there; only those that have been silent for long are asked.
        clock: Unix time in seconds.
    """
    if disk_free < DISK_LOW_BYTES:
        left = f"{disk_free / 2**30:.1f} GiB"
        yield Alert("error", "disk_low", f"The disk has {left} left; journals and checkpoints may soon not be kept.")
    for run in runs:
        if run.status is not RunStatus.RUNNING:
            continue
        silent_s = clock() - run.updated
        if silent_s > SILENT_AFTER_S and not answers(run):
            message = f"The worker has said nothing for {silent_s / 60:.0f} min and does not answer."
            yield Alert("error", "silent", message, run.id)
        elif _stagnates(run, clock()):
            assert run.best is not None  # noqa: S101  # for mypy: what has no best does not stagnate
            best = f"{run.best.metric} {run.best.value:.4g}"
            yield Alert("warning", "stagnation", f"The best so far ({best}) is from step {run.best.step}.", run.id)


def _stagnates(run: Run, now: float) -> bool:
    if run.best is None or run.total_steps is None or now - run.status_since < STAGNANT_AFTER_S:
        return False
    return run.step - run.best.step >= max(run.best.step, STAGNANT_PART * run.total_steps)
