"""The reference's random numbers and layouts: plain Python, written to be read."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from python_training.simulators.lunabotics.config import Box, LunaboticsConfig

_WORD = 2**32
_PLACINGS = 200
_CELL = 0.1


class Generator:
    """sfc32: three words and a counter."""

    def __init__(self, seed: int) -> None:
        self.a, self.b, self.c, self.counter = seed % _WORD, (seed >> 32) % _WORD, 0x9E3779B9, 1
        for _ in range(12):
            self.word()

    def word(self) -> int:
        """The next 32 bits."""
        result = (self.a + self.b + self.counter) % _WORD
        self.counter = (self.counter + 1) % _WORD
        self.a = self.b ^ (self.b >> 9)
        self.b = (self.c * 9) % _WORD
        self.c = ((self.c << 21 | self.c >> 11) % _WORD + result) % _WORD
        return result

    def uniform(self, low: float, high: float) -> float:
        """A number in [low, high)."""
        return low + (high - low) * (self.word() / _WORD)

    def integer(self, count: int) -> int:
        """One of 0 ... count - 1."""
        return self.word() * count // _WORD

    def normal(self) -> float:
        """A standard normal number, by Box and Muller."""
        radius = math.sqrt(-2.0 * math.log((self.word() + 1) / _WORD))
        return radius * math.cos(2.0 * math.pi * (self.word() / _WORD))


@dataclass(slots=True)
class Circle:
    """A rock, a crater or an orb."""

    x: float
    y: float
    radius: float
    place: str = "field"
    """Of an orb: field, bucket or berm."""


def inside(x: float, y: float, box: Box) -> bool:
    """Whether a point lies in a box, its edges included."""
    return box.x_min <= x <= box.x_max and box.y_min <= y <= box.y_max


def distance_to(x: float, y: float, box: Box) -> float:
    """Distance (m) from a point to a box, 0 inside."""
    dx = max(box.x_min - x, 0.0, x - box.x_max)
    dy = max(box.y_min - y, 0.0, y - box.y_max)
    return math.sqrt(dx * dx + dy * dy)


def within(value: float, limit: float) -> float:
    """`value` within [-limit, limit]."""
    return min(max(value, -limit), limit)


def draw_obstacles(config: LunaboticsConfig, rng: Generator, share: float) -> list[Circle]:
    """Rocks, then craters, of which there are `share` of the config's numbers; they leave a path."""
    rules, chance = config.obstacles, config.randomisation
    rocks, craters = math.floor(config.num_rocks * share + 0.5), math.floor(config.num_craters * share + 0.5)
    if chance.missing_obstacles:
        for _ in range(min(rng.integer(chance.missing_obstacles + 1), rocks + craters)):
            if rng.integer(rocks + craters) < rocks:
                rocks -= 1
            else:
                craters -= 1
    placed: list[Circle] = []
    for _ in range(rules.attempts):
        placed = []
        for k in range(rocks + craters):
            if k < rocks:
                radius = rng.uniform(rules.rock_radius_min, rules.rock_radius_max)
            else:
                radius = rng.uniform(rules.crater_radius_min, rules.crater_radius_max)
            if chance.obstacle_size:
                radius *= 1.0 + chance.obstacle_size * rng.uniform(-1.0, 1.0)
            circle = _place(config, rng, radius, placed)
            if circle is None:
                break
            placed.append(circle)
        if len(placed) == rocks + craters and path_exists(config, placed):
            break
    while placed and not path_exists(config, placed):
        placed.pop()
    return placed


def _place(config: LunaboticsConfig, rng: Generator, radius: float, others: Sequence[Circle]) -> Circle | None:
    zone = config.zones.obstacle
    for _ in range(_PLACINGS):
        x = rng.uniform(zone.x_min + radius, zone.x_max - radius)
        y = rng.uniform(zone.y_min + radius, zone.y_max - radius)
        if distance_to(x, y, config.zones.construction) < radius:
            continue
        gap = config.obstacles.gap
        if all((x - o.x) ** 2 + (y - o.y) ** 2 >= (radius + o.radius + gap) ** 2 for o in others):
            return Circle(x, y, radius)
    return None


def path_exists(config: LunaboticsConfig, obstacles: Sequence[Circle]) -> bool:
    """Whether a disc as wide as the rover can get from the excavation zone to the berm (flood fill)."""
    clearance = config.rover.width / 2 + config.obstacles.path_margin
    free = {}
    for i in range(math.ceil(config.world_width / _CELL)):
        for j in range(math.ceil(config.world_height / _CELL)):
            x, y = (i + 0.5) * _CELL, (j + 0.5) * _CELL
            room = min(x, y, config.world_width - x, config.world_height - y)
            clear = all((x - o.x) ** 2 + (y - o.y) ** 2 >= (o.radius + clearance) ** 2 for o in obstacles)
            if room >= clearance and clear:
                free[i, j] = (x, y)
    reached = {cell for cell, point in free.items() if inside(*point, config.zones.excavation)}
    front = list(reached)
    while front:
        i, j = front.pop()
        for cell in ((i + 1, j), (i - 1, j), (i, j + 1), (i, j - 1)):
            if cell in free and cell not in reached:
                reached.add(cell)
                front.append(cell)
    return any(inside(*free[cell], config.zones.berm) for cell in reached)


def draw_orbs(config: LunaboticsConfig, rng: Generator) -> list[Circle]:
    """Orbs in the excavation zone, apart from each other."""
    zone, rules = config.zones.excavation, config.orbs
    orbs: list[Circle] = []
    for _ in range(config.num_orbs):
        for _ in range(_PLACINGS):
            x = rng.uniform(zone.x_min + rules.radius, zone.x_max - rules.radius)
            y = rng.uniform(zone.y_min + rules.radius, zone.y_max - rules.radius)
            if all((x - o.x) ** 2 + (y - o.y) ** 2 >= rules.spacing**2 for o in orbs):
                orbs.append(Circle(x, y, rules.radius))
                break
    return orbs
