"""SPSA (Spall 1992, https://doi.org/10.1109/9.119632) with the gains of Fishtest, the test framework of Stockfish.

It believes in no model: every match moves each parameter towards the side that scored more. That makes it the source to
fall back on where strength is no bowl.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from python_training.systems.tuner.search.arrays import pack, unpack
from python_training.systems.tuner.search.cube import Point
from python_training.systems.tuner.search.sources.source import Duel, Idea, View

ALPHA, GAMMA = 0.602, 0.101
"""Spall's exponents of the step and of the perturbation."""
HORIZON_PAIRS = 2500
"""Pairs at which perturbation and step have come down to C_END and R_END; both go on shrinking after it."""
C_END = 0.1
"""Perturbation at the horizon, as a share of a parameter's range."""
R_END = 0.025
"""Step at the horizon as a multiple of the squared perturbation."""
STABILITY_PAIRS = 0.1 * HORIZON_PAIRS
"""Spall's A: steps are held back so long at first."""


class SPSASource:
    """Its point moves with every match."""

    def __init__(self, start: Point) -> None:
        self.centre = start.copy()
        self._pairs = 0

    def duel(self, view: View, random: np.random.Generator) -> Duel:
        """Two points opposite each other, by the perturbation of the schedule."""
        perturbation = C_END * (HORIZON_PAIRS / (self._pairs + 1)) ** GAMMA * view.width
        reach = np.maximum(np.minimum(perturbation, 0.5), view.cube.least_steps(self.centre))
        step = reach * random.choice((-1.0, 1.0), len(self.centre))
        return Duel(self.centre + step, self.centre - step, f"every parameter moved by {perturbation:.0%} of its range")

    def saw(self, a: Point, b: Point, score: float, pairs: int) -> None:
        """Take the step of all its pairs at once."""
        self._pairs += pairs
        gain = R_END * ((STABILITY_PAIRS + HORIZON_PAIRS) / (STABILITY_PAIRS + self._pairs)) ** ALPHA
        step = gain * (2.0 * score - 1.0) * pairs * (a - b) / 2.0
        self.centre = np.clip(self.centre + step, 0.0, 1.0)

    def learn(self, view: View) -> None:
        """It learns from its own matches alone."""

    def restart(self, point: Point) -> None:
        """Begin anew at a point, with the first gains."""
        self.centre = point.copy()
        self._pairs = 0

    def propose(self, view: View, random: np.random.Generator) -> Idea | None:
        """Where its point is now, unless nothing has moved it."""
        if self._pairs == 0:
            return None
        return Idea(view.cube.snap(self.centre), f"where {self._pairs} pairs of SPSA have led")

    def state(self) -> dict[str, Any]:
        """The point and how far the schedule has come."""
        return {"point": pack(self.centre), "pairs": self._pairs}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take back both."""
        self.centre = unpack(state["point"], len(self.centre))
        self._pairs = int(state["pairs"])
