"""Drawing rocks, craters and orbs, so that a way leads from where orbs lie to where they go."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from python_training.compiled.generator import integer, uniform
from python_training.compiled.kernel import inlined, subroutine
from python_training.simulators.lunabotics.geometry import distance_to_box
from python_training.simulators.lunabotics.parameters import Body, Chance, Ground
from python_training.simulators.lunabotics.state import (
    ORB_ABSENT,
    ORB_LYING,
    ZONE_BERM,
    ZONE_CONSTRUCTION,
    ZONE_EXCAVATION,
    ZONE_OBSTACLE,
)

CELL = 0.1
"""Width (m) of the grid cells on which a free path is looked for."""
_PLACINGS = 200
"""Points tried for one obstacle or orb."""


@subroutine
def path_exists(
    obstacles: NDArray[np.float64], count: int, zones: NDArray[np.float64], clearance: float, body: Body
) -> bool:
    """Whether a disc of radius `clearance` can move from the excavation zone to the berm among `count` obstacles."""
    columns = math.ceil(body.width / CELL)
    rows = math.ceil(body.height / CELL)
    # 0 closed or seen, 1 free, 2 free and in the berm
    ground = np.zeros((columns, rows), dtype=np.int8)
    queue = np.empty((columns * rows, 2), dtype=np.int64)
    filled = 0
    for i in range(columns):
        for j in range(rows):
            x = (i + 0.5) * CELL
            y = (j + 0.5) * CELL
            if min(x, y, body.width - x, body.height - y) < clearance:
                continue
            free = True
            for k in range(count):
                dx = x - obstacles[k, 0]
                dy = y - obstacles[k, 1]
                room = obstacles[k, 2] + clearance
                if dx * dx + dy * dy < room * room:
                    free = False
                    break
            if not free:
                continue
            if distance_to_box(x, y, zones[ZONE_EXCAVATION]) == 0.0:
                queue[filled, 0] = i
                queue[filled, 1] = j
                filled += 1
            else:
                ground[i, j] = 2 if distance_to_box(x, y, zones[ZONE_BERM]) == 0.0 else 1
    taken = 0
    while taken < filled:
        i = queue[taken, 0]
        j = queue[taken, 1]
        taken += 1
        for side in range(4):
            a = i + (1 if side == 0 else -1 if side == 1 else 0)
            b = j + (1 if side == 2 else -1 if side == 3 else 0)
            if 0 <= a < columns and 0 <= b < rows and ground[a, b] > 0:
                if ground[a, b] == 2:
                    return True
                ground[a, b] = 0
                queue[filled, 0] = a
                queue[filled, 1] = b
                filled += 1
    return False


@inlined
def _place(
    rng: NDArray[np.int64],
    obstacles: NDArray[np.float64],
    k: int,
    radius: float,
    zones: NDArray[np.float64],
    gap: float,
) -> bool:
    """Put obstacle `k` of `radius` into the obstacle zone, off the construction zone and the ones before it."""
    zone = zones[ZONE_OBSTACLE]
    for _ in range(_PLACINGS):
        x = uniform(rng, zone[0] + radius, zone[2] - radius)
        y = uniform(rng, zone[1] + radius, zone[3] - radius)
        if distance_to_box(x, y, zones[ZONE_CONSTRUCTION]) < radius:
            continue
        free = True
        for other in range(k):
            dx = x - obstacles[other, 0]
            dy = y - obstacles[other, 1]
            room = radius + obstacles[other, 2] + gap
            if dx * dx + dy * dy < room * room:
                free = False
                break
        if free:
            obstacles[k, 0] = x
            obstacles[k, 1] = y
            obstacles[k, 2] = radius
            return True
    return False


@subroutine
def draw_obstacles(
    rng: NDArray[np.int64],
    obstacles: NDArray[np.float64],
    share: float,
    zones: NDArray[np.float64],
    ground: Ground,
    chance: Chance,
    body: Body,
) -> tuple[int, int]:
    """Fill `obstacles` (MAX_OBSTACLES, 3) with `share` of the rocks and craters there are; how many of either came.

    Whole layouts are drawn until one leaves a path. After `ground.attempts` of them, obstacles of the last one are
    left out, newest first, until there is a path: so this always ends, and with a world that can be solved.
    """
    rocks = math.floor(ground.rocks * share + 0.5)
    craters = math.floor(ground.craters * share + 0.5)
    if chance.missing > 0:
        missing = min(integer(rng, chance.missing + 1), rocks + craters)
        for _ in range(missing):
            if integer(rng, rocks + craters) < rocks:
                rocks -= 1
            else:
                craters -= 1
    total = rocks + craters
    placed = 0
    for _ in range(ground.attempts):
        placed = 0
        for k in range(total):
            if k < rocks:
                radius = uniform(rng, ground.rock_min, ground.rock_max)
            else:
                radius = uniform(rng, ground.crater_min, ground.crater_max)
            if chance.size > 0.0:
                radius *= 1.0 + chance.size * uniform(rng, -1.0, 1.0)
            if not _place(rng, obstacles, k, radius, zones, ground.gap):
                break
            placed += 1
        if placed == total and path_exists(obstacles, placed, zones, ground.clearance, body):
            break
    while placed > 0 and not path_exists(obstacles, placed, zones, ground.clearance, body):
        placed -= 1
    for k in range(placed, obstacles.shape[0]):
        obstacles[k, :] = 0.0
    return min(rocks, placed), max(placed - rocks, 0)


@inlined
def draw_orbs(
    rng: NDArray[np.int64],
    orbs: NDArray[np.float64],
    status: NDArray[np.int64],
    zones: NDArray[np.float64],
    ground: Ground,
) -> None:
    """Lay the orbs out in the excavation zone; one that finds no place after many tries is left out."""
    zone = zones[ZONE_EXCAVATION]
    lying = 0
    for _ in range(ground.orbs):
        for _ in range(_PLACINGS):
            x = uniform(rng, zone[0] + ground.orb_radius, zone[2] - ground.orb_radius)
            y = uniform(rng, zone[1] + ground.orb_radius, zone[3] - ground.orb_radius)
            free = True
            for other in range(lying):
                dx = x - orbs[other, 0]
                dy = y - orbs[other, 1]
                if dx * dx + dy * dy < ground.spacing * ground.spacing:
                    free = False
                    break
            if free:
                orbs[lying, 0] = x
                orbs[lying, 1] = y
                status[lying] = ORB_LYING
                lying += 1
                break
    for k in range(lying, orbs.shape[0]):
        orbs[k, :] = 0.0
        status[k] = ORB_ABSENT
