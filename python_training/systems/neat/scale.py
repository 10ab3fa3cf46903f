"""The numbers by which outputs become actions of a box."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Scale(NamedTuple):
    """How outputs become numbers of a box, all (outputs,) float64: offset + gain x output, each step within bounds."""

    floor: NDArray[np.float64]
    ceiling: NDArray[np.float64]
    offset: NDArray[np.float64]
    gain: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
