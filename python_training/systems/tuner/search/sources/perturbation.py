"""The document's own way: change three to five parameters of the incumbent by at most 15% of their values.

Several are drawn, and the one that the surface likes best is proposed.
"""

from __future__ import annotations

import numpy as np

from python_training.contracts.objective import Parameter
from python_training.systems.tuner.search.cube import Point
from python_training.systems.tuner.search.sources.source import Idea, Memoryless, View

DRAFTS = 8
"""Perturbations that are drawn for each one proposed."""
LEAST_SCALE = 0.1
"""A range that reaches to 0 or below: values nearer to 0 than this share of it are changed as if they were there."""


class PerturbationSource(Memoryless):
    """Random changes of the incumbent.

    Args:
        share: greatest change, as a share of the value.
        least, most: how many parameters change.
    """

    def __init__(self, share: float, least: int, most: int) -> None:
        self._share, self._least, self._most = share, least, most

    def propose(self, view: View, random: np.random.Generator) -> Idea | None:
        """The best of a few perturbations, by a surface drawn from what is believed."""
        share = self._share * view.width
        drafts = [self._draft(view, share, random) for _ in range(DRAFTS)]
        points = np.stack([point for point, _ in drafts])
        point, changed = drafts[int(np.argmax(view.surface.drawn(points, random)))]
        return Idea(point, f"{', '.join(changed)} changed by up to {share:.0%}")

    def _draft(self, view: View, share: float, random: np.random.Generator) -> tuple[Point, list[str]]:
        count = min(int(random.integers(self._least, self._most + 1)), len(view.cube))
        places = np.sort(random.choice(len(view.cube), count, replace=False))
        values = view.cube.values(view.incumbent)
        for place in places:
            parameter = view.cube.parameters[place]
            value = values[parameter.name]
            step = share * float(random.uniform(-1.0, 1.0)) * _scale(parameter, value)
            if parameter.integer and abs(step) < 1.0:
                step = float(np.copysign(1.0, step))  # less would leave it as it is
            moved = min(max(value + step, parameter.low), parameter.high)
            values[parameter.name] = float(round(moved)) if parameter.integer else moved
        return view.cube.point(values), [view.cube.names[place] for place in places]


def _scale(parameter: Parameter, value: float) -> float:
    if parameter.low > 0:
        return value
    return max(abs(value), LEAST_SCALE * (parameter.high - parameter.low))
