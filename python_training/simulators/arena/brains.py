"""What drones, turrets and hunters decide."""

from __future__ import annotations

import math

from python_training.compiled import inlined
from python_training.simulators.arena.generator import uniform
from python_training.simulators.arena.geometry import clamped, shortest
from python_training.simulators.arena.parameters import Parameters
from python_training.simulators.arena.state import DRONE, HUNTER, NOBODY, State
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
def new_goal(state: State, i: int, k: int, p: Parameters) -> None:
    """Send a drone somewhere else."""
    margin = 3.0 * p.kinds[DRONE].radius
    state.goal[i, k, 0] = uniform(state.rng[i], margin, p.space.width - margin)
    state.goal[i, k, 1] = uniform(state.rng[i], margin, p.space.height - margin)


@inlined
def decide(state: State, i: int, k: int, p: Parameters) -> None:
    """Fill the command of the scripted enemy in slot `k`."""
    kind, space = p.kinds[state.kind[i, k]], p.space
    step = kind.turn_rate * space.dt * space.decision
    target = nearest_enemy(state, i, k, space)
    error, distance, thrust, trigger = 0.0, math.inf, 0.0, TURRET_TRIGGER
    if target != NOBODY:
        lead = TURRET_LEAD
        if state.kind[i, k] == DRONE:
            lead = DRONE_LEAD
        elif state.kind[i, k] == HUNTER:
            lead = HUNTER_LEAD
        error, distance = aim(state, i, k, target, lead, kind.muzzle, space)
    way = error
    if state.kind[i, k] == DRONE:
        trigger = DRONE_TRIGGER
        dx = shortest(state.goal[i, k, 0] - state.pose[i, k, 0], space.width, space.toroidal)
        dy = shortest(state.goal[i, k, 1] - state.pose[i, k, 1], space.height, space.toroidal)
        if dx * dx + dy * dy < ARRIVED * ARRIVED:
            new_goal(state, i, k, p)
        way = bearing(state, i, k, dx, dy)
        thrust = 1.0 if abs(way) < 0.8 else 0.2
    elif state.kind[i, k] == HUNTER:
        trigger = HUNTER_TRIGGER
        if distance > HUNTER_FAR:
            thrust = 1.0 if abs(error) < 1.0 else 0.0
        elif distance < HUNTER_NEAR:
            thrust = -1.0
    state.command[i, k, 0] = thrust
    state.command[i, k, 1] = clamped(way / step, 1.0)
    sees = target != NOBODY and abs(error) < trigger and distance < REACH * kind.muzzle * kind.life
    state.command[i, k, 2] = 1.0 if sees else 0.0
