"""The reference's physics: a rectangle that drives and bounces, plain Python, written to be read."""

from __future__ import annotations

import math

from python_training.simulators.lunabotics.config import LunaboticsConfig
from python_training.simulators.lunabotics.reference_field import Circle, within

_FLAT = 0.05
"""Tilt (rad) against a wall below which an edge meets it along its length rather than with one corner."""


class ReferenceBody:
    """A rover's pose, velocity and contacts among `obstacles`."""

    def __init__(self, config: LunaboticsConfig) -> None:
        self.config = config
        self.obstacles: list[Circle] = []
        self.stand(0.0, 0.0, 0.0)
        self.slip, self.mass = 0.0, 1.0

    def stand(self, x: float, y: float, heading: float) -> None:
        """Be at rest somewhere (m, m, rad), touching nothing."""
        self.x, self.y, self.heading = x, y, heading
        self.vx = self.vy = self.turn = 0.0
        self.touching: set[int | str] = set()

    def drive(self, linear: float, angular: float) -> None:
        """One physics step on free ground."""
        config, rover, dt = self.config, self.config.rover, self.config.dt
        cos, sin = math.cos(self.heading), math.sin(self.heading)
        forward = self.vx * cos + self.vy * sin
        sideways = self.vy * cos - self.vx * sin
        forward *= max(1.0 - rover.damping * dt, 0.0)
        turn = self.turn * max(1.0 - rover.damping * dt, 0.0)
        sideways *= max(1.0 - rover.lateral_grip * dt, 0.0)
        hold = (1.0 - self.slip) / self.mass
        forward += within(linear * config.max_speed * (1.0 - self.slip) - forward, rover.acceleration * hold * dt)
        turn += within(
            angular * config.max_angular_speed * (1.0 - self.slip) - turn, rover.angular_acceleration * hold * dt
        )
        self.vx = forward * cos - sideways * sin
        self.vy = forward * sin + sideways * cos
        self.turn = turn
        self._limit_speed()
        self.x += self.vx * dt
        self.y += self.vy * dt
        self.heading = self.heading + self.turn * dt
        if self.heading > math.pi:
            self.heading -= 2.0 * math.pi
        elif self.heading < -math.pi:
            self.heading += 2.0 * math.pi

    def _limit_speed(self) -> None:
        speed = math.sqrt(self.vx * self.vx + self.vy * self.vy)
        if speed > self.config.max_speed:
            self.vx *= self.config.max_speed / speed
            self.vy *= self.config.max_speed / speed
        self.turn = within(self.turn, self.config.max_angular_speed)

    def _bounce(self, rx: float, ry: float, nx: float, ny: float) -> None:
        """An impulse at the point (rx, ry) from the centre along the normal (nx, ny), if they approach each other."""
        rover = self.config.rover
        approach = (self.vx - self.turn * ry) * nx + (self.vy + self.turn * rx) * ny
        if approach < 0.0:
            gyration = (rover.length**2 + rover.width**2) / 12
            arm = rx * ny - ry * nx
            impulse = -(1.0 + rover.restitution) * approach / (1.0 + arm * arm / gyration)
            self.vx += impulse * nx
            self.vy += impulse * ny
            self.turn += impulse * arm / gyration

    def collide(self) -> float:
        """Push out and bounce; what contacts that began cost."""
        config, rover, rewards = self.config, self.config.rover, self.config.rewards
        half_length, half_width = rover.length / 2, rover.width / 2
        before = set(self.touching)
        cos, sin = math.cos(self.heading), math.sin(self.heading)
        for k, rock in enumerate(self.obstacles):
            dx, dy = rock.x - self.x, rock.y - self.y
            ahead, left = dx * cos + dy * sin, dy * cos - dx * sin
            edge_ahead, edge_left = within(ahead, half_length), within(left, half_width)
            gap = math.sqrt((ahead - edge_ahead) ** 2 + (left - edge_left) ** 2)
            if gap > rock.radius + rover.contact_release:
                self.touching.discard(k)
            if gap >= rock.radius:
                continue
            self.touching.add(k)
            if gap > 0.0:
                normal_ahead, normal_left = (edge_ahead - ahead) / gap, (edge_left - left) / gap
                depth = rock.radius - gap
            elif half_length - abs(ahead) < half_width - abs(left):
                normal_ahead, normal_left = (-1.0 if ahead > 0.0 else 1.0), 0.0
                depth = rock.radius + half_length - abs(ahead)
            else:
                normal_ahead, normal_left = 0.0, (-1.0 if left > 0.0 else 1.0)
                depth = rock.radius + half_width - abs(left)
            nx, ny = normal_ahead * cos - normal_left * sin, normal_ahead * sin + normal_left * cos
            self._bounce(edge_ahead * cos - edge_left * sin, edge_ahead * sin + edge_left * cos, nx, ny)
            self.x += depth * nx
            self.y += depth * ny
        reach_x = half_length * abs(cos) + half_width * abs(sin)
        reach_y = half_length * abs(sin) + half_width * abs(cos)
        for wall, nx, ny in (("left", 1.0, 0.0), ("right", -1.0, 0.0), ("lower", 0.0, 1.0), ("upper", 0.0, -1.0)):
            gap = {
                "left": self.x - reach_x,
                "right": config.world_width - self.x - reach_x,
                "lower": self.y - reach_y,
                "upper": config.world_height - self.y - reach_y,
            }[wall]
            if gap > rover.contact_release:
                self.touching.discard(wall)
            if gap >= 0.0:
                continue
            self.touching.add(wall)
            ahead = -within((nx * cos + ny * sin) / _FLAT, 1.0) * half_length
            left = -within((ny * cos - nx * sin) / _FLAT, 1.0) * half_width
            self._bounce(ahead * cos - left * sin, ahead * sin + left * cos, nx, ny)
            self.x -= gap * nx
            self.y -= gap * ny
        self._limit_speed()
        begun = self.touching - before
        walls = sum(isinstance(each, str) for each in begun)
        return rewards.collision_obstacle * (len(begun) - walls) + rewards.collision_wall * walls
