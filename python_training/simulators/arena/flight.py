"""How ships move, bounce off walls and run into each other.

A tick integrates thrust and drag exactly along the mean of the headings before and after, so that the path hardly
depends on the length of a tick.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from python_training.compiled import inlined
from python_training.simulators.arena.geometry import shortest, wrapped
from python_training.simulators.arena.parameters import Kind, Parameters, Space
from python_training.simulators.arena.state import NOBODY, State


@inlined
def fly(state: State, i: int, k: int, kind: Kind, dt: float) -> None:
    """Move ship `k` of copy `i` as its command says, through free space."""
    heading = wrapped(state.pose[i, k, 2] + state.command[i, k, 1] * kind.turn_rate * dt)
    cos, sin = math.cos(heading), math.sin(heading)
    vx, vy = state.velocity[i, k, 0], state.velocity[i, k, 1]
    if kind.inverse_mass > 0.0:
        mean_x, mean_y = state.nose[i, k, 0] + cos, state.nose[i, k, 1] + sin
        push = state.command[i, k, 0] * kind.acceleration / math.sqrt(mean_x * mean_x + mean_y * mean_y)
        ax, ay = push * mean_x, push * mean_y
        new_vx, new_vy = vx * kind.kept + ax * kind.gain, vy * kind.kept + ay * kind.gain
        dx, dy = vx * kind.gain + ax * kind.reach, vy * kind.gain + ay * kind.reach
        speed = math.sqrt(new_vx * new_vx + new_vy * new_vy)
        if speed > kind.max_speed:
            new_vx *= kind.max_speed / speed
            new_vy *= kind.max_speed / speed
            dx, dy = 0.5 * (vx + new_vx) * dt, 0.5 * (vy + new_vy) * dt
        state.velocity[i, k, 0] = new_vx
        state.velocity[i, k, 1] = new_vy
        state.pose[i, k, 0] += dx
        state.pose[i, k, 1] += dy
    state.pose[i, k, 2] = heading
    state.nose[i, k, 0] = cos
    state.nose[i, k, 1] = sin


@inlined
def keep_inside(state: State, i: int, k: int, radius: float, space: Space) -> None:
    """Bounce off the walls."""
    for axis in range(2):
        most = (space.width if axis == 0 else space.height) - radius
        if state.pose[i, k, axis] < radius:
            state.pose[i, k, axis] = radius
            if state.velocity[i, k, axis] < 0.0:
                state.velocity[i, k, axis] *= -space.restitution
        elif state.pose[i, k, axis] > most:
            state.pose[i, k, axis] = most
            if state.velocity[i, k, axis] > 0.0:
                state.velocity[i, k, axis] *= -space.restitution


@inlined
def damage(state: State, i: int, k: int, points: float, now: float) -> float:
    """Take points of the shield, then of the hull; how many were there to take. At none left the ship is lost."""
    taken = min(points, state.shield[i, k] + state.hull[i, k])
    of_shield = min(taken, state.shield[i, k])
    state.shield[i, k] -= of_shield
    state.hull[i, k] -= taken - of_shield
    state.taken[i, k] += taken
    state.struck[i, k] = now
    if state.hull[i, k] <= 0.0:
        state.alive[i, k] = False
        state.lost[i, k] = now
        state.killer[i, k] = NOBODY
    return taken  # type: ignore[no-any-return]  # a float64


@inlined
def collide(state: State, i: int, ships: int, p: Parameters, now: float) -> None:
    """Part ships that overlap, let them bounce, and let both lose points by the speed of their approach.

    An impulse along the line of centres between equal masses, or against an immovable one.
    """
    space = p.space
    for a in range(ships):
        for b in range(a + 1, ships):
            if not (state.alive[i, a] and state.alive[i, b]):
                continue
            one, two = p.kinds[state.kind[i, a]], p.kinds[state.kind[i, b]]
            dx = shortest(state.pose[i, b, 0] - state.pose[i, a, 0], space.width, space.toroidal)
            dy = shortest(state.pose[i, b, 1] - state.pose[i, a, 1], space.height, space.toroidal)
            room = one.radius + two.radius
            square = dx * dx + dy * dy
            if square >= room * room or one.inverse_mass + two.inverse_mass == 0.0:
                continue
            distance = math.sqrt(square)
            nx, ny = (dx / distance, dy / distance) if distance > 0.0 else (1.0, 0.0)
            share = one.inverse_mass / (one.inverse_mass + two.inverse_mass)
            overlap = room - distance
            state.pose[i, a, 0] -= share * overlap * nx
            state.pose[i, a, 1] -= share * overlap * ny
            state.pose[i, b, 0] += (1.0 - share) * overlap * nx
            state.pose[i, b, 1] += (1.0 - share) * overlap * ny
            approach = (state.velocity[i, a, 0] - state.velocity[i, b, 0]) * nx + (
                state.velocity[i, a, 1] - state.velocity[i, b, 1]
            ) * ny
            if approach <= 0.0:
                continue
            impulse = (1.0 + space.restitution) * approach
            state.velocity[i, a, 0] -= share * impulse * nx
            state.velocity[i, a, 1] -= share * impulse * ny
            state.velocity[i, b, 0] += (1.0 - share) * impulse * nx
            state.velocity[i, b, 1] += (1.0 - share) * impulse * ny
            damage(state, i, a, space.ram * approach, now)
            damage(state, i, b, space.ram * approach, now)


@inlined
def remember(state: State, i: int, ships: int, before: NDArray[np.float64]) -> None:
    """Write into `before` (S, 5) where ships are before they move: x, y, heading, vx, vy."""
    for k in range(ships):
        before[k, 0] = state.pose[i, k, 0]
        before[k, 1] = state.pose[i, k, 1]
        before[k, 2] = state.pose[i, k, 2]
        before[k, 3] = state.velocity[i, k, 0]
        before[k, 4] = state.velocity[i, k, 1]


@inlined
def wrap(state: State, i: int, k: int, space: Space) -> None:
    """Let a ship that left a toroidal arena come in on the other side."""
    state.pose[i, k, 0] %= space.width
    state.pose[i, k, 1] %= space.height
