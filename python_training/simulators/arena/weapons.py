"""Guns and bullets. A gun fires within a tick when it is ready, not when the tick begins, so that four shots a second
are four shots a second whatever the tick; and a bullet hits whatever it would touch between two ticks.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from python_training.compiled.generator import uniform
from python_training.compiled.kernel import inlined
from python_training.simulators.arena.flight import damage
from python_training.simulators.arena.geometry import meeting, shortest
from python_training.simulators.arena.parameters import Kind, Parameters
from python_training.simulators.arena.state import NOBODY, Bout, Bullet, Ship

HAIR = 1e-9
"""Time (s) by which sums of ticks may be off: a gun ready at a tick's very end fires in the next, a bullet is spent."""


@inlined
def shoot(ship: Ship, slot: int, kind: Kind, dt: float, bout: Bout, bullets: Any, rng: NDArray[np.int64]) -> None:
    """Let a ship that has moved fire, if its pilot pulls the trigger and the gun gets ready within this tick."""
    wait = ship.cooldown
    if ship.fire <= 0.5 or wait >= dt - HAIR:
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
    bullet.owner_serial = ship.serial
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
def _strike(bullet: Bullet, struck: Ship, owner: Ship, p: Parameters, now: float) -> None:
    """Let a bullet take points of a ship, and credit the ship in its owner's slot if that still is the owner."""
    dealt = damage(struck, bullet.damage, now)
    if not struck.alive:
        struck.killer = bullet.owner
    if owner.serial != bullet.owner_serial:
        return
    owner.hits += 1
    owner.dealt += dealt
    if not struck.alive:
        owner.kills += 1
        if owner.alive:
            repair(owner, p.space.salvage, p.kinds[owner.kind])


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
            _strike(bullet, ships[met], ships[bullet.owner], p, now)
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
        if bullet.life <= HAIR:
            continue
        if kept != b:
            bullets[kept] = bullet
        kept += 1
    bout.bullets = kept
