"""Games where they tell most about the response surface, and its summit as candidate.

Both sides of a match stand opposite each other around the centre, every parameter moved up or down by chance at once,
as in SPSA. How far is what differs: each so far that it should cost the same strength. A parameter that hardly matters
must be moved far to be seen at all; one that matters much would drown the others if it were.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from python_training.systems.tuner.search.arrays import pack, unpack
from python_training.systems.tuner.search.cube import Point
from python_training.systems.tuner.search.sources.source import Duel, Idea, View

COST_EACH = 0.02
"""Logits that moving one parameter should cost."""
COST_ALL = 0.4
"""Logits that moving all of them may cost together: far from the summit the surface says little about it."""
NEAREST, FARTHEST = 0.08, 0.28
"""Range of the distances, as shares of a parameter's range."""
RELAXATION = 0.25
"""Share of the way to the summit that the centre goes with each fit: a surface is right where games were played."""
LONGEST_STEP = 0.15
"""The centre goes at most so far in one coordinate."""


class ResponseSurfaceSource:
    """Its centre follows the summit of the surface."""

    def __init__(self, start: Point) -> None:
        self.centre = start.copy()

    def duel(self, view: View, random: np.random.Generator) -> Duel:
        """Two points opposite each other around the centre."""
        reach = np.maximum(self._distances(view), view.cube.least_steps(self.centre))
        step = reach * random.choice((-1.0, 1.0), len(reach))
        return Duel(self.centre + step, self.centre - step, "every parameter moved as far as it can be told apart")

    def _distances(self, view: View) -> Point:
        curvature = view.surface.curvature
        reach = np.clip(np.sqrt(COST_EACH / curvature), NEAREST, FARTHEST)
        cost = float(curvature @ reach**2)
        if cost > COST_ALL:
            reach = np.maximum(reach * np.sqrt(COST_ALL / cost), NEAREST)
        return np.asarray(np.minimum(reach * view.width, 0.5))

    def saw(self, a: Point, b: Point, score: float, pairs: int) -> None:
        """The surface has seen it, too."""

    def learn(self, view: View) -> None:
        """Move the centre towards the summit."""
        step = np.clip(view.surface.best - self.centre, -LONGEST_STEP, LONGEST_STEP)
        self.centre = self.centre + RELAXATION * step

    def restart(self, point: Point) -> None:
        """Begin anew at a point."""
        self.centre = point.copy()

    def propose(self, view: View, random: np.random.Generator) -> Idea | None:
        """The centre, once it should beat the incumbent."""
        point = view.cube.snap(self.centre)
        mean, variance = view.surface.gap(point, view.incumbent)
        if mean <= 0:
            return None
        gain = 1.0 / (1.0 + np.exp(-mean)) - 0.5
        return Idea(point, f"summit of the response surface: {gain:+.1%} expected, {_chance(mean, variance):.0%} sure")

    def state(self) -> dict[str, Any]:
        """Where the centre is."""
        return {"centre": pack(self.centre)}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take back the centre."""
        self.centre = unpack(state["centre"], len(self.centre))


def _chance(mean: float, variance: float) -> float:
    """That a normal number is above 0, by the logistic approximation."""
    return float(1.0 / (1.0 + np.exp(-1.702 * mean / np.sqrt(max(variance, 1e-12)))))
