"""What drones, turrets and hunters decide."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from python_training.compiled.generator import uniform
from python_training.compiled.kernel import inlined
from python_training.simulators.arena.geometry import clamped, shortest
from python_training.simulators.arena.parameters import Parameters
from python_training.simulators.arena.state import NOBODY, Ship
from python_training.simulators.arena.targeting import aim, bearing, nearest_enemy

ARRIVED = 60.0
"""Distance (px) from its goal at which a roaming enemy thinks of another."""
AHEAD = 0.8
"""While its goal is off its nose by more than this (rad), a roaming enemy slows down and a hunter stops."""


@inlined
def _new_goal(ship: Ship, pilot: Ship, roam: float, rng: NDArray[np.int64], p: Parameters) -> None:
    """Send a roaming enemy somewhere around `pilot`."""
    margin = 2.0 * ship.radius
    ship.goal_x = min(max(pilot.x + uniform(rng, -roam, roam), margin), p.space.width - margin)
    ship.goal_y = min(max(pilot.y + uniform(rng, -roam, roam), margin), p.space.height - margin)


@inlined
def decide(ships: Any, ship: Ship, rng: NDArray[np.int64], p: Parameters) -> None:
    """Let a scripted enemy decide; `ships` (S,) are all that there are."""
    target = nearest_enemy(ships, ship, p.space)
    ship.thrust = ship.turn = ship.fire = 0.0
    if target == NOBODY:
        return
    kind, mind, space = p.kinds[ship.kind], p.minds[ship.kind - 1], p.space
    error, distance = aim(ship, ships[target], mind.lead, p)
    way = error
    if mind.roam > 0.0:
        dx = shortest(ship.goal_x - ship.x, space.width, space.toroidal)
        dy = shortest(ship.goal_y - ship.y, space.height, space.toroidal)
        if dx * dx + dy * dy < ARRIVED * ARRIVED:
            _new_goal(ship, ships[target], mind.roam, rng, p)
        way = bearing(ship, dx, dy)
        ship.thrust = 1.0 if abs(way) < AHEAD else 0.2
    elif distance < mind.near:
        ship.thrust = -1.0
    elif distance > mind.far and abs(error) < AHEAD:
        ship.thrust = 1.0
    ship.turn = clamped(way / (kind.turn_rate * space.dt * space.decision), 1.0)
    ship.fire = 1.0 if abs(error) < mind.trigger and distance < mind.reach else 0.0
