"""Outputs to the numbers of a box, compiled: it happens once a tick, and must not hold the GIL."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from python_training.compiled.kernel import kernel
from python_training.systems.neat.scale import Scale


@kernel
def scale_outputs(scale: Scale, outputs: NDArray[np.float64], actions: NDArray[np.float32]) -> None:
    """Write `actions` (N, A) for `outputs` (N, A)."""
    for row in range(outputs.shape[0]):
        for k in range(outputs.shape[1]):
            raw = outputs[row, k]
            if math.isnan(raw):
                raw = 0.0
            raw = min(max(raw, scale.floor[k]), scale.ceiling[k])
            number = scale.offset[k] + scale.gain[k] * raw
            actions[row, k] = min(max(number, scale.low[k]), scale.high[k])
