"""What need not be tested: what failed against the present incumbent, is being tested, or is the incumbent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from python_training.systems.tuner.search.arrays import pack, unpack
from python_training.systems.tuner.search.cube import Point

ALIKE = 0.005
"""Settings that differ by no more than this share of a range in any parameter are the same to a test."""
MOST_FAILED = 5000
"""Failures that are remembered, the newest: a run that accepts nothing for months must not grow."""


class Refusals:
    """The settings that failed on equal footing: against the incumbent that still stands.

    Tests that are under way when another candidate is accepted begin anew against the new incumbent, so what comes of
    them counts against it.
    """

    def __init__(self, dimensions: int) -> None:
        self._failed = np.empty((0, dimensions))
        self._tested: dict[int, Point] = {}

    def refuses(self, point: Point, incumbent: Point) -> bool:
        """Whether a test of `point` against `incumbent` could only repeat what is known."""
        known = np.vstack([self._failed, incumbent[None], *(tested[None] for tested in self._tested.values())])
        return bool((np.abs(known - point) <= ALIKE).all(axis=1).any())

    def begun(self, number: int, point: Point) -> None:
        """Proposal `number` is to be tested against the present incumbent."""
        self._tested[number] = point

    def failed(self, number: int) -> None:
        """Its test has failed."""
        self._failed = np.vstack([self._failed[1 - MOST_FAILED :], self._tested.pop(number)])

    def accepted(self, number: int) -> Point:
        """It is the incumbent now, against which nothing has failed yet; returns the point."""
        self._failed = self._failed[:0]
        return self._tested.pop(number)

    def __contains__(self, number: int) -> bool:
        return number in self._tested

    def state(self) -> dict[str, Any]:
        """As plain JSON."""
        tested = [[number, pack(point)] for number, point in self._tested.items()]
        return {"failed": pack(self._failed), "tested": tested}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Become what `state` was taken of."""
        dimensions = self._failed.shape[1]
        self._failed = unpack(state["failed"], -1, dimensions)
        self._tested = {int(number): unpack(point, dimensions) for number, point in state["tested"]}
