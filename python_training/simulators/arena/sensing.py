"""What a pilot observes: 23 numbers in [-1, 1], as seen from its ship."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from python_training.compiled.kernel import inlined
from python_training.simulators.arena.geometry import clamped, shortest
from python_training.simulators.arena.parameters import Parameters, Space
from python_training.simulators.arena.state import FIGHTER, NOBODY, OBSERVATION_SIZE, Bout, Ship


@inlined
def _tell_nothing(row: NDArray[np.float32], at: int) -> None:
    """Five numbers for something that is not there: as far as can be, in no direction."""
    row[at] = 1.0
    for number in range(at + 1, at + 5):
        row[number] = 0.0


@inlined
def _tell(row: NDArray[np.float32], at: int, ship: Ship, thing: Any, far: float, fast: float, space: Space) -> None:
    """Five numbers of a ship or a bullet: range, sine and cosine of the bearing, closing and lateral speed.

    As shares of `far` (px) and `fast` (px/s). Speeds are relative to `ship`; lateral is positive when the thing drifts
    to the left.
    """
    dx = shortest(thing.x - ship.x, space.width, space.toroidal)
    dy = shortest(thing.y - ship.y, space.height, space.toroidal)
    wx, wy = thing.vx - ship.vx, thing.vy - ship.vy
    distance = max(math.sqrt(dx * dx + dy * dy), 1e-9)
    ux, uy = dx / distance, dy / distance
    row[at] = min(distance / far, 1.0)
    row[at + 1] = clamped(ship.cos * uy - ship.sin * ux, 1.0)
    row[at + 2] = clamped(ship.cos * ux + ship.sin * uy, 1.0)
    row[at + 3] = clamped(-(wx * ux + wy * uy) / fast, 1.0)
    row[at + 4] = clamped((wy * ux - wx * uy) / fast, 1.0)


@inlined
def _to_wall(ship: Ship, cos: float, sin: float, p: Parameters) -> float:
    """Distance from a ship's middle to the wall in the direction (cos, sin), as a share of the arena's diagonal."""
    far = p.scales.wall
    if cos > 1e-9:
        far = min(far, (p.space.width - ship.x) / cos)
    elif cos < -1e-9:
        far = min(far, -ship.x / cos)
    if sin > 1e-9:
        far = min(far, (p.space.height - ship.y) / sin)
    elif sin < -1e-9:
        far = min(far, -ship.y / sin)
    return 1.0 if p.space.toroidal else max(far / p.scales.wall, 0.0)


@inlined
def _two_nearest(ship: Ship, ships: Any, space: Space) -> tuple[int, int]:
    """Slots of the two nearest ships of other teams, NOBODY where there is none."""
    first, second, first_square, second_square = NOBODY, NOBODY, math.inf, math.inf
    for slot in range(ships.shape[0]):
        other = ships[slot]
        if not other.alive or other.team == ship.team:
            continue
        dx = shortest(other.x - ship.x, space.width, space.toroidal)
        dy = shortest(other.y - ship.y, space.height, space.toroidal)
        square = dx * dx + dy * dy
        if square < first_square:
            second, second_square = first, first_square
            first, first_square = slot, square
        elif square < second_square:
            second, second_square = slot, square
    return first, second


@inlined
def _nearest_bullet(ship: Ship, bout: Bout, bullets: Any, within: float, space: Space) -> int:
    """The nearest hostile bullet nearer than `within` (px), NOBODY if there is none."""
    nearest, nearest_square = NOBODY, within * within
    for b in range(bout.bullets):
        bullet = bullets[b]
        if bullet.team == ship.team:
            continue
        dx = shortest(bullet.x - ship.x, space.width, space.toroidal)
        dy = shortest(bullet.y - ship.y, space.height, space.toroidal)
        square = dx * dx + dy * dy
        if square < nearest_square:
            nearest, nearest_square = b, square
    return nearest


@inlined
def observe(row: NDArray[np.float32], slot: int, ships: Any, bout: Bout, bullets: Any, p: Parameters) -> None:
    """Fill `row` (23,) for the pilot of the ship in `slot`; zeros if it is lost."""
    ship, scales, kind = ships[slot], p.scales, p.kinds[FIGHTER]
    if not ship.alive:
        for number in range(OBSERVATION_SIZE):
            row[number] = 0.0
        return
    first, second = _two_nearest(ship, ships, p.space)
    if first == NOBODY:
        _tell_nothing(row, 0)
    else:
        _tell(row, 0, ship, ships[first], scales.range, scales.speed, p.space)
    if second == NOBODY:
        _tell_nothing(row, 5)
    else:
        _tell(row, 5, ship, ships[second], scales.range, scales.speed, p.space)
    row[10] = clamped((ship.vx * ship.cos + ship.vy * ship.sin) / scales.speed, 1.0)
    row[11] = clamped((ship.vy * ship.cos - ship.vx * ship.sin) / scales.speed, 1.0)
    row[12] = ship.hull / kind.hull
    row[13] = ship.shield / kind.shield if kind.shield > 0.0 else 0.0
    row[14] = min(ship.cooldown / kind.interval, 1.0)
    nearest = _nearest_bullet(ship, bout, bullets, scales.bullet_range, p.space)
    if nearest == NOBODY:
        _tell_nothing(row, 15)
    else:
        _tell(row, 15, ship, bullets[nearest], scales.bullet_range, scales.bullet_speed, p.space)
    row[20] = _to_wall(ship, ship.cos, ship.sin, p)
    row[21] = _to_wall(ship, -ship.sin, ship.cos, p)
    row[22] = _to_wall(ship, ship.sin, -ship.cos, p)
