"""Guns and bullets. A gun fires within a tick when it is ready, not when the tick begins, so that four shots a second
are four shots a second whatever the tick; and a bullet hits whatever it would touch between two ticks.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from python_training.compiled import inlined
from python_training.simulators.arena.flight import damage
from python_training.simulators.arena.generator import uniform
from python_training.simulators.arena.geometry import shortest
from python_training.simulators.arena.parameters import Kind, Parameters
from python_training.simulators.arena.state import NOBODY, Bout, Bullet, Ship


@inlined
def shoot(ship: Ship, slot: int, kind: Kind, dt: float, bout: Bout, bullets: Any, rng: NDArray[np.int64]) -> None:
    """Let a ship that has moved fire, if its pilot pulls the trigger and the gun gets ready within this tick."""
    wait = ship.cooldown
    if ship.fire <= 0.5 or wait >= dt:
        ship.cooldown = max(wait - dt, 0.0)
        return
    ship.cooldown = max(wait + kind.interval - dt, 0.0)
    ship.shots += 1
    if bout.bullets == bullets.shape[0]:
        return
    share = wait / dt
    heading = ship.before_heading + ship.turn * kind.turn_rate * wait
    if kind.spread > 0.0:
        heading += uniform(rng, -kind.spread, kind.spread)
    cos, sin = math.cos(heading), math.sin(heading)
    bullet = bullets[bout.bullets]
    bullet.x = ship.before_x + share * ship.dx + kind.radius * cos
    bullet.y = ship.before_y + share * ship.dy + kind.radius * sin
    bullet.vx = ship.before_vx + share * (ship.vx - ship.before_vx) + kind.muzzle * cos
    bullet.vy = ship.before_vy + share * (ship.vy - ship.before_vy) + kind.muzzle * sin
    bullet.life = kind.life
    bullet.wait = wait
    bullet.damage = kind.damage
    bullet.owner = slot
    bullet.team = ship.team
    bullet.serial = bout.serials
    bout.serials += 1
    bout.bullets += 1


@inlined
def repair(ship: Ship, points: float, kind: Kind) -> None:
    """Give points of hull back, then of shield, up to what the ship had when it was new."""
    of_hull = min(points, kind.hull - ship.hull)
    ship.hull += of_hull
    ship.shield = min(ship.shield + points - of_hull, kind.shield)


@inlined
def meeting(rx: float, ry: float, dx: float, dy: float, radius: float) -> float:
    """When a point that starts at (rx, ry) and moves by (dx, dy) enters the circle around the origin.

    As a share of the move; 0 if it starts inside, 2 if it does not get there.
    """
    outside = rx * rx + ry * ry - radius * radius
    if outside <= 0.0:
        return 0.0
    inward = rx * dx + ry * dy
    if inward >= 0.0:
        return 2.0
    square = dx * dx + dy * dy
    if inward + square < 0.0 and outside + 2.0 * inward + square > 0.0:  # still coming nearer, and not there yet
        return 2.0
    root = inward * inward - square * outside
    if root < 0.0:
        return 2.0
    return (-inward - math.sqrt(root)) / square


@inlined
def _first_met(bullet: Bullet, flight: float, ships: Any, p: Parameters) -> int:
    """The slot of the first hostile ship that a bullet meets while it flies for `flight` seconds, else NOBODY.

    Ships move straight from where they were to where they are.
    """
    space = p.space
    begin, part = bullet.wait / space.dt, flight / space.dt
    dx, dy = bullet.vx * flight, bullet.vy * flight
    met, soonest = NOBODY, 2.0
    for slot in range(ships.shape[0]):
        ship = ships[slot]
        if not ship.alive or ship.team == bullet.team:
            continue
        rx = shortest(bullet.x - ship.before_x - begin * ship.dx, space.width, space.toroidal)
        ry = shortest(bullet.y - ship.before_y - begin * ship.dy, space.height, space.toroidal)
        when = meeting(rx, ry, dx - part * ship.dx, dy - part * ship.dy, ship.radius)
        if when < soonest:
            met, soonest = slot, when
    return met


@inlined
def fly_bullets(bout: Bout, ships: Any, bullets: Any, p: Parameters, now: float) -> None:
    """Move all bullets of a copy through this tick; each takes points of the first hostile ship that it meets.

    Bullets are taken oldest first: what an older one destroyed, a younger one passes.
    """
    space = p.space
    kept = 0
    for b in range(bout.bullets):
        bullet = bullets[b]
        flight = min(space.dt - bullet.wait, bullet.life)
        met = _first_met(bullet, flight, ships, p)
        if met != NOBODY:
            owner = ships[bullet.owner]
            owner.hits += 1
            owner.dealt += damage(ships[met], bullet.damage, now)
            if not ships[met].alive:
                ships[met].killer = bullet.owner
                owner.kills += 1
                if owner.alive:
                    repair(owner, space.salvage, p.kinds[owner.kind])
            continue
        bullet.x += bullet.vx * flight
        bullet.y += bullet.vy * flight
        bullet.life -= flight
        bullet.wait = 0.0
        if space.toroidal:
            bullet.x %= space.width
            bullet.y %= space.height
        elif not (0.0 <= bullet.x <= space.width and 0.0 <= bullet.y <= space.height):
            continue
        if bullet.life <= 1e-9:
            continue
        if kept != b:
            bullets[kept] = bullet
        kept += 1
    bout.bullets = kept
