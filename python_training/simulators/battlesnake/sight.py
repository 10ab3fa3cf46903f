"""What compiled policies see of a board: distances, room and territory."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from python_training.simulators.battlesnake.layout import Layout


class Scratch(NamedTuple):
    """Working memory of one thread; nothing in it outlives a decision.

    Attributes:
        queue: (cells + 1,) int16, cells in the order in which a search came to them.
        distance: (cells + 1,) int16, steps from where a search began, -1 where it did not come.
        owner: (cells + 1,) int16, the seat that reaches a cell first.
    """

    queue: NDArray[np.int16]
    distance: NDArray[np.int16]
    owner: NDArray[np.int16]


def scratch(layout: Layout) -> Scratch:
    """Working memory for boards of this layout."""
    return Scratch(*(np.zeros(layout.cells + 1, dtype=np.int16) for _ in Scratch._fields))
