"""Who is nearest, and where to point the nose so that a bullet meets them."""

from __future__ import annotations

import math
from typing import Any

from python_training.compiled.kernel import inlined
from python_training.simulators.arena.geometry import clamped, shortest
from python_training.simulators.arena.parameters import Parameters, Space
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
def aim(ship: Ship, target: Ship, lead: float, p: Parameters) -> tuple[float, float]:
    """The bearing (rad) at which a bullet of `ship` meets `target`, and its distance (px).

    `lead` is how much of the target's motion, as seen from the gun, is thought of: that it flies on with its velocity
    and the acceleration of the last tick, of which no more is believed than its drive can do. The time of flight is
    found in two rounds, which is a few px off at most.
    """
    space, muzzle, most = p.space, p.kinds[ship.kind].muzzle, p.kinds[target.kind].acceleration
    dx = shortest(target.x - ship.x, space.width, space.toroidal)
    dy = shortest(target.y - ship.y, space.height, space.toroidal)
    distance = math.sqrt(dx * dx + dy * dy)
    wx, wy = lead * (target.vx - ship.vx), lead * (target.vy - ship.vy)
    ax = 0.5 * lead * clamped((target.vx - target.before_vx) / space.dt, most)
    ay = 0.5 * lead * clamped((target.vy - target.before_vy) / space.dt, most)
    time = distance / muzzle
    x, y = dx + (wx + ax * time) * time, dy + (wy + ay * time) * time
    time = math.sqrt(x * x + y * y) / muzzle
    return bearing(ship, dx + (wx + ax * time) * time, dy + (wy + ay * time) * time), distance
