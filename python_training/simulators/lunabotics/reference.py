"""The world once more: one rover, plain Python, written to be read. The kernels must agree with it.

Nothing here is shared with the kernels but the config and the numbering of zones. Random numbers are drawn in the same
order, so a `ReferenceRover` with the seed of a rover in a `LunaboticsVectorEnv` lives the same life.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from python_training.simulators.lunabotics.config import LunaboticsConfig
from python_training.simulators.lunabotics.reference_body import ReferenceBody
from python_training.simulators.lunabotics.reference_field import (
    Circle,
    Generator,
    distance_to,
    draw_obstacles,
    draw_orbs,
    inside,
    within,
)

_SLOTS = 5
_OBSTACLE_SHARE = {1: 0.0, 2: 0.0, 3: 0.5, 4: 1.0}
"""Share of the obstacles by stage of the curriculum."""


class ReferenceRover(ReferenceBody):
    """One rover and its field. `reset`, then `step` until one of the two flags is set, then `reset` again."""

    def __init__(self, config: LunaboticsConfig, seed: int) -> None:
        super().__init__(config)
        self.rng = Generator(seed)
        self.stage = config.curriculum.first_stage if config.curriculum.enabled else 4
        self.success = 0.0

    # --- an episode begins -------------------------------------------------------------------------------------

    def reset(self) -> NDArray[np.float32]:
        """Draw a layout and a start pose; the first observation."""
        config, zones = self.config, self.config.zones
        self.obstacles = draw_obstacles(config, self.rng, _OBSTACLE_SHARE[self.stage])
        self.orbs = draw_orbs(config, self.rng)
        start = zones.excavation if self.stage <= 2 else zones.start
        margin = math.hypot(config.rover.length, config.rover.width) / 2
        x = self.rng.uniform(start.x_min + margin, start.x_max - margin)
        y = self.rng.uniform(start.y_min + margin, start.y_max - margin)
        self.stand(x, y, self.rng.uniform(-math.pi, math.pi))
        self.held: Circle | None = None
        if self.stage == 1 and self.orbs:
            self.held = self.orbs[0]
            self.held.place = "bucket"
        chance = config.randomisation
        self.slip = self.rng.uniform(0.0, chance.slip) if chance.slip else 0.0
        self.mass = 1.0 + self.rng.uniform(-chance.mass, chance.mass) if chance.mass else 1.0
        self.latency = self.rng.integer(chance.latency + 1) if chance.latency else 0
        self.waiting: deque[tuple[float, float, float]] = deque([(0.0, 0.0, 0.0)] * self.latency)
        self.paid: set[str] = set()
        self.steps = self.collected = self.deposited = 0
        self.potential = self._potential()
        return self._observe()

    # --- a step ------------------------------------------------------------------------------------------------

    def step(self, action: Sequence[float]) -> tuple[NDArray[np.float32], float, bool, bool]:
        """Observation, reward, terminated, truncated after `action` (linear, angular, dig), within its bounds."""
        rewards = self.config.rewards
        self.waiting.append((action[0], action[1], action[2]))
        linear, angular, dig = self.waiting.popleft()
        collisions = 0.0
        for _ in range(self.config.action_repeat):
            self.drive(linear, angular)
            collisions += self.collide()
        reward = rewards.time_step + collisions + self._work(dig > self.config.orbs.dig_threshold)
        self.steps += 1
        terminated = all(orb.place == "berm" for orb in self.orbs)
        truncated = not terminated and self.steps >= self.config.max_steps_per_episode
        potential = 0.0 if terminated else self._potential()
        reward += self.config.discount_factor * potential - self.potential
        self.potential = potential
        if terminated or truncated:
            self._study()
        return self._observe(), reward, terminated, truncated

    def _work(self, dig: bool) -> float:
        """Zones and bucket; what the events of the trip pay."""
        rewards, zones = self.config.rewards, self.config.zones
        zone = self.zone()
        reward = 0.0
        if self.held is None:
            if zone == 1 and "excavation" not in self.paid:
                self.paid.add("excavation")
                reward += rewards.reach_excavation_zone
            orb = self._reachable_orb() if dig else None
            if orb is not None:
                self.held = orb
                orb.place = "bucket"
                self.collected += 1
                reward += rewards.collect_orb
            return reward
        if zone in (3, 4) and "construction" not in self.paid:
            self.paid.add("construction")
            reward += rewards.reach_construction_zone_with_orb
        if dig and inside(self.x, self.y, zones.berm):
            self.held.place = "berm"
            self.held.x, self.held.y = self.x, self.y
            self.held = None
            self.deposited += 1
            self.paid.clear()
            reward += rewards.deposit_orb
        return reward

    def zone(self) -> int:
        """The zone of the rover's centre."""
        zones = self.config.zones
        order = ((4, zones.berm), (3, zones.construction), (0, zones.start), (1, zones.excavation), (2, zones.obstacle))
        return next((number for number, box in order if inside(self.x, self.y, box)), 5)

    def _reachable_orb(self) -> Circle | None:
        rules, rover = self.config.orbs, self.config.rover
        cos, sin = math.cos(self.heading), math.sin(self.heading)
        found: list[tuple[float, int, Circle]] = []
        for k, orb in enumerate(self.orbs):
            if orb.place != "field":
                continue
            dx, dy = orb.x - self.x, orb.y - self.y
            ahead = dx * cos + dy * sin - rover.length / 2
            left = abs(dy * cos - dx * sin)
            beside = max(left - rover.width / 2, 0.0)
            distance = math.sqrt(ahead * ahead + beside * beside)
            if distance <= rules.bucket_reach and math.atan2(left, ahead) <= rules.bucket_angle:
                found.append((distance, k, orb))
        return min(found)[2] if found else None

    def _potential(self) -> float:
        rewards, zones = self.config.rewards, self.config.zones
        span = math.dist(zones.excavation.middle, zones.berm.middle)
        if self.held is not None:
            to_zone = distance_to(self.x, self.y, zones.construction)
            to_berm = distance_to(self.x, self.y, zones.berm)
            return rewards.progress_toward_construction * (span - to_zone) + rewards.progress_toward_berm * (
                span - to_berm
            )
        x = self.x + self.config.rover.length / 2 * math.cos(self.heading)
        y = self.y + self.config.rover.length / 2 * math.sin(self.heading)
        squares = [(orb.x - x) ** 2 + (orb.y - y) ** 2 for orb in self.orbs if orb.place == "field"]
        to_orb = math.sqrt(min(squares, default=0.0))
        to_zone = distance_to(self.x, self.y, zones.excavation)
        return rewards.progress_toward_excavation * (span - to_zone) + rewards.progress_toward_orb * (span - to_orb)

    def _study(self) -> None:
        course = self.config.curriculum
        if course.enabled:
            self.success += course.memory * (float(self.deposited > 0) - self.success)
            if self.success >= course.promote_at and self.stage < 4:
                self.stage += 1
                self.success = 0.0

    # --- what it observes --------------------------------------------------------------------------------------

    def _observe(self) -> NDArray[np.float32]:
        config = self.config
        numbers = [
            2.0 * self.x / config.world_width - 1.0,
            2.0 * self.y / config.world_height - 1.0,
            self.vx / config.max_speed,
            self.vy / config.max_speed,
            self.heading / math.pi,
            self.turn / config.max_angular_speed,
            self.zone() / 2.5 - 1.0,
            0.0 if self.held is None else 1.0,
            *self._readings(self.obstacles),
            *self._readings([orb for orb in self.orbs if orb.place == "field"]),
        ]
        return np.array([within(number, 1.0) for number in numbers], dtype=np.float32)

    def _readings(self, circles: Sequence[Circle]) -> list[float]:
        """(distance, angle) of the nearest five circles in the frustum, padded with (1, 0)."""
        sensor, noise = self.config.sensor, self.config.randomisation
        cos, sin = math.cos(self.heading), math.sin(self.heading)
        front_x = self.x + self.config.rover.length / 2 * cos
        front_y = self.y + self.config.rover.length / 2 * sin
        seen = []
        for circle in circles:
            dx, dy = circle.x - front_x, circle.y - front_y
            ahead, left = dx * cos + dy * sin, dy * cos - dx * sin
            if self._in_sight(ahead, left, circle.radius):
                seen.append((max(math.sqrt(dx * dx + dy * dy) - circle.radius, 0.0), math.atan2(left, ahead)))
        numbers: list[float] = []
        for distance, angle in sorted(seen, key=lambda reading: reading[0])[:_SLOTS]:
            if noise.sensor_distance:
                distance += noise.sensor_distance * self.rng.normal()
            if noise.sensor_angle:
                angle += noise.sensor_angle * self.rng.normal()
            farthest = math.hypot(sensor.depth, sensor.far_width / 2)
            numbers += [min(max(distance / farthest, 0.0), 1.0), min(max(angle / (0.5 * math.pi), -1.0), 1.0)]
        return numbers + [1.0, 0.0] * (_SLOTS - len(numbers) // 2)

    def _in_sight(self, ahead: float, left: float, radius: float) -> bool:
        """Whether a circle with its centre ahead of the front edge reaches into the frustum."""
        depth, near, far = self.config.sensor.depth, self.config.rover.width / 2, self.config.sensor.far_width / 2
        left = abs(left)
        if ahead < 0.0:
            return False
        if ahead <= depth and left <= near + (far - near) * ahead / depth:
            return True
        along = within((ahead * depth + (left - near) * (far - near)) / (depth**2 + (far - near) ** 2) - 0.5, 0.5) + 0.5
        to_side = (ahead - along * depth) ** 2 + (left - near - along * (far - near)) ** 2
        to_end = (ahead - depth) ** 2 + max(left - far, 0.0) ** 2
        return min(to_side, to_end) <= radius * radius
