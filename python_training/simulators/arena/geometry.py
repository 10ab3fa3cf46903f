"""Distances and angles, across the edge where the arena is toroidal."""

from __future__ import annotations

import math

from python_training.compiled.kernel import inlined


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


@inlined
def meeting(rx: float, ry: float, dx: float, dy: float, radius: float) -> float:
    """When a point that starts at (rx, ry) and moves by (dx, dy) enters the circle around the origin.

    As a share of the move; 0 if it starts inside, 2 if it does not get there.
    """
    outside = rx * rx + ry * ry - radius * radius
    if outside <= 0.0:
        return 0.0
    inward = rx * dx + ry * dy
    if inward >= 0.0:
        return 2.0
    square = dx * dx + dy * dy
    if inward + square < 0.0 and outside + 2.0 * inward + square > 0.0:  # still coming nearer, and not there yet
        return 2.0
    root = inward * inward - square * outside
    if root < 0.0:
        return 2.0
    return (-inward - math.sqrt(root)) / square
