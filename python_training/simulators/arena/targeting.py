"""Who is nearest, and where to point the nose so that a bullet meets them."""

from __future__ import annotations

import math
from typing import Any

from python_training.compiled import inlined
from python_training.simulators.arena.geometry import shortest
from python_training.simulators.arena.parameters import Space
from python_training.simulators.arena.state import NOBODY, Ship


@inlined
def nearest_enemy(ships: Any, ship: Ship, space: Space) -> int:
    """The slot among `ships` (S,) of the nearest one of another team, NOBODY if there is none."""
    best, best_square = NOBODY, math.inf
    for slot in range(ships.shape[0]):
        other = ships[slot]
        if not other.alive or other.team == ship.team:
            continue
        dx = shortest(other.x - ship.x, space.width, space.toroidal)
        dy = shortest(other.y - ship.y, space.height, space.toroidal)
        square = dx * dx + dy * dy
        if square < best_square:
            best, best_square = slot, square
    return best


@inlined
def bearing(ship: Ship, dx: float, dy: float) -> float:
    """The angle (rad) from the nose of `ship` to the direction (dx, dy), positive to the left."""
    return math.atan2(ship.cos * dy - ship.sin * dx, ship.cos * dx + ship.sin * dy)


@inlined
def aim(ship: Ship, target: Ship, lead: float, muzzle: float, space: Space) -> tuple[float, float]:
    """The bearing (rad) at which a bullet meets `target`, and its distance (px).

    `lead` is how much of the target's motion, as seen from the gun, is thought of. The time of flight is found in two
    rounds, which is a few px off at most.
    """
    dx = shortest(target.x - ship.x, space.width, space.toroidal)
    dy = shortest(target.y - ship.y, space.height, space.toroidal)
    distance = math.sqrt(dx * dx + dy * dy)
    wx, wy = lead * (target.vx - ship.vx), lead * (target.vy - ship.vy)
    time = distance / muzzle
    time = math.sqrt((dx + wx * time) ** 2 + (dy + wy * time) ** 2) / muzzle
    return bearing(ship, dx + wx * time, dy + wy * time), distance
