"""Several aims at once: who is best at something for which nobody is better at everything."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def pareto_front(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(N,) which of N rows of `values` (N, K), greater is better, no other row dominates.

    A row dominates another if it is nowhere worse and somewhere better; equal rows do not dominate each other. A row
    with a NaN is not on the front and dominates nobody.
    """
    usable: NDArray[np.bool_] = np.all(np.isfinite(values), axis=1)
    no_worse: NDArray[np.bool_] = np.all(values[:, None, :] >= values[None, :, :], axis=2)
    better: NDArray[np.bool_] = np.any(values[:, None, :] > values[None, :, :], axis=2)
    dominated: NDArray[np.bool_] = np.any(no_worse & better & usable[:, None], axis=0)
    return usable & ~dominated
