"""A config as the numbers that kernels take."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from python_training.simulators.lunabotics.config import Box, LunaboticsConfig


class Body(NamedTuple):
    """The field and the rover's dynamics; units as in the config."""

    width: float
    height: float
    dt: float
    action_repeat: int
    max_speed: float
    max_turn: float
    acceleration: float
    turn_acceleration: float
    damping: float
    grip: float
    restitution: float
    release: float
    half_length: float
    half_width: float
    gyration: float
    """Square of the radius of gyration (m²), of a uniform rectangle."""


class Sight(NamedTuple):
    """The sensor's frustum."""

    depth: float
    near: float
    far: float
    range: float
    """Distance of the far corners, the largest there is (m)."""
    distance_noise: float
    angle_noise: float


class Bucket(NamedTuple):
    """What the bucket can take."""

    reach: float
    angle: float
    threshold: float


class Pay(NamedTuple):
    """Rewards, and the discount under which progress is paid."""

    time_step: float
    excavation: float
    collect: float
    construction: float
    deposit: float
    obstacle: float
    wall: float
    to_excavation: float
    to_construction: float
    to_orb: float
    to_berm: float
    span: float
    """Distance (m) from which progress is counted: between the middles of excavation zone and berm."""
    discount: float


class Ground(NamedTuple):
    """How layouts are drawn."""

    rocks: int
    craters: int
    orbs: int
    rock_min: float
    rock_max: float
    crater_min: float
    crater_max: float
    gap: float
    clearance: float
    """Half the width of the path that must be free (m)."""
    attempts: int
    orb_radius: float
    spacing: float
    margin: float
    """Distance from walls at which a rover of any heading stands free (m)."""


class Chance(NamedTuple):
    """Domain randomisation."""

    slip: float
    mass: float
    latency: int
    missing: int
    size: float


class Course(NamedTuple):
    """Episode length and curriculum."""

    max_steps: int
    enabled: bool
    first_stage: int
    promote_at: float
    memory: float


class Parameters(NamedTuple):
    """A config as kernels take it. `zones` is (5, 4): x_min, y_min, x_max, y_max by zone."""

    zones: NDArray[np.float64]
    body: Body
    sight: Sight
    bucket: Bucket
    pay: Pay
    ground: Ground
    chance: Chance
    course: Course


def _edges(box: Box) -> list[float]:
    return [box.x_min, box.y_min, box.x_max, box.y_max]


def parameters(config: LunaboticsConfig) -> Parameters:
    """The numbers of `config`."""
    rover, rewards, rocks, orbs = config.rover, config.rewards, config.obstacles, config.orbs
    random, course, zones = config.randomisation, config.curriculum, config.zones
    far = config.sensor.far_width / 2
    order = (zones.start, zones.excavation, zones.obstacle, zones.construction, zones.berm)
    return Parameters(
        zones=np.array([_edges(box) for box in order], dtype=np.float64),
        body=Body(
            width=config.world_width,
            height=config.world_height,
            dt=config.dt,
            action_repeat=config.action_repeat,
            max_speed=config.max_speed,
            max_turn=config.max_angular_speed,
            acceleration=rover.acceleration,
            turn_acceleration=rover.angular_acceleration,
            damping=rover.damping,
            grip=rover.lateral_grip,
            restitution=rover.restitution,
            release=rover.contact_release,
            half_length=rover.length / 2,
            half_width=rover.width / 2,
            gyration=(rover.length**2 + rover.width**2) / 12,
        ),
        sight=Sight(
            depth=config.sensor.depth,
            near=rover.width / 2,
            far=far,
            range=math.hypot(config.sensor.depth, far),
            distance_noise=random.sensor_distance,
            angle_noise=random.sensor_angle,
        ),
        bucket=Bucket(orbs.bucket_reach, orbs.bucket_angle, orbs.dig_threshold),
        pay=Pay(
            time_step=rewards.time_step,
            excavation=rewards.reach_excavation_zone,
            collect=rewards.collect_orb,
            construction=rewards.reach_construction_zone_with_orb,
            deposit=rewards.deposit_orb,
            obstacle=rewards.collision_obstacle,
            wall=rewards.collision_wall,
            to_excavation=rewards.progress_toward_excavation,
            to_construction=rewards.progress_toward_construction,
            to_orb=rewards.progress_toward_orb,
            to_berm=rewards.progress_toward_berm,
            span=math.dist(zones.excavation.middle, zones.berm.middle),
            discount=config.discount_factor,
        ),
        ground=Ground(
            rocks=config.num_rocks,
            craters=config.num_craters,
            orbs=config.num_orbs,
            rock_min=rocks.rock_radius_min,
            rock_max=rocks.rock_radius_max,
            crater_min=rocks.crater_radius_min,
            crater_max=rocks.crater_radius_max,
            gap=rocks.gap,
            clearance=rover.width / 2 + rocks.path_margin,
            attempts=rocks.attempts,
            orb_radius=orbs.radius,
            spacing=orbs.spacing,
            margin=math.hypot(rover.length, rover.width) / 2,
        ),
        chance=Chance(random.slip, random.mass, random.latency, random.missing_obstacles, random.obstacle_size),
        course=Course(
            max_steps=config.max_steps_per_episode,
            enabled=course.enabled,
            first_stage=course.first_stage,
            promote_at=course.promote_at,
            memory=course.memory,
        ),
    )
