"""Guns and bullets. A gun fires within a tick when it is ready, not when the tick begins, so that four shots a second
are four shots a second whatever the tick; and a bullet hits whatever it would touch between two ticks.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from python_training.compiled import inlined
from python_training.simulators.arena.flight import damage
from python_training.simulators.arena.generator import uniform
from python_training.simulators.arena.geometry import shortest
from python_training.simulators.arena.parameters import Kind, Parameters
from python_training.simulators.arena.state import NOBODY, State


@inlined
def fire(
    state: State, i: int, k: int, kind: Kind, dt: float, before: NDArray[np.float64], moved: NDArray[np.float64]
) -> None:
    """Let ship `k` fire if its pilot pulls the trigger and the gun gets ready within this tick.

    `before` (S, 5) is where ships were, `moved` (S, 2) how they moved in this tick.
    """
    wait = state.cooldown[i, k]
    if state.command[i, k, 2] <= 0.5 or wait >= dt:
        state.cooldown[i, k] = max(wait - dt, 0.0)
        return
    state.cooldown[i, k] = max(wait + kind.interval - dt, 0.0)
    state.shots[i, k] += 1
    b = state.bullets[i]
    if b == state.bullet.shape[1]:
        return
    share = wait / dt
    heading = before[k, 2] + state.command[i, k, 1] * kind.turn_rate * wait
    if kind.spread > 0.0:
        heading += uniform(state.rng[i], -kind.spread, kind.spread)
    cos, sin = math.cos(heading), math.sin(heading)
    state.bullet[i, b, 0] = before[k, 0] + share * moved[k, 0] + kind.radius * cos
    state.bullet[i, b, 1] = before[k, 1] + share * moved[k, 1] + kind.radius * sin
    state.bullet[i, b, 2] = before[k, 3] + share * (state.velocity[i, k, 0] - before[k, 3]) + kind.muzzle * cos
    state.bullet[i, b, 3] = before[k, 4] + share * (state.velocity[i, k, 1] - before[k, 4]) + kind.muzzle * sin
    state.bullet[i, b, 4] = kind.life
    state.bullet[i, b, 5] = wait
    state.bullet[i, b, 6] = kind.damage
    state.bullet_owner[i, b] = k
    state.bullet_team[i, b] = state.team[i, k]
    state.bullet_serial[i, b] = state.serials[i]
    state.serials[i] += 1
    state.bullets[i] = b + 1


@inlined
def meeting(rx: float, ry: float, dx: float, dy: float, radius: float) -> float:
    """When a point that starts at (rx, ry) and moves by (dx, dy) enters the circle around the origin.

    As a share of the move; 0 if it starts inside, 2 if it does not get there.
    """
    outside = rx * rx + ry * ry - radius * radius
    if outside <= 0.0:
        return 0.0
    square = dx * dx + dy * dy
    inward = rx * dx + ry * dy
    if inward >= 0.0:
        return 2.0
    if inward + square < 0.0 and outside + 2.0 * inward + square > 0.0:  # still coming nearer, and not there yet
        return 2.0
    root = inward * inward - square * outside
    if root < 0.0:
        return 2.0
    return (-inward - math.sqrt(root)) / square


@inlined
def fly_bullets(
    state: State, i: int, ships: int, p: Parameters, before: NDArray[np.float64], moved: NDArray[np.float64], now: float
) -> None:
    """Move all bullets of copy `i` through this tick; each takes points of the first hostile ship that it meets.

    Ships move straight from where they were to where they are. Bullets are taken oldest first: what an older one
    destroyed, a younger one passes.
    """
    space = p.space
    kept = 0
    for b in range(state.bullets[i]):
        wait = state.bullet[i, b, 5]
        flight = min(space.dt - wait, state.bullet[i, b, 4])
        x, y = state.bullet[i, b, 0], state.bullet[i, b, 1]
        dx, dy = state.bullet[i, b, 2] * flight, state.bullet[i, b, 3] * flight
        begin, part = wait / space.dt, flight / space.dt
        struck, soonest = NOBODY, 1.0
        for k in range(ships):
            if not state.alive[i, k] or state.team[i, k] == state.bullet_team[i, b]:
                continue
            rx = shortest(x - before[k, 0] - begin * moved[k, 0], space.width, space.toroidal)
            ry = shortest(y - before[k, 1] - begin * moved[k, 1], space.height, space.toroidal)
            radius = p.kinds[state.kind[i, k]].radius
            when = meeting(rx, ry, dx - part * moved[k, 0], dy - part * moved[k, 1], radius)
            if when < soonest or (struck == NOBODY and when == soonest):
                struck, soonest = k, when
        if struck != NOBODY:
            owner = state.bullet_owner[i, b]
            dealt = damage(state, i, struck, state.bullet[i, b, 6], now)
            state.hits[i, owner] += 1
            state.dealt[i, owner] += dealt
            if not state.alive[i, struck]:
                state.killer[i, struck] = owner
                state.kills[i, owner] += 1
            continue
        life = state.bullet[i, b, 4] - flight
        x, y = x + dx, y + dy
        if space.toroidal:
            x, y = x % space.width, y % space.height
        if life <= 1e-9 or x < 0.0 or y < 0.0 or x > space.width or y > space.height:
            continue
        state.bullet[i, kept, 0] = x
        state.bullet[i, kept, 1] = y
        state.bullet[i, kept, 2] = state.bullet[i, b, 2]
        state.bullet[i, kept, 3] = state.bullet[i, b, 3]
        state.bullet[i, kept, 4] = life
        state.bullet[i, kept, 5] = 0.0
        state.bullet[i, kept, 6] = state.bullet[i, b, 6]
        state.bullet_owner[i, kept] = state.bullet_owner[i, b]
        state.bullet_team[i, kept] = state.bullet_team[i, b]
        state.bullet_serial[i, kept] = state.bullet_serial[i, b]
        kept += 1
    state.bullets[i] = kept
