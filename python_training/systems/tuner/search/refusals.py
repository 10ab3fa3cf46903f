"""What need not be tested: what failed against the present incumbent, is being tested, or is the incumbent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from python_training.systems.tuner.search.arrays import pack, unpack
from python_training.systems.tuner.search.cube import Point

ALIKE = 0.005
"""Settings that differ by no more than this share of a range in any parameter are the same to a test."""


@dataclass(frozen=True, slots=True, eq=False)
class Tested:
    """A setting under test, and whether the incumbent that it met still stands."""

    point: Point
    equal_footing: bool = True


class Refusals:
    """The settings that failed on equal footing: against the incumbent that still stands."""

    def __init__(self, dimensions: int) -> None:
        self._failed = np.empty((0, dimensions))
        self._tested: dict[int, Tested] = {}

    def refuses(self, point: Point, incumbent: Point) -> bool:
        """Whether a test of `point` against `incumbent` could only repeat what is known."""
        known = np.vstack([self._failed, incumbent[None], *(tested.point[None] for tested in self._tested.values())])
        return bool((np.abs(known - point) <= ALIKE).all(axis=1).any())

    def begun(self, number: int, point: Point) -> None:
        """Proposal `number` is to be tested against the present incumbent."""
        self._tested[number] = Tested(point)

    def failed(self, number: int) -> None:
        """Its test has failed."""
        tested = self._tested.pop(number)
        if tested.equal_footing:
            self._failed = np.vstack([self._failed, tested.point])

    def accepted(self, number: int) -> Point:
        """It is the incumbent now, against which nothing has failed yet; returns the point."""
        point = self._tested.pop(number).point
        self._failed = self._failed[:0]
        self._tested = {each: replace(tested, equal_footing=False) for each, tested in self._tested.items()}
        return point

    def __contains__(self, number: int) -> bool:
        return number in self._tested

    def state(self) -> dict[str, Any]:
        """As plain JSON."""
        tested = [[number, pack(each.point), each.equal_footing] for number, each in self._tested.items()]
        return {"failed": pack(self._failed), "tested": tested}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Become what `state` was taken of."""
        dimensions = self._failed.shape[1]
        self._failed = unpack(state["failed"], -1, dimensions)
        self._tested = {
            int(number): Tested(unpack(point, dimensions), bool(equal)) for number, point, equal in state["tested"]
        }
