"""What a rover observes: 28 numbers in [-1, 1]."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from python_training.compiled.generator import normal
from python_training.compiled.kernel import inlined
from python_training.simulators.lunabotics.geometry import zone_at
from python_training.simulators.lunabotics.parameters import Parameters, Sight
from python_training.simulators.lunabotics.state import ORB_LYING, SLOTS


@inlined
def _seen(ahead: float, left: float, radius: float, sight: Sight) -> bool:
    """Whether a circle shows in the frustum; (ahead, left) is its centre from the middle of the rover's front."""
    if ahead < 0.0 or ahead > sight.depth + radius:
        return False
    left = abs(left)
    widening = sight.far - sight.near
    if ahead <= sight.depth and left <= sight.near + widening * ahead / sight.depth:
        return True
    # the nearest point of the slanted side, then of the far edge
    share = (ahead * sight.depth + (left - sight.near) * widening) / (sight.depth**2 + widening**2)
    share = min(max(share, 0.0), 1.0)
    side = (ahead - share * sight.depth) ** 2 + (left - sight.near - share * widening) ** 2
    end = (ahead - sight.depth) ** 2 + max(left - sight.far, 0.0) ** 2
    return min(side, end) <= radius * radius


@inlined
def _note(slots: NDArray[np.float64], seen: int, distance: float, angle: float) -> int:
    """Sort a reading into `slots` (SLOTS, 2), nearest first; how many are filled now."""
    if seen == SLOTS and distance >= slots[SLOTS - 1, 0]:
        return seen
    place = min(seen, SLOTS - 1)
    while place > 0 and slots[place - 1, 0] > distance:
        slots[place, 0] = slots[place - 1, 0]
        slots[place, 1] = slots[place - 1, 1]
        place -= 1
    slots[place, 0] = distance
    slots[place, 1] = angle
    return min(seen + 1, SLOTS)


@inlined
def _tell(
    row: NDArray[np.float32], slots: NDArray[np.float64], seen: int, rng: NDArray[np.int64], sight: Sight
) -> None:
    """Write the readings into ten numbers of an observation; an empty slot reads distance 1, angle 0."""
    for slot in range(SLOTS):
        distance, angle = 1.0, 0.0
        if slot < seen:
            distance, angle = slots[slot, 0], slots[slot, 1]
            if sight.distance_noise > 0.0:
                distance += sight.distance_noise * normal(rng)
            if sight.angle_noise > 0.0:
                angle += sight.angle_noise * normal(rng)
            distance = min(max(distance / sight.range, 0.0), 1.0)
            angle = min(max(angle / (0.5 * math.pi), -1.0), 1.0)
        row[2 * slot] = distance
        row[2 * slot + 1] = angle


@inlined
def observe(
    row: NDArray[np.float32],
    slots: NDArray[np.float64],
    pose: NDArray[np.float64],
    velocity: NDArray[np.float64],
    held: int,
    obstacles: NDArray[np.float64],
    count: int,
    orbs: NDArray[np.float64],
    orb_status: NDArray[np.int64],
    rng: NDArray[np.int64],
    p: Parameters,
) -> None:
    """Fill the observation `row` (28,) of one rover; `slots` (SLOTS, 2) is scratch."""
    body, sight = p.body, p.sight
    row[0] = 2.0 * pose[0] / body.width - 1.0
    row[1] = 2.0 * pose[1] / body.height - 1.0
    row[2] = velocity[0] / body.max_speed
    row[3] = velocity[1] / body.max_speed
    row[4] = pose[2] / math.pi
    row[5] = velocity[2] / body.max_turn
    row[6] = zone_at(pose[0], pose[1], p.zones) / 2.5 - 1.0
    row[7] = 1.0 if held >= 0 else 0.0
    cos, sin = math.cos(pose[2]), math.sin(pose[2])
    front_x = pose[0] + body.half_length * cos
    front_y = pose[1] + body.half_length * sin
    seen = 0
    for k in range(count):
        dx, dy = obstacles[k, 0] - front_x, obstacles[k, 1] - front_y
        ahead, left = dx * cos + dy * sin, dy * cos - dx * sin
        if _seen(ahead, left, obstacles[k, 2], sight):
            distance = max(math.sqrt(dx * dx + dy * dy) - obstacles[k, 2], 0.0)
            seen = _note(slots, seen, distance, math.atan2(left, ahead))
    _tell(row[8:18], slots, seen, rng, sight)
    seen = 0
    for k in range(p.ground.orbs):
        if orb_status[k] != ORB_LYING:
            continue
        dx, dy = orbs[k, 0] - front_x, orbs[k, 1] - front_y
        ahead, left = dx * cos + dy * sin, dy * cos - dx * sin
        if _seen(ahead, left, p.ground.orb_radius, sight):
            distance = max(math.sqrt(dx * dx + dy * dy) - p.ground.orb_radius, 0.0)
            seen = _note(slots, seen, distance, math.atan2(left, ahead))
    _tell(row[18:28], slots, seen, rng, sight)
    for k in range(8):
        row[k] = min(max(row[k], -1.0), 1.0)
