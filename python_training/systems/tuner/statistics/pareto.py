"""Several aims at once: who is best at something for which nobody is better at everything."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def pareto_front(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(N,) which of N rows of `values` (N, K), greater is better, no other row dominates.

    A row dominates another if it is nowhere worse and somewhere better; equal rows do not dominate each other. A row
    with a NaN is not on the front and dominates nobody.
    """
    usable = np.isfinite(values).all(axis=1)
    no_worse = (values[:, None, :] >= values[None, :, :]).all(axis=2)
    better = (values[:, None, :] > values[None, :, :]).any(axis=2)
    dominated: NDArray[np.bool_] = (no_worse & better & usable[:, None]).any(axis=0)
    return usable & ~dominated
