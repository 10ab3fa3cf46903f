"""Zones and distances to them."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from python_training.compiled.kernel import inlined
from python_training.simulators.lunabotics.state import ZONE_NONE, ZONE_ORDER


@inlined
def zone_at(x: float, y: float, zones: NDArray[np.float64]) -> int:
    """The zone of a point."""
    for zone in ZONE_ORDER:
        if zones[zone, 0] <= x <= zones[zone, 2] and zones[zone, 1] <= y <= zones[zone, 3]:
            return zone
    return ZONE_NONE


@inlined
def distance_to_box(x: float, y: float, box: NDArray[np.float64]) -> float:
    """Distance (m) from a point to a box (4,), 0 inside."""
    across = max(box[0] - x, 0.0, x - box[2])
    along = max(box[1] - y, 0.0, y - box[3])
    return math.sqrt(across * across + along * along)


@inlined
def wrapped(angle: float) -> float:
    """The same angle in [-pi, pi]."""
    if angle > math.pi:
        return angle - 2.0 * math.pi
    if angle < -math.pi:
        return angle + 2.0 * math.pi
    return angle
