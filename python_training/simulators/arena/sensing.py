"""What a pilot observes: 23 numbers in [-1, 1], as seen from its ship."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from python_training.compiled import inlined
from python_training.simulators.arena.geometry import clamped, shortest
from python_training.simulators.arena.parameters import Parameters
from python_training.simulators.arena.state import FIGHTER, NOBODY, OBSERVATION_SIZE, State


@inlined
def _tell_nothing(row: NDArray[np.float32], at: int) -> None:
    """Five numbers for something that is not there: as far as can be, in no direction."""
    row[at] = 1.0
    for number in range(at + 1, at + 5):
        row[number] = 0.0


@inlined
def _tell(
    row: NDArray[np.float32],
    at: int,
    state: State,
    i: int,
    k: int,
    place: tuple[float, float],
    velocity: tuple[float, float],
    scale: float,
    closing_scale: float,
) -> None:
    """Five numbers: range, sine and cosine of the bearing, closing and lateral speed.

    `place` and `velocity` are relative to ship `k`. Lateral is positive when it drifts to the left.
    """
    dx, dy = place
    wx, wy = velocity
    distance = max(math.sqrt(dx * dx + dy * dy), 1e-9)
    ux, uy = dx / distance, dy / distance
    cos, sin = state.nose[i, k, 0], state.nose[i, k, 1]
    row[at] = min(distance / scale, 1.0)
    row[at + 1] = clamped(cos * uy - sin * ux, 1.0)
    row[at + 2] = clamped(cos * ux + sin * uy, 1.0)
    row[at + 3] = clamped(-(wx * ux + wy * uy) / closing_scale, 1.0)
    row[at + 4] = clamped((wy * ux - wx * uy) / closing_scale, 1.0)


@inlined
def _to_wall(x: float, y: float, cos: float, sin: float, p: Parameters) -> float:
    """Distance from (x, y) to the wall in the direction (cos, sin), as a share of the arena's diagonal."""
    if p.space.toroidal:
        return 1.0
    far = p.scales.range
    if cos > 1e-9:
        far = min(far, (p.space.width - x) / cos)
    elif cos < -1e-9:
        far = min(far, -x / cos)
    if sin > 1e-9:
        far = min(far, (p.space.height - y) / sin)
    elif sin < -1e-9:
        far = min(far, -y / sin)
    return max(far / p.scales.range, 0.0)


@inlined
def observe(state: State, i: int, k: int, row: NDArray[np.float32], p: Parameters) -> None:
    """Fill `row` (23,) for the pilot of ship `k`; zeros if it is lost."""
    if not state.alive[i, k]:
        for number in range(OBSERVATION_SIZE):
            row[number] = 0.0
        return
    space, scales, kind = p.space, p.scales, p.kinds[FIGHTER]
    x, y = state.pose[i, k, 0], state.pose[i, k, 1]
    vx, vy = state.velocity[i, k, 0], state.velocity[i, k, 1]
    first, second, first_square, second_square = NOBODY, NOBODY, math.inf, math.inf
    for other in range(state.alive.shape[1]):
        if not state.alive[i, other] or state.team[i, other] == state.team[i, k]:
            continue
        dx = shortest(state.pose[i, other, 0] - x, space.width, space.toroidal)
        dy = shortest(state.pose[i, other, 1] - y, space.height, space.toroidal)
        square = dx * dx + dy * dy
        if square < first_square:
            second, second_square = first, first_square
            first, first_square = other, square
        elif square < second_square:
            second, second_square = other, square
    for slot in range(2):
        other = first if slot == 0 else second
        if other == NOBODY:
            _tell_nothing(row, 5 * slot)
            continue
        dx = shortest(state.pose[i, other, 0] - x, space.width, space.toroidal)
        dy = shortest(state.pose[i, other, 1] - y, space.height, space.toroidal)
        drift = (state.velocity[i, other, 0] - vx, state.velocity[i, other, 1] - vy)
        _tell(row, 5 * slot, state, i, k, (dx, dy), drift, scales.range, scales.closing)
    cos, sin = state.nose[i, k, 0], state.nose[i, k, 1]
    row[10] = clamped((vx * cos + vy * sin) / scales.speed, 1.0)
    row[11] = clamped((vy * cos - vx * sin) / scales.speed, 1.0)
    row[12] = state.hull[i, k] / kind.hull
    row[13] = state.shield[i, k] / kind.shield if kind.shield > 0.0 else 0.0
    row[14] = min(state.cooldown[i, k] / kind.interval, 1.0)
    nearest, nearest_square = NOBODY, scales.bullet * scales.bullet
    for b in range(state.bullets[i]):
        if state.bullet_team[i, b] == state.team[i, k]:
            continue
        dx = shortest(state.bullet[i, b, 0] - x, space.width, space.toroidal)
        dy = shortest(state.bullet[i, b, 1] - y, space.height, space.toroidal)
        square = dx * dx + dy * dy
        if square < nearest_square:
            nearest, nearest_square = b, square
    if nearest == NOBODY:
        _tell_nothing(row, 15)
    else:
        dx = shortest(state.bullet[i, nearest, 0] - x, space.width, space.toroidal)
        dy = shortest(state.bullet[i, nearest, 1] - y, space.height, space.toroidal)
        drift = (state.bullet[i, nearest, 2] - vx, state.bullet[i, nearest, 3] - vy)
        _tell(row, 15, state, i, k, (dx, dy), drift, scales.bullet, scales.closing)
    row[20] = _to_wall(x, y, cos, sin, p)
    row[21] = _to_wall(x, y, -sin, cos, p)
    row[22] = _to_wall(x, y, sin, -cos, p)
