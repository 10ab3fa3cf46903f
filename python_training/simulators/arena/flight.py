"""How ships move, bounce off walls and run into each other.

A tick integrates thrust and drag exactly along the mean of the headings before and after, so that the path hardly
depends on the length of a tick.
"""

from __future__ import annotations

import math
from typing import Any

from python_training.compiled.kernel import inlined
from python_training.simulators.arena.geometry import meeting, shortest, wrapped
from python_training.simulators.arena.parameters import Kind, Parameters, Space
from python_training.simulators.arena.state import NOBODY, Ship


@inlined
def fly(ship: Ship, kind: Kind, dt: float) -> None:
    """Move a ship as its pilot decided, through free space, remembering where it was."""
    ship.before_x, ship.before_y, ship.before_heading = ship.x, ship.y, ship.heading
    ship.before_vx, ship.before_vy = ship.vx, ship.vy
    heading = wrapped(ship.heading + ship.turn * kind.turn_rate * dt)
    cos, sin = math.cos(heading), math.sin(heading)
    if kind.inverse_mass > 0.0:
        mean_x, mean_y = ship.cos + cos, ship.sin + sin
        push = ship.thrust * kind.acceleration / math.sqrt(mean_x * mean_x + mean_y * mean_y)
        ax, ay = push * mean_x, push * mean_y
        vx, vy = ship.vx * kind.kept + ax * kind.gain, ship.vy * kind.kept + ay * kind.gain
        dx, dy = ship.vx * kind.gain + ax * kind.reach, ship.vy * kind.gain + ay * kind.reach
        speed = math.sqrt(vx * vx + vy * vy)
        if speed > kind.max_speed:
            vx *= kind.max_speed / speed
            vy *= kind.max_speed / speed
            dx, dy = 0.5 * (ship.vx + vx) * dt, 0.5 * (ship.vy + vy) * dt
        ship.vx, ship.vy = vx, vy
        ship.x += dx
        ship.y += dy
    ship.heading, ship.cos, ship.sin = heading, cos, sin


@inlined
def keep_inside(ship: Ship, space: Space) -> None:
    """Bounce off the walls."""
    if ship.x < ship.radius:
        ship.x = ship.radius
        ship.vx = max(ship.vx, -space.restitution * ship.vx)
    elif ship.x > space.width - ship.radius:
        ship.x = space.width - ship.radius
        ship.vx = min(ship.vx, -space.restitution * ship.vx)
    if ship.y < ship.radius:
        ship.y = ship.radius
        ship.vy = max(ship.vy, -space.restitution * ship.vy)
    elif ship.y > space.height - ship.radius:
        ship.y = space.height - ship.radius
        ship.vy = min(ship.vy, -space.restitution * ship.vy)


@inlined
def damage(ship: Ship, points: float, now: float) -> float:
    """Take points of the shield, then of the hull; how many were there to take. At none left the ship is lost."""
    taken = min(points, ship.shield + ship.hull)
    of_shield = min(taken, ship.shield)
    ship.shield -= of_shield
    ship.hull -= taken - of_shield
    ship.taken += taken
    ship.struck = now
    if ship.hull <= 0.0:
        ship.alive = 0
        ship.lost = now
        ship.killer = NOBODY
    return taken


@inlined
def _bump(one: Ship, two: Ship, p: Parameters, now: float) -> None:
    """Stop two ships where they met in this tick, let them bounce, and let both lose points by their approach speed.

    An impulse along the line of centres between equal masses, or against an immovable one.
    """
    space = p.space
    rx = shortest(two.before_x - one.before_x, space.width, space.toroidal)
    ry = shortest(two.before_y - one.before_y, space.height, space.toroidal)
    mx, my = two.x - two.before_x - one.x + one.before_x, two.y - two.before_y - one.y + one.before_y
    room = one.radius + two.radius
    when = meeting(rx, ry, mx, my, room)
    if when > 1.0:
        return
    movable = p.kinds[one.kind].inverse_mass
    together = movable + p.kinds[two.kind].inverse_mass
    if together == 0.0:
        return
    if when > 0.0:  # they were apart
        one.x, one.y = one.before_x + when * (one.x - one.before_x), one.before_y + when * (one.y - one.before_y)
        two.x, two.y = two.before_x + when * (two.x - two.before_x), two.before_y + when * (two.y - two.before_y)
        rx, ry = rx + when * mx, ry + when * my
    else:
        rx, ry = rx + mx, ry + my
    distance = math.sqrt(rx * rx + ry * ry)
    nx, ny = (rx / distance, ry / distance) if distance > 0.0 else (1.0, 0.0)
    first, second = movable / together, 1.0 - movable / together
    overlap = max(room - distance, 0.0)
    one.x -= first * overlap * nx
    one.y -= first * overlap * ny
    two.x += second * overlap * nx
    two.y += second * overlap * ny
    approach = (one.vx - two.vx) * nx + (one.vy - two.vy) * ny
    if approach <= 0.0:
        return
    impulse = (1.0 + space.restitution) * approach
    one.vx -= first * impulse * nx
    one.vy -= first * impulse * ny
    two.vx += second * impulse * nx
    two.vy += second * impulse * ny
    damage(one, space.ram * approach, now)
    damage(two, space.ram * approach, now)


@inlined
def collide(ships: Any, p: Parameters, now: float) -> None:
    """Let all pairs of `ships` (S,) that met in this tick bounce."""
    for a in range(ships.shape[0]):
        for b in range(a + 1, ships.shape[0]):
            if ships[a].alive and ships[b].alive:
                _bump(ships[a], ships[b], p, now)


@inlined
def settle(ship: Ship, space: Space) -> None:
    """Note how far a ship came in this tick, and let one that left a toroidal arena come in on the other side."""
    ship.dx, ship.dy = ship.x - ship.before_x, ship.y - ship.before_y
    if space.toroidal:
        ship.x %= space.width
        ship.y %= space.height
