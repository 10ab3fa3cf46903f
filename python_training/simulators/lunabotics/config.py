"""Everything that can be set in the Lunabotics world, in SI units, and what it measures. Light to import."""

from __future__ import annotations

import math
from typing import Self

from pydantic import Field, model_validator

from python_training.contracts.config import StrictModel
from python_training.contracts.metrics import MetricSpec

MAX_OBSTACLES = 24
"""Room for rocks and craters together in the state arrays."""
MAX_ORBS = 32
"""Room for orbs in the state arrays."""
MAX_LATENCY = 8
"""Room for delayed actions in the state arrays, in policy steps."""
STAGES = 4
"""Stages of the curriculum; the last one is the world itself."""


class Box(StrictModel):
    """An axis-aligned rectangle."""

    x_min: float = Field(description="Left edge (m).")
    y_min: float = Field(description="Lower edge (m).")
    x_max: float = Field(description="Right edge (m).")
    y_max: float = Field(description="Upper edge (m).")

    @property
    def middle(self) -> tuple[float, float]:
        """The point (m) in its middle."""
        return (self.x_min + self.x_max) / 2, (self.y_min + self.y_max) / 2

    @model_validator(mode="after")
    def _has_an_area(self) -> Self:
        if not (self.x_min < self.x_max and self.y_min < self.y_max):
            raise ValueError("a box needs x_min < x_max and y_min < y_max")
        return self


class ZonesConfig(StrictModel):
    """Where the zones lie. Where they overlap, the first of berm, construction, start, excavation, obstacle counts."""

    berm: Box = Field(
        default=Box(x_min=4.45, y_min=0.19, x_max=6.15, y_max=0.99), description="Zone 4: where orbs are delivered."
    )
    construction: Box = Field(
        default=Box(x_min=3.8, y_min=0.0, x_max=6.8, y_max=1.5), description="Zone 3: the free ground around the berm."
    )
    start: Box = Field(
        default=Box(x_min=0.0, y_min=3.0, x_max=2.0, y_max=5.0), description="Zone 0: where the rover starts."
    )
    excavation: Box = Field(
        default=Box(x_min=0.0, y_min=0.0, x_max=2.5, y_max=3.0), description="Zone 1: where the orbs lie."
    )
    obstacle: Box = Field(
        default=Box(x_min=2.5, y_min=0.0, x_max=6.8, y_max=5.0), description="Zone 2: where rocks and craters lie."
    )


class RoverConfig(StrictModel):
    """The rover's body and drive."""

    length: float = Field(default=1.0, gt=0, description="Length along the direction of travel (m).")
    width: float = Field(default=0.6, gt=0, description="Width across the direction of travel (m).")
    acceleration: float = Field(default=4.0, gt=0, description="Limit of the drive's acceleration (m/s²).")
    angular_acceleration: float = Field(default=12.0, gt=0, description="Limit of the turning acceleration (rad/s²).")
    damping: float = Field(
        default=0.5, ge=0, description="Share of forward and turning speed lost to the ground (1/s)."
    )
    lateral_grip: float = Field(
        default=8.0, ge=0, description="Share of sideways speed lost to the wheels' grip (1/s)."
    )
    restitution: float = Field(default=0.3, ge=0, le=1, description="Share of the approach speed kept in a bounce.")
    contact_release: float = Field(
        default=0.1,
        gt=0,
        description="Gap (m) from which a contact is over and a touch is a new collision; more than a bounce's.",
    )


class ObstaclesConfig(StrictModel):
    """How rocks and craters are drawn."""

    rock_radius_min: float = Field(default=0.15, gt=0, description="Smallest rock (m).")
    rock_radius_max: float = Field(default=0.2, gt=0, description="Largest rock (m).")
    crater_radius_min: float = Field(default=0.15, gt=0, description="Smallest crater (m).")
    crater_radius_max: float = Field(default=0.25, gt=0, description="Largest crater (m).")
    gap: float = Field(default=0.05, ge=0, description="Least gap between two obstacles (m).")
    path_margin: float = Field(
        default=0.05,
        ge=0,
        description="Room (m) left of and right of a rover on the path that every layout must offer.",
    )
    attempts: int = Field(
        default=100, ge=1, le=10_000, description="Layouts tried before obstacles are left out until a path is free."
    )

    @model_validator(mode="after")
    def _ranges_rise(self) -> Self:
        if self.rock_radius_min > self.rock_radius_max or self.crater_radius_min > self.crater_radius_max:
            raise ValueError("a smallest radius is larger than its largest")
        return self


class OrbsConfig(StrictModel):
    """The orbs and the bucket that takes them."""

    radius: float = Field(default=0.075, gt=0, description="Radius of an orb (m). Orbs are not solid.")
    spacing: float = Field(default=0.2, ge=0, description="Least distance between the centres of two orbs (m).")
    bucket_reach: float = Field(
        default=0.5, gt=0, description="Farthest distance of an orb from the bucket's edge (m)."
    )
    bucket_angle: float = Field(
        default=math.radians(60),
        gt=0,
        lt=math.pi / 2,
        description="Largest angle of an orb off the bucket's direction (rad).",
    )
    dig_threshold: float = Field(
        default=0.5, ge=0, lt=1, description="The bucket digs or deposits when dig is greater."
    )


class SensorConfig(StrictModel):
    """The sensor looks forward from the rover's front edge, through a frustum as wide there as the rover."""

    depth: float = Field(default=1.75, gt=0, description="Depth of the frustum (m).")
    far_width: float = Field(default=2.0, gt=0, description="Width of the frustum at its far end (m).")


class RewardsConfig(StrictModel):
    """Rewards. Each event pays once per trip (until the next deposit), a collision once per contact.

    The `progress` terms are potentials under the discount: a step pays discount * new - old, where the potential is
    the coefficient times (span - distance), and 0 after termination. So they guide without changing what is best. The
    span, from the middle of the excavation zone to that of the berm, keeps potentials from being negative, so that
    waiting far from any goal does not seem to pay.
    """

    time_step: float = Field(default=-0.01, description="Every policy step.")
    reach_excavation_zone: float = Field(default=10.0, description="Entering the excavation zone without an orb.")
    collect_orb: float = Field(default=50.0, description="Taking an orb.")
    reach_construction_zone_with_orb: float = Field(
        default=100.0, description="Entering the construction zone with an orb."
    )
    deposit_orb: float = Field(default=200.0, description="Delivering an orb to the berm.")
    collision_obstacle: float = Field(default=-10.0, description="Touching a rock or a crater.")
    collision_wall: float = Field(default=-5.0, description="Touching a wall.")
    progress_toward_excavation: float = Field(
        default=1.0, ge=0, description="Per metre gained toward the excavation zone while empty."
    )
    progress_toward_construction: float = Field(
        default=2.0, ge=0, description="Per metre gained toward the construction zone while holding an orb."
    )
    # At 2.0, rovers that tried to drive home among the obstacles earned less than ones that dithered on the spot,
    # because collisions cost more than the way paid: a trap for a learner that cannot avoid rocks yet. At 8.0 it pays.
    progress_toward_orb: float = Field(
        default=8.0,
        ge=0,
        description="Per metre that the bucket gains on the nearest orb while empty: the zone alone says not where.",
    )
    progress_toward_berm: float = Field(
        default=8.0,
        ge=0,
        description="Per metre gained toward the berm while holding an orb: it is only a part of its zone.",
    )


class RandomisationConfig(StrictModel):
    """Domain randomisation, drawn anew every episode. All off by default, and off in evaluation."""

    slip: float = Field(
        default=0.0, ge=0, lt=1, description="Up to this share of drive speed and acceleration is lost."
    )
    mass: float = Field(default=0.0, ge=0, lt=1, description="The rover's mass varies by up to this share, either way.")
    latency: int = Field(
        default=0, ge=0, le=MAX_LATENCY, description="Actions take effect up to so many policy steps late."
    )
    sensor_distance: float = Field(default=0.0, ge=0, description="Standard deviation of sensed distances (m).")
    sensor_angle: float = Field(default=0.0, ge=0, description="Standard deviation of sensed angles (rad).")
    missing_obstacles: int = Field(
        default=0, ge=0, le=MAX_OBSTACLES, description="Up to so many obstacles are left out."
    )
    obstacle_size: float = Field(
        default=0.0, ge=0, lt=1, description="Obstacle radii vary by up to this share, either way."
    )


class CurriculumConfig(StrictModel):
    """Four stages, for each rover on its own: 1 starts in the excavation zone with an orb and no obstacles, 2 starts
    there empty, 3 starts in the start zone with half of the obstacles, 4 is the world itself. Off in evaluation.
    """

    enabled: bool = Field(default=False, description="Whether rovers climb the stages; otherwise they are at the last.")
    first_stage: int = Field(default=1, ge=1, le=STAGES, description="The stage that training begins with.")
    promote_at: float = Field(
        default=0.7, gt=0, lt=1, description="Running success rate from which the next stage follows."
    )
    memory: float = Field(
        default=0.2, gt=0, le=1, description="Weight of the newest episode in the running success rate."
    )


class LunaboticsConfig(StrictModel):
    """The Lunabotics world: lengths in metres, origin at the bottom left, angles counter-clockwise from +x."""

    world_width: float = Field(default=6.8, gt=0, le=1000, description="Width of the field (m).")
    world_height: float = Field(default=5.0, gt=0, le=1000, description="Height of the field (m).")
    max_speed: float = Field(default=2.0, gt=0, description="Speed limit (m/s), enforced.")
    max_angular_speed: float = Field(default=math.pi, gt=0, description="Turn limit (rad/s), enforced.")
    num_rocks: int = Field(default=7, ge=0, le=MAX_OBSTACLES, description="Rocks in the obstacle zone.")
    num_craters: int = Field(default=4, ge=0, le=MAX_OBSTACLES, description="Craters in the obstacle zone.")
    num_orbs: int = Field(default=15, ge=1, le=MAX_ORBS, description="Orbs in the excavation zone.")
    dt: float = Field(default=0.0167, gt=0, le=0.1, description="Length of a physics step (s).")
    action_repeat: int = Field(default=4, ge=1, le=60, description="Physics steps per action of the policy.")
    max_steps_per_episode: int = Field(
        default=1000, ge=1, le=1_000_000, description="Policy steps after which an episode is cut off."
    )
    discount_factor: float = Field(
        default=0.99, gt=0, le=1, description="Discount under which progress is rewarded; the learner's own."
    )
    zones: ZonesConfig = Field(default=ZonesConfig(), description="Where the zones lie.")
    rover: RoverConfig = Field(default=RoverConfig(), description="Size, drive and bounce of the rover.")
    obstacles: ObstaclesConfig = Field(default=ObstaclesConfig(), description="Sizes and gaps of rocks and craters.")
    orbs: OrbsConfig = Field(default=OrbsConfig(), description="Orbs and bucket.")
    sensor: SensorConfig = Field(default=SensorConfig(), description="The forward sensor.")
    rewards: RewardsConfig = Field(default=RewardsConfig(), description="What pays and what costs.")
    randomisation: RandomisationConfig = Field(default=RandomisationConfig(), description="Domain randomisation.")
    curriculum: CurriculumConfig = Field(default=CurriculumConfig(), description="Stages of rising difficulty.")

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.num_rocks + self.num_craters > MAX_OBSTACLES:
            raise ValueError(f"num_rocks and num_craters may be {MAX_OBSTACLES} together")
        field = Box(x_min=0.0, y_min=0.0, x_max=self.world_width, y_max=self.world_height)
        for name in type(self.zones).model_fields:
            box: Box = getattr(self.zones, name)
            if box.x_min < field.x_min or box.y_min < field.y_min or box.x_max > field.x_max or box.y_max > field.y_max:
                raise ValueError(f"the {name} zone lies outside the field of {field.x_max} x {field.y_max} m")
        # The rover starts anywhere in a zone, at any heading, without touching a wall.
        diagonal = math.hypot(self.rover.length, self.rover.width)
        for name in ("start", "excavation"):
            box = getattr(self.zones, name)
            if min(box.x_max - box.x_min, box.y_max - box.y_min) <= diagonal:
                raise ValueError(f"the {name} zone is too small for a rover with a diagonal of {diagonal:.2f} m")
        return self

    def evaluation(self) -> LunaboticsConfig:
        """The same world without curriculum and domain randomisation: what a policy is judged in."""
        return self.model_copy(update={"randomisation": RandomisationConfig(), "curriculum": CurriculumConfig()})


METRICS = (
    MetricSpec(
        name="success_rate",
        title="Success rate",
        panel="Success rate",
        better="higher",
        doc="Share of episodes with at least one orb delivered.",
    ),
    MetricSpec(
        name="orbs_collected",
        title="Orbs collected",
        panel="Deliveries",
        better="higher",
        doc="Orbs that the bucket took in an episode.",
    ),
    MetricSpec(
        name="orbs_deposited",
        title="Orbs delivered",
        panel="Deliveries",
        better="higher",
        doc="Orbs delivered to the berm in an episode.",
    ),
)
