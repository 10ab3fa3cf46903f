"""A rectangle that drives, skids and bounces off circles and walls.

Collisions are resolved by impulses on a rigid body against immovable ones (Brian Mirtich, Impulse-based Dynamic
Simulation of Rigid Body Systems, 1996, without friction), then by moving the rover out of what it entered.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from python_training.compiled.kernel import inlined
from python_training.simulators.lunabotics.config import MAX_OBSTACLES
from python_training.simulators.lunabotics.geometry import wrapped
from python_training.simulators.lunabotics.parameters import Body

FLAT = 0.05
"""Tilt (rad) against a wall below which an edge meets it along its length rather than with one corner."""


@inlined
def clamped(value: float, limit: float) -> float:
    """`value` within [-limit, limit]."""
    return min(max(value, -limit), limit)


@inlined
def _limit_speed(velocity: NDArray[np.float64], body: Body) -> None:
    speed = math.sqrt(velocity[0] * velocity[0] + velocity[1] * velocity[1])
    if speed > body.max_speed:
        velocity[0] *= body.max_speed / speed
        velocity[1] *= body.max_speed / speed
    velocity[2] = clamped(velocity[2], body.max_turn)


@inlined
def drive(
    pose: NDArray[np.float64],
    velocity: NDArray[np.float64],
    linear: float,
    angular: float,
    slip: float,
    mass: float,
    body: Body,
) -> None:
    """One step of `body.dt` on free ground: pose (3,) and velocity (3,) are changed in place.

    `linear` and `angular` in [-1, 1] are shares of the speed limits that the drive steers for.
    """
    cos, sin = math.cos(pose[2]), math.sin(pose[2])
    forward = velocity[0] * cos + velocity[1] * sin
    sideways = velocity[1] * cos - velocity[0] * sin
    turn = velocity[2]
    kept = max(1.0 - body.damping * body.dt, 0.0)
    forward *= kept
    turn *= kept
    sideways *= max(1.0 - body.grip * body.dt, 0.0)
    hold = (1.0 - slip) / mass
    forward += clamped(linear * body.max_speed * (1.0 - slip) - forward, body.acceleration * hold * body.dt)
    turn += clamped(angular * body.max_turn * (1.0 - slip) - turn, body.turn_acceleration * hold * body.dt)
    velocity[0] = forward * cos - sideways * sin
    velocity[1] = forward * sin + sideways * cos
    velocity[2] = turn
    _limit_speed(velocity, body)
    pose[0] += velocity[0] * body.dt
    pose[1] += velocity[1] * body.dt
    pose[2] = wrapped(pose[2] + velocity[2] * body.dt)


@inlined
def _bounce(velocity: NDArray[np.float64], rx: float, ry: float, nx: float, ny: float, body: Body) -> None:
    """Impulse at the point (rx, ry) from the rover's centre, along the unit normal that points to the rover."""
    approach = (velocity[0] - velocity[2] * ry) * nx + (velocity[1] + velocity[2] * rx) * ny
    if approach >= 0.0:
        return
    arm = rx * ny - ry * nx
    impulse = -(1.0 + body.restitution) * approach / (1.0 + arm * arm / body.gyration)
    velocity[0] += impulse * nx
    velocity[1] += impulse * ny
    velocity[2] += impulse * arm / body.gyration


@inlined
def collide(
    pose: NDArray[np.float64],
    velocity: NDArray[np.float64],
    obstacles: NDArray[np.float64],
    count: int,
    contacts: int,
    body: Body,
) -> int:
    """Push the rover out of `count` obstacles and the walls, and bounce; the contacts there are now, as bits."""
    cos, sin = math.cos(pose[2]), math.sin(pose[2])
    far = math.sqrt(body.half_length * body.half_length + body.half_width * body.half_width) + body.release
    for k in range(count):
        radius = obstacles[k, 2]
        dx = obstacles[k, 0] - pose[0]
        dy = obstacles[k, 1] - pose[1]
        if dx * dx + dy * dy > (far + radius) * (far + radius):
            contacts &= ~(1 << k)
            continue
        # the obstacle as the rover sees it: ahead of its centre, and to its left
        ahead = dx * cos + dy * sin
        left = dy * cos - dx * sin
        edge_ahead = clamped(ahead, body.half_length)
        edge_left = clamped(left, body.half_width)
        gap = math.sqrt((ahead - edge_ahead) ** 2 + (left - edge_left) ** 2)
        if gap > radius + body.release:
            contacts &= ~(1 << k)
        if gap >= radius:
            continue
        contacts |= 1 << k
        if gap > 0.0:
            normal_ahead = (edge_ahead - ahead) / gap
            normal_left = (edge_left - left) / gap
            depth = radius - gap
        elif body.half_length - abs(ahead) < body.half_width - abs(left):  # its centre is inside: out the short way
            normal_ahead, normal_left = (-1.0 if ahead > 0.0 else 1.0), 0.0
            depth = radius + body.half_length - abs(ahead)
        else:
            normal_ahead, normal_left = 0.0, (-1.0 if left > 0.0 else 1.0)
            depth = radius + body.half_width - abs(left)
        nx = normal_ahead * cos - normal_left * sin
        ny = normal_ahead * sin + normal_left * cos
        rx = edge_ahead * cos - edge_left * sin
        ry = edge_ahead * sin + edge_left * cos
        _bounce(velocity, rx, ry, nx, ny, body)
        pose[0] += depth * nx
        pose[1] += depth * ny
    reach_x = body.half_length * abs(cos) + body.half_width * abs(sin)
    reach_y = body.half_length * abs(sin) + body.half_width * abs(cos)
    for wall in range(4):
        bit = 1 << (MAX_OBSTACLES + wall)
        nx = 1.0 if wall == 0 else -1.0 if wall == 1 else 0.0
        ny = 1.0 if wall == 2 else -1.0 if wall == 3 else 0.0
        if wall == 0:
            gap = pose[0] - reach_x
        elif wall == 1:
            gap = body.width - pose[0] - reach_x
        elif wall == 2:
            gap = pose[1] - reach_y
        else:
            gap = body.height - pose[1] - reach_y
        if gap > body.release:
            contacts &= ~bit
        if gap >= 0.0:
            continue
        contacts |= bit
        # the corner that is deepest in the wall; of an edge that lies almost flat on it, a point nearer to its middle
        ahead = -clamped((nx * cos + ny * sin) / FLAT, 1.0) * body.half_length
        left = -clamped((ny * cos - nx * sin) / FLAT, 1.0) * body.half_width
        _bounce(velocity, ahead * cos - left * sin, ahead * sin + left * cos, nx, ny, body)
        pose[0] -= gap * nx
        pose[1] -= gap * ny
    _limit_speed(velocity, body)
    return contacts
