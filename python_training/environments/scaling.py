"""Outputs to the numbers of a box, compiled: it happens once a step, and must not hold the GIL."""

from __future__ import annotations

import math
from typing import Any

from numpy.typing import NDArray

from python_training.compiled.kernel import kernel
from python_training.environments.actions import Scale


@kernel
def scale_outputs(scale: Scale, outputs: NDArray[Any], numbers: NDArray[Any]) -> None:
    """Write `numbers` (N, A), float32 or float64, for `outputs` (N, A), either too; the work is done in float64."""
    for row in range(outputs.shape[0]):
        for k in range(outputs.shape[1]):
            raw = outputs[row, k]
            if math.isnan(raw):
                raw = 0.0
            raw = min(max(raw, scale.floor[k]), scale.ceiling[k])
            number = scale.offset[k] + scale.gain[k] * raw
            numbers[row, k] = min(max(number, scale.low[k]), scale.high[k])
