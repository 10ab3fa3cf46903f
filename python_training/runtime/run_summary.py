"""What the evaluations of several runs say together: usually of the same task with different seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

from python_training.environments.intervals import mean_interval


def over_runs(results: Sequence[Mapping[str, Any]], above: float | None = None) -> dict[str, Any]:
    """`{count, measure, values, mean, mean_ci, above?, passed?}` of what `evaluate_run` said of each run.

    `measure` is score_mean where every run has one, else return_mean; `passed` counts the values greater than `above`.
    The interval is Student's t over the runs, null for a single one.
    """
    measure = "score_mean" if all("score_mean" in result for result in results) else "return_mean"
    values = [float(result[measure]) for result in results]
    interval = mean_interval(values)
    found: dict[str, Any] = {
        "count": len(values),
        "measure": measure,
        "values": values,
        "mean": fmean(values),
        "mean_ci": None if interval is None else list(interval),
    }
    if above is not None:
        found |= {"above": above, "passed": sum(value > above for value in values)}
    return found
