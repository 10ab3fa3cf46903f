"""What may pass from a trainer into the journal: declared metrics only, and no NaN without a word about it."""

from __future__ import annotations

import math
from collections.abc import Iterable

from python_training.contracts.errors import UnknownNameError
from python_training.contracts.metrics import MetricSpec
from python_training.contracts.trainer import Point
from python_training.runtime.report import Report


class MetricGuard:
    """Looks at every point of one run.

    Args:
        metrics: what the system declared.
        report: called once when a metric stops being a finite number, and once when it is one again.
    """

    def __init__(self, metrics: Iterable[MetricSpec], report: Report) -> None:
        self._declared = frozenset(spec.name for spec in metrics)
        self._broken: set[str] = set()
        self._report = report

    def check(self, point: Point) -> None:
        """Raise UnknownNameError if the point has an undeclared metric; report those that became NaN or recovered."""
        for name, value in point.values.items():
            if name not in self._declared:
                raise UnknownNameError.among("declared metric", name, self._declared)
            if math.isfinite(value) == (name not in self._broken):
                continue
            if name in self._broken:
                self._broken.remove(name)
                self._report("info", "recovered", f"{name} is a finite number again.", point.step)
            else:
                self._broken.add(name)
                self._report("warning", "nan_metric", f"{name} became {value} at step {point.step}.", point.step)
