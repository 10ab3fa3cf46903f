"""What the response surface says, in the units that people use."""

from __future__ import annotations

import math

import numpy as np

from python_training.systems.tuner.search.cube import Cube, Point
from python_training.systems.tuner.search.surface import ResponseSurface
from python_training.systems.tuner.search.types import ParameterBelief, Recommendation

AWAY = 0.25
"""Distance from the best value, as a share of the range, at which a parameter's importance is measured."""


def recommendation(cube: Cube, surface: ResponseSurface, start: Point, incumbent: Point, best: Point) -> Recommendation:
    """`best` as recommended setting, with its expected scores against `start` and `incumbent`."""
    logit, variance = surface.gap(best, start)
    chance = _chance(logit)
    values = cube.values(best)
    spreads = cube.spread(best, surface.best_spread)
    fall = 1.0 / (1.0 + np.exp(-surface.curvature * AWAY**2)) - 0.5
    parameters = {
        name: ParameterBelief(values[name], float(width), float(importance))
        for name, width, importance in zip(cube.names, spreads, fall, strict=True)
    }
    spread = math.sqrt(variance) * chance * (1.0 - chance)
    ahead = expected_score(surface, best, incumbent)
    return Recommendation(values, _expected(logit, variance), spread, parameters, ahead)


def expected_score(surface: ResponseSurface, candidate: Point, opponent: Point) -> float:
    """Mean score of a game of `candidate` against `opponent`, as the surface believes."""
    return _expected(*surface.gap(candidate, opponent))


def _expected(logit: float, variance: float) -> float:
    """The mean of a logistic function of a normal number: MacKay 1992."""
    return _chance(logit / math.sqrt(1.0 + math.pi * variance / 8.0))


def _chance(logit: float) -> float:
    return 1.0 / (1.0 + math.exp(-logit))
