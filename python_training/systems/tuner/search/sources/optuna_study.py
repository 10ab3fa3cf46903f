"""How points of the cube go to Optuna and come back. Imports Optuna, so it is imported late."""

from __future__ import annotations

import numpy as np
import optuna
from optuna.distributions import BaseDistribution, FloatDistribution
from optuna.trial import FrozenTrial, Trial, create_trial

from python_training.systems.tuner.search.cube import Point

# Every call would print a line on the run's console.
optuna.logging.set_verbosity(optuna.logging.WARNING)


def new_study(sampler: optuna.samplers.BaseSampler) -> optuna.Study:
    """A study in memory, whose values are strengths: more is better."""
    return optuna.create_study(direction="maximize", sampler=sampler)


def axes(dimensions: int, low: float, high: float) -> dict[str, BaseDistribution]:
    """A range for each coordinate. Padded numbers keep Optuna's order, which is alphabetical, ours."""
    return {f"x{place:05d}": FloatDistribution(low, high) for place in range(dimensions)}


def known(point: Point, value: float, ranges: dict[str, BaseDistribution]) -> FrozenTrial:
    """A finished trial at a point."""
    return create_trial(params=dict(zip(ranges, point.tolist(), strict=True)), distributions=ranges, value=value)


def asked(study: optuna.Study, ranges: dict[str, BaseDistribution]) -> tuple[Trial, Point]:
    """A trial that the study wants next, and where it lies."""
    trial = study.ask(ranges)
    return trial, np.array([float(trial.params[name]) for name in ranges])
