"""The reference's ships and bullets as they are, random numbers, distances and angles; see `reference`."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import NamedTuple

from python_training.simulators.arena.config import ArenaConfig, ShipConfig

_WORD = 0xFFFFFFFF


class Generator:
    """sfc32 (PractRand): 32 bits at a time from three words and a counter."""

    def __init__(self, seed: int) -> None:
        self.a, self.b, self.c, self.counter = seed & _WORD, (seed >> 32) & _WORD, 0x9E3779B9, 1
        for _ in range(12):
            self._next()

    def _next(self) -> int:
        result = (self.a + self.b + self.counter) & _WORD
        self.counter = (self.counter + 1) & _WORD
        self.a = self.b ^ (self.b >> 9)
        self.b = (self.c + (self.c << 3)) & _WORD
        self.c = (((self.c << 21) | (self.c >> 11)) + result) & _WORD
        return result

    def uniform(self, low: float, high: float) -> float:
        """A number in [low, high)."""
        return low + (high - low) * (self._next() / 2**32)


class Motion(NamedTuple):
    """Where a ship was and how it moved."""

    x: float
    y: float
    heading: float
    vx: float
    vy: float


@dataclass(eq=False)
class Bullet:
    """A bullet in the air; `wait` is the time within this tick at which it was fired."""

    owner: Ship
    team: int
    x: float
    y: float
    vx: float
    vy: float
    life: float
    wait: float
    damage: float


@dataclass(eq=False)
class Ship:
    """A ship, new."""

    config: ShipConfig
    team: int
    x: float = 0.0
    y: float = 0.0
    heading: float = 0.0
    vx: float = 0.0
    vy: float = 0.0
    cooldown: float = 0.0
    thrust: float = 0.0
    turn: float = 0.0
    fire: bool = False
    goal: tuple[float, float] = (0.0, 0.0)
    before: Motion = field(default=Motion(0.0, 0.0, 0.0, 0.0, 0.0))
    way: tuple[float, float] = (0.0, 0.0)
    lost: float = -1.0
    shots: int = 0
    hits: int = 0
    kills: int = 0
    dealt: float = 0.0
    taken: float = 0.0

    def __post_init__(self) -> None:
        self.hull, self.shield, self.alive = self.config.hull, self.config.shield, True
        self.cos, self.sin = 1.0, 0.0

    def face(self, heading: float) -> None:
        """Point the nose."""
        self.heading, self.cos, self.sin = heading, math.cos(heading), math.sin(heading)

    def motion(self) -> Motion:
        """Where it is and how it moves."""
        return Motion(self.x, self.y, self.heading, self.vx, self.vy)

    def suffer(self, points: float, now: float) -> float:
        """Lose points of the shield, then of the hull; how many there were to lose."""
        taken = min(points, self.shield + self.hull)
        of_shield = min(taken, self.shield)
        self.shield -= of_shield
        self.hull -= taken - of_shield
        self.taken += taken
        if self.hull <= 0.0:
            self.alive, self.lost = False, now
        return taken


class Space:
    """Distances, angles and walls."""

    def __init__(self, config: ArenaConfig) -> None:
        self.config = config

    def shortest(self, offset: float, size: float) -> float:
        """A difference of coordinates, the short way round if there is one."""
        if self.config.toroidal and offset > 0.5 * size:
            return offset - size
        if self.config.toroidal and offset < -0.5 * size:
            return offset + size
        return offset

    def offset(self, ship: Ship, x: float, y: float) -> tuple[float, float]:
        """The way from a ship to a point."""
        return self.shortest(x - ship.x, self.config.width), self.shortest(y - ship.y, self.config.height)

    def square(self, ship: Ship, thing: Ship | Bullet) -> float:
        """The square of a distance."""
        dx, dy = self.offset(ship, thing.x, thing.y)
        return dx * dx + dy * dy

    def bearing(self, ship: Ship, dx: float, dy: float) -> float:
        """The angle from the nose to a direction, positive to the left."""
        return math.atan2(ship.cos * dy - ship.sin * dx, ship.cos * dx + ship.sin * dy)

    def aim(self, ship: Ship, target: Ship, lead: float) -> tuple[float, float]:
        """The bearing at which a bullet meets a target that flies on as it does now, and its distance."""
        muzzle, most, dt = ship.config.gun.bullet_speed, target.config.acceleration, self.config.sim_dt
        dx, dy = self.offset(ship, target.x, target.y)
        distance = math.sqrt(dx * dx + dy * dy)
        wx, wy = lead * (target.vx - ship.vx), lead * (target.vy - ship.vy)
        ax = 0.5 * lead * min(max((target.vx - target.before.vx) / dt, -most), most)
        ay = 0.5 * lead * min(max((target.vy - target.before.vy) / dt, -most), most)
        time = distance / muzzle
        x, y = dx + (wx + ax * time) * time, dy + (wy + ay * time) * time
        time = math.sqrt(x * x + y * y) / muzzle
        return self.bearing(ship, dx + (wx + ax * time) * time, dy + (wy + ay * time) * time), distance

    def sense(self, ship: Ship, thing: Ship | Bullet, far: float, fast: float) -> list[float]:
        """Range, sine and cosine of the bearing, closing and lateral speed of a thing, as shares of `far`, `fast`."""
        dx, dy = self.offset(ship, thing.x, thing.y)
        distance = max(math.sqrt(dx * dx + dy * dy), 1e-9)
        ux, uy = dx / distance, dy / distance
        wx, wy = thing.vx - ship.vx, thing.vy - ship.vy
        return [
            distance / far,
            ship.cos * uy - ship.sin * ux,
            ship.cos * ux + ship.sin * uy,
            -(wx * ux + wy * uy) / fast,
            (wy * ux - wx * uy) / fast,
        ]

    def to_wall(self, ship: Ship, cos: float, sin: float) -> float:
        """The way to the wall in a direction, at most the arena's diagonal."""
        ways = [math.hypot(self.config.width, self.config.height)]
        for at, speed, size in ((ship.x, cos, self.config.width), (ship.y, sin, self.config.height)):
            if abs(speed) > 1e-9:
                ways.append((size - at) / speed if speed > 0.0 else -at / speed)
        return max(min(ways), 0.0)


def entry(rx: float, ry: float, dx: float, dy: float, radius: float) -> float | None:
    """When, as a share of its move, a point at (rx, ry) that moves by (dx, dy) enters a circle; None if never."""
    outside = rx * rx + ry * ry - radius * radius
    if outside <= 0.0:
        return 0.0
    inward, square = rx * dx + ry * dy, dx * dx + dy * dy
    root = inward * inward - square * outside
    if inward >= 0.0 or root < 0.0:
        return None
    if inward + square < 0.0 and outside + 2.0 * inward + square > 0.0:
        return None
    return (-inward - math.sqrt(root)) / square
