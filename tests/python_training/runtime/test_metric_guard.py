from __future__ import annotations

import math

import pytest

from python_training.contracts.errors import UnknownNameError
from python_training.contracts.metrics import MetricSpec
from python_training.contracts.trainer import Point
from python_training.runtime.metric_guard import MetricGuard

LOSS = MetricSpec("loss", "Loss", "For tests.")


def test_a_metric_that_is_nan_is_reported_once_until_it_recovers() -> None:
    """A run that diverged says so once, not at every point, and again if it diverges again."""
    told: list[tuple[str, int | None]] = []
    guard = MetricGuard([LOSS], lambda level, code, message, step=None: told.append((code, step)))
    for step, value in enumerate([1.0, math.nan, math.nan, math.inf, 2.0, 2.0, -math.inf]):
        guard.check(Point(step, {"loss": value}))
    assert told == [("nan_metric", 1), ("recovered", 4), ("nan_metric", 6)]


def test_an_undeclared_metric_is_an_error_with_a_proposal() -> None:
    """A typo in a trainer shows up at its first point."""
    guard = MetricGuard([LOSS], lambda *_: None)
    with pytest.raises(UnknownNameError, match="no declared metric named 'los'") as caught:
        guard.check(Point(1, {"los": 1.0}))
    assert caught.value.hint == "Did you mean 'loss'?"
