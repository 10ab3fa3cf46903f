"""Distances and angles, across the edge where the arena is toroidal."""

from __future__ import annotations

import math

from python_training.compiled import inlined


@inlined
def wrapped(angle: float) -> float:
    """The same angle in [-pi, pi]; it may be off by one turn at most."""
    if angle > math.pi:
        return angle - 2.0 * math.pi
    if angle < -math.pi:
        return angle + 2.0 * math.pi
    return angle


@inlined
def shortest(offset: float, size: float, toroidal: bool) -> float:
    """A difference of two coordinates the short way round, if there is a way round."""
    if toroidal:
        if offset > 0.5 * size:
            return offset - size
        if offset < -0.5 * size:
            return offset + size
    return offset


@inlined
def clamped(value: float, limit: float) -> float:
    """`value` within [-limit, limit]."""
    return min(max(value, -limit), limit)
