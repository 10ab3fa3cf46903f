"""Who is nearest, and where to point the nose so that a bullet meets them."""

from __future__ import annotations

import math

from python_training.compiled import inlined
from python_training.simulators.arena.geometry import shortest
from python_training.simulators.arena.parameters import Space
from python_training.simulators.arena.state import NOBODY, State


@inlined
def nearest_enemy(state: State, i: int, k: int, space: Space) -> int:
    """The slot of the nearest ship of another team, NOBODY if there is none."""
    best, best_square = NOBODY, math.inf
    for other in range(state.alive.shape[1]):
        if not state.alive[i, other] or state.team[i, other] == state.team[i, k]:
            continue
        dx = shortest(state.pose[i, other, 0] - state.pose[i, k, 0], space.width, space.toroidal)
        dy = shortest(state.pose[i, other, 1] - state.pose[i, k, 1], space.height, space.toroidal)
        square = dx * dx + dy * dy
        if square < best_square:
            best, best_square = other, square
    return best


@inlined
def bearing(state: State, i: int, k: int, dx: float, dy: float) -> float:
    """The angle (rad) from the nose of ship `k` to the direction (dx, dy), positive to the left."""
    cos, sin = state.nose[i, k, 0], state.nose[i, k, 1]
    return math.atan2(cos * dy - sin * dx, cos * dx + sin * dy)


@inlined
def aim(state: State, i: int, k: int, target: int, lead: float, muzzle: float, space: Space) -> tuple[float, float]:
    """The bearing (rad) at which a bullet meets `target`, and its distance (px).

    `lead` is how much of the target's motion, as seen from the gun, is thought of. The time of flight is found in two
    rounds, which is a few px off at most.
    """
    dx = shortest(state.pose[i, target, 0] - state.pose[i, k, 0], space.width, space.toroidal)
    dy = shortest(state.pose[i, target, 1] - state.pose[i, k, 1], space.height, space.toroidal)
    distance = math.sqrt(dx * dx + dy * dy)
    wx = lead * (state.velocity[i, target, 0] - state.velocity[i, k, 0])
    wy = lead * (state.velocity[i, target, 1] - state.velocity[i, k, 1])
    time = distance / muzzle
    time = math.sqrt((dx + wx * time) ** 2 + (dy + wy * time) ** 2) / muzzle
    return bearing(state, i, k, dx + wx * time, dy + wy * time), distance
