"""How pilots and waves of enemies come into the arena."""

from __future__ import annotations

import math

from python_training.compiled import inlined
from python_training.simulators.arena.brains import new_goal
from python_training.simulators.arena.generator import uniform
from python_training.simulators.arena.geometry import shortest
from python_training.simulators.arena.parameters import Parameters, Space
from python_training.simulators.arena.state import DRONE, FIGHTER, HUNTER, NOBODY, TURRET, State

ENEMY_TEAM = -1
"""The team of scripted enemies."""
ATTEMPTS = 30
"""Places tried for a ship; the last one is taken, however crowded."""
ELBOW_ROOM = 20.0
"""Least gap (px) between ships that appear."""
READY = 0.5
"""Least time (s) before an enemy that appears may fire."""


@inlined
def _free(state: State, i: int, k: int, radius: float, distance: float, seats: int, p: Parameters) -> bool:
    """Whether ship `k` has elbow room where it is and is `distance` from the pilots, measured between centres."""
    space = p.space
    for other in range(state.alive.shape[1]):
        if not state.alive[i, other] or other == k:
            continue
        dx = shortest(state.pose[i, other, 0] - state.pose[i, k, 0], space.width, space.toroidal)
        dy = shortest(state.pose[i, other, 1] - state.pose[i, k, 1], space.height, space.toroidal)
        room = radius + p.kinds[state.kind[i, other]].radius + ELBOW_ROOM
        if other < seats:
            room = max(room, distance)
        if dx * dx + dy * dy < room * room:
            return False
    return True


@inlined
def _appear(state: State, i: int, k: int, kind: int, team: int, p: Parameters) -> None:
    """A new ship in slot `k`, at rest at its place, its gun ready; nothing of the slot's last ship is left."""
    heading = uniform(state.rng[i], -math.pi, math.pi)
    state.pose[i, k, 2] = heading
    state.nose[i, k, 0] = math.cos(heading)
    state.nose[i, k, 1] = math.sin(heading)
    state.velocity[i, k, 0] = 0.0
    state.velocity[i, k, 1] = 0.0
    state.hull[i, k] = p.kinds[kind].hull
    state.shield[i, k] = p.kinds[kind].shield
    state.cooldown[i, k] = 0.0
    state.command[i, k, :] = 0.0
    state.goal[i, k, :] = 0.0
    state.kind[i, k] = kind
    state.team[i, k] = team
    state.alive[i, k] = True
    state.serial[i, k] = state.serials[i]
    state.serials[i] += 1
    state.struck[i, k] = -1.0
    state.lost[i, k] = -1.0
    state.killer[i, k] = NOBODY
    state.shots[i, k] = 0
    state.hits[i, k] = 0
    state.kills[i, k] = 0
    state.dealt[i, k] = 0.0
    state.taken[i, k] = 0.0


@inlined
def seat_pilots(state: State, i: int, p: Parameters) -> None:
    """Put the pilots' ships where the scenario wants them, at random within their bands."""
    seats = p.teams.shape[0]
    for k in range(seats):
        for _ in range(ATTEMPTS):
            state.pose[i, k, 0] = uniform(state.rng[i], p.starts[k, 0], p.starts[k, 1])
            state.pose[i, k, 1] = uniform(state.rng[i], p.starts[k, 2], p.starts[k, 3])
            if _free(state, i, k, p.kinds[FIGHTER].radius, 0.0, seats, p):
                break
        _appear(state, i, k, FIGHTER, p.teams[k], p)


@inlined
def send_wave(state: State, i: int, p: Parameters) -> None:
    """Let the next wave appear, away from the pilots."""
    seats, waves, space = p.teams.shape[0], p.waves, p.space
    count = min(waves.first + waves.growth * state.wave[i], waves.largest)
    for k in range(seats, seats + count):
        share = uniform(state.rng[i], 0.0, 1.0)
        kind = HUNTER
        if share < waves.drones:
            kind = DRONE
        elif share < waves.turrets:
            kind = TURRET
        radius = p.kinds[kind].radius
        for _ in range(ATTEMPTS):
            state.pose[i, k, 0] = uniform(state.rng[i], 2.0 * radius, space.width - 2.0 * radius)
            state.pose[i, k, 1] = uniform(state.rng[i], 2.0 * radius, space.height - 2.0 * radius)
            if _free(state, i, k, radius, waves.distance, seats, p):
                break
        _appear(state, i, k, kind, ENEMY_TEAM, p)
        state.cooldown[i, k] = uniform(state.rng[i], READY, READY + p.kinds[kind].interval)
        if kind == DRONE:
            new_goal(state, i, k, p)
    state.wave[i] += 1


@inlined
def await_wave(state: State, i: int, p: Parameters, space: Space) -> None:
    """When all enemies are gone, count down to the next wave."""
    for k in range(p.teams.shape[0], state.alive.shape[1]):
        if state.alive[i, k]:
            return
    state.lull[i] -= space.dt
    if state.lull[i] <= 1e-9:
        send_wave(state, i, p)
        state.lull[i] = p.waves.lull
