"""What drones, turrets and hunters decide."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from python_training.compiled import inlined
from python_training.simulators.arena.generator import uniform
from python_training.simulators.arena.geometry import clamped, shortest
from python_training.simulators.arena.parameters import Parameters
from python_training.simulators.arena.state import DRONE, HUNTER, NOBODY, Ship
from python_training.simulators.arena.targeting import aim, bearing, nearest_enemy

ARRIVED = 60.0
"""Distance (px) from its goal at which a drone thinks of another."""
DRONE_TRIGGER, TURRET_TRIGGER, HUNTER_TRIGGER = 0.30, 0.15, 0.15
"""They fire when their nose is off the aim by less than this (rad)."""
DRONE_LEAD, TURRET_LEAD, HUNTER_LEAD = 0.0, 0.5, 0.8
"""How much of a target's motion they aim ahead of."""
HUNTER_NEAR, HUNTER_FAR = 120.0, 200.0
"""A hunter backs off when nearer and closes in when farther (px)."""
REACH = 0.9
"""They fire at targets within this share of their range."""


@inlined
def new_goal(ship: Ship, rng: NDArray[np.int64], p: Parameters) -> None:
    """Send a drone somewhere else."""
    margin = 3.0 * ship.radius
    ship.goal_x = uniform(rng, margin, p.space.width - margin)
    ship.goal_y = uniform(rng, margin, p.space.height - margin)


@inlined
def decide(ships: Any, ship: Ship, rng: NDArray[np.int64], p: Parameters) -> None:
    """Let a scripted enemy decide; `ships` (S,) are all that there are."""
    kind, space = p.kinds[ship.kind], p.space
    target = nearest_enemy(ships, ship, space)
    error, distance, thrust, trigger = 0.0, math.inf, 0.0, TURRET_TRIGGER
    if target != NOBODY:
        lead = TURRET_LEAD
        if ship.kind == DRONE:
            lead = DRONE_LEAD
        elif ship.kind == HUNTER:
            lead = HUNTER_LEAD
        error, distance = aim(ship, ships[target], lead, kind.muzzle, space)
    way = error
    if ship.kind == DRONE:
        trigger = DRONE_TRIGGER
        dx = shortest(ship.goal_x - ship.x, space.width, space.toroidal)
        dy = shortest(ship.goal_y - ship.y, space.height, space.toroidal)
        if dx * dx + dy * dy < ARRIVED * ARRIVED:
            new_goal(ship, rng, p)
        way = bearing(ship, dx, dy)
        thrust = 1.0 if abs(way) < 0.8 else 0.2
    elif ship.kind == HUNTER:
        trigger = HUNTER_TRIGGER
        if distance > HUNTER_FAR:
            thrust = 1.0 if abs(error) < 1.0 else 0.0
        elif distance < HUNTER_NEAR:
            thrust = -1.0
    ship.thrust = thrust
    ship.turn = clamped(way / (kind.turn_rate * space.dt * space.decision), 1.0)
    sees = target != NOBODY and abs(error) < trigger and distance < REACH * kind.muzzle * kind.life
    ship.fire = 1.0 if sees else 0.0
