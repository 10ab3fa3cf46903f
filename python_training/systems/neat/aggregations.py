"""The aggregation functions that neat-python 2.0 ships, compiled.

Each does what its namesake in `neat.aggregations` does with a list, in the order of the list: a sum of floats depends
on it. Of an empty list the product is 1 and all others are 0.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from python_training.compiled.kernel import inlined
from python_training.systems.neat.functions import AGGREGATION_CODES, SUM

_PRODUCT = AGGREGATION_CODES["product"]
_MEAN = AGGREGATION_CODES["mean"]
_MEDIAN = AGGREGATION_CODES["median"]
_MAX = AGGREGATION_CODES["max"]
_MIN = AGGREGATION_CODES["min"]


@inlined
def _sum(values: NDArray[np.float64], start: int, end: int) -> float:
    total = 0.0
    for k in range(start, end):
        total += values[k]
    return total


@inlined
def _median(values: NDArray[np.float64], start: int, end: int) -> float:
    """The middle of values[start:end], which are sorted for it in place; of an even number the middle two's mean."""
    count = end - start
    if count <= 2:
        return _sum(values, start, end) / count
    for k in range(start + 1, end):
        moved, place = values[k], k
        while place > start and moved < values[place - 1]:
            values[place] = values[place - 1]
            place -= 1
        values[place] = moved
    middle = start + count // 2
    median: float = values[middle] if count % 2 == 1 else (values[middle - 1] + values[middle]) / 2.0
    return median


@inlined
def aggregation(code: int, values: NDArray[np.float64], start: int, end: int) -> float:
    """The aggregation function with this code, of values[start:end], whose order may change."""
    if code == SUM:
        return _sum(values, start, end)
    if code == _PRODUCT:
        product = 1.0
        for k in range(start, end):
            product *= values[k]
        return product
    if start == end:
        return 0.0
    if code == _MEAN:
        return _sum(values, start, end) / (end - start)
    if code == _MEDIAN:
        return _median(values, start, end)
    best: float = values[start]
    for k in range(start + 1, end):
        value = values[k]
        if code == _MAX:
            better = value > best
        elif code == _MIN:
            better = value < best
        else:
            better = abs(value) > abs(best)
        if better:
            best = value
    return best
