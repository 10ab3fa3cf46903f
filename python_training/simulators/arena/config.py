"""Everything that can be set in the arena, and what it measures. Lengths in px, times in s. Light to import."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, Self

from pydantic import Field, model_validator

from python_training.contracts.config import StrictModel, validate
from python_training.contracts.games import GameSpec
from python_training.contracts.metrics import MetricSpec

MAX_SEATS = 32
"""Most pilots in one copy of the world."""
MAX_ENEMIES = 24
MAX_SIDE = 100_000
MAX_TICKS = 1_000_000
LEAST_TICK_S = 1e-4
"""Most scripted enemies in one copy at once."""

Scenario = Literal["waves", "duel", "squad"]
AceName = Literal["ace", "ace_rusher", "ace_sniper", "ace_dodger"]


class GunConfig(StrictModel):
    """A gun fixed to the nose. A bullet leaves with the ship's own velocity on top of its speed."""

    shots_per_second: float = Field(default=4.0, gt=0, le=10, description="Rate of fire (1/s of simulated time).")
    bullet_speed: float = Field(default=480.0, gt=0, description="Speed of a bullet as seen from the gun (px/s).")
    range: float = Field(default=400.0, gt=0, description="Way of a bullet as seen from the gun (px).")
    damage: float = Field(default=25.0, gt=0, description="Points that a hit takes, of the shield first.")
    spread: float = Field(
        default=0.0, ge=0, lt=math.pi, description="Bullets leave up to so much off the nose, either way (rad)."
    )


class ShipConfig(StrictModel):
    """A kind of ship: body, drive and gun."""

    radius: float = Field(default=15.0, gt=0, description="Radius (px).")
    acceleration: float = Field(default=500.0, ge=0, description="Acceleration at full thrust (px/s²).")
    max_speed: float = Field(default=400.0, ge=0, description="Speed limit (px/s), enforced.")
    turn_rate: float = Field(default=math.pi, gt=0, description="Turning speed at full helm (rad/s).")
    drag: float = Field(default=0.6, ge=0, description="Velocity falls by exp(-drag t) (1/s).")
    hull: float = Field(default=200.0, gt=0, description="Points after which the ship is lost.")
    shield: float = Field(default=100.0, ge=0, description="Points that are taken before the hull's.")
    gun: GunConfig = Field(default=GunConfig(), description="The nose gun.")


class EnemyConfig(ShipConfig):
    """A scripted enemy: its ship, and how it fights."""

    hull: float = Field(default=275.0, gt=0, description="Points after which the ship is lost.")
    shield: float = Field(default=0.0, ge=0, description="Points that are taken before the hull's.")
    roam: float = Field(
        default=0.0,
        ge=0,
        description="Flies from place to place so near to the nearest pilot (px); 0: keeps its nose on it.",
    )
    near: float = Field(default=0.0, ge=0, description="It backs off from pilots nearer than this (px).")
    far: float = Field(default=0.0, ge=0, description="It closes in on pilots farther than this (px).")
    lead: float = Field(
        default=0.5,
        ge=0,
        le=1,
        description="Share of a pilot's motion that it aims ahead of; 1 hits who flies straight.",
    )
    trigger: float = Field(
        default=0.15, ge=0, le=math.pi, description="It fires when its nose is off its aim by less than this (rad)."
    )
    reach: float = Field(default=0.9, gt=0, description="It fires at pilots within this share of its range.")


class EnemiesConfig(StrictModel):
    """The scripted enemies, 275 points each."""

    drone: EnemyConfig = Field(
        default=EnemyConfig(
            radius=13.0,
            acceleration=200.0,
            max_speed=100.0,
            turn_rate=math.radians(120),
            gun=GunConfig(shots_per_second=1.5, bullet_speed=600.0, damage=16.0, spread=math.radians(6)),
            roam=300.0,
            lead=0.5,
            trigger=0.3,
        ),
        description="Flies from place to place near pilots and shoots at who comes before its gun.",
    )
    turret: EnemyConfig = Field(
        default=EnemyConfig(
            radius=14.0,
            acceleration=0.0,
            max_speed=0.0,
            turn_rate=math.radians(80),
            gun=GunConfig(shots_per_second=2.0, bullet_speed=700.0, range=700.0, damage=24.0, spread=math.radians(4)),
            lead=1.0,
        ),
        description="Stands still, turns to the nearest pilot and shoots far.",
    )
    hunter: EnemyConfig = Field(
        default=EnemyConfig(
            radius=12.0,
            acceleration=300.0,
            max_speed=180.0,
            turn_rate=math.radians(150),
            gun=GunConfig(shots_per_second=2.0, bullet_speed=600.0, damage=20.0, spread=math.radians(3)),
            near=120.0,
            far=200.0,
            lead=1.0,
        ),
        description="Chases the nearest pilot and aims where it will be.",
    )


class WavesConfig(StrictModel):
    """How enemies come. When a wave is shot down, the next and larger one follows."""

    first: int = Field(default=2, ge=1, le=MAX_ENEMIES, description="Enemies in the first wave.")
    growth: int = Field(default=1, ge=0, le=MAX_ENEMIES, description="By so many is each wave larger than the last.")
    largest: int = Field(default=8, ge=1, le=MAX_ENEMIES, description="No wave is larger.")
    lull: float = Field(default=0.6, ge=0, description="Time between the end of a wave and the next one (s).")
    distance: float = Field(
        default=250.0, ge=0, description="Enemies appear at least so far from pilots, if there is room (px)."
    )
    drones: float = Field(default=0.3, ge=0, description="Share of drones, relative to the other shares.")
    turrets: float = Field(default=0.2, ge=0, description="Share of turrets.")
    hunters: float = Field(default=0.5, ge=0, description="Share of hunters.")

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.drones + self.turrets + self.hunters <= 0:
            raise ValueError("drones, turrets and hunters are all 0")
        if self.first > self.largest:
            raise ValueError(f"the first wave of {self.first} is larger than the largest, {self.largest}")
        return self


class RewardsConfig(StrictModel):
    """What a step pays a learner that wants rewards: the fitness formula's weights, divided by 1,000."""

    kill: float = Field(default=4.0, description="Each enemy destroyed.")
    damage: float = Field(default=0.004, description="Each point of damage dealt.")
    survival: float = Field(default=0.1, description="Each simulated second survived.")


class ArenaConfig(StrictModel):
    """The arena: origin at the bottom left, y upwards, angles counter-clockwise from +x."""

    width: float = Field(default=1000.0, gt=0, le=MAX_SIDE, description="Width of the arena (px).")
    height: float = Field(default=700.0, gt=0, le=MAX_SIDE, description="Height of the arena (px).")
    toroidal: bool = Field(default=False, description="Whether what leaves on one side comes back on the other.")
    sim_duration: float = Field(default=30.0, gt=0, le=3600, description="Length of a bout (simulated s).")
    sim_dt: float = Field(default=0.1, ge=LEAST_TICK_S, le=0.1, description="Length of a tick (simulated s).")
    decision_dt: float = Field(
        default=0.1, gt=0, le=1, description="Scripted pilots decide so often (simulated s), whatever the tick."
    )
    scenario: Scenario = Field(
        default="waves",
        description="waves: all seats against scripted enemies; duel: seat 0 against seat 1; "
        "squad: the first half of the seats against the second.",
    )
    seats: int | None = Field(
        default=None, ge=1, le=MAX_SEATS, description="Pilots in the arena; by default 1, in a duel 2, in a squad 4."
    )
    teams: tuple[int, ...] | None = Field(
        default=None,
        min_length=1,
        max_length=MAX_SEATS,
        description="The team of each seat, numbers from 0 up; left out, the scenario decides.",
    )
    opponent: AceName = Field(default="ace", description="Who flies the seats that nobody else flies.")
    restitution: float = Field(default=0.3, ge=0, le=1, description="Share of the approach speed kept in a bounce.")
    ram_damage: float = Field(
        default=0.1, ge=0, description="Points that both ships lose in a collision, per px/s of approach."
    )
    salvage: float = Field(
        default=300.0,
        ge=0,
        description="Points of hull, then of shield, that a ship gets back for each one it destroys.",
    )
    fighter: ShipConfig = Field(default=ShipConfig(), description="The ship that pilots fly.")
    enemies: EnemiesConfig = Field(default=EnemiesConfig(), description="The scripted enemies.")
    waves: WavesConfig = Field(default=WavesConfig(), description="How scripted enemies come.")
    rewards: RewardsConfig = Field(default=RewardsConfig(), description="What a step pays.")

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.sim_duration > MAX_TICKS * self.sim_dt:
            raise ValueError(
                f"sim_duration {self.sim_duration:g} s in ticks of sim_dt {self.sim_dt:g} s are more than "
                f"{MAX_TICKS} ticks"
            )
        if self.scenario == "duel" and self.pilots != 2:
            raise ValueError(f"a duel has 2 seats, got {self.pilots}")
        if self.teams is not None:
            if self.pilots != len(self.teams) or min(self.teams) < 0 or max(self.teams) >= MAX_SEATS:
                raise ValueError(f"teams must be {self.pilots} numbers from 0 to {MAX_SEATS - 1}, got {self.teams}")
        elif self.scenario == "squad" and self.pilots % 2:
            raise ValueError(f"two equal squads need an even number of seats, got {self.pilots}")
        if self.scenario != "waves" and len(set(self.team_of_seats)) < 2:
            raise ValueError(f"a {self.scenario} needs two teams, got {self.team_of_seats}")
        kinds = (self.fighter, self.enemies.drone, self.enemies.turret, self.enemies.hunter)
        largest = max(kind.radius for kind in kinds)
        if min(self.width, self.height) < 8 * largest:
            raise ValueError(f"an arena for ships of radius {largest} px needs sides of {8 * largest} px or more")
        if any(kind.gun.shots_per_second * self.sim_dt > 1 for kind in kinds):
            raise ValueError("a gun fires more than once in a tick: lower shots_per_second or sim_dt")
        return self

    @property
    def pilots(self) -> int:
        """How many seats there are."""
        if self.seats is None:
            return len(self.teams) if self.teams else {"waves": 1, "duel": 2, "squad": 4}[self.scenario]
        return self.seats

    @property
    def team_of_seats(self) -> tuple[int, ...]:
        """The team of each seat."""
        if self.teams is not None:
            return self.teams
        if self.scenario == "waves":
            return (0,) * self.pilots
        return tuple(2 * seat // self.pilots for seat in range(self.pilots))

    @property
    def max_ticks(self) -> int:
        """Ticks in a bout of full length."""
        return max(math.ceil(self.sim_duration / self.sim_dt - 1e-9), 1)

    @property
    def ticks_per_decision(self) -> int:
        """For so many ticks a scripted pilot holds on to what it decided."""
        return max(round(self.decision_dt / self.sim_dt), 1)

    def evaluation(self) -> ArenaConfig:
        """The same world as a pilot is judged in: nothing is there for training only."""
        return self

    def duel(self) -> ArenaConfig:
        """The same ships in a fight of two pilots."""
        return validate(ArenaConfig, {**self.model_dump(), "scenario": "duel", "seats": None, "teams": None})

    def game(self, teams: Sequence[int]) -> ArenaConfig:
        """The same world at 60 ticks a second with a seat for each of `teams`: all of one team fight waves."""
        scenario = "waves" if len(set(teams)) < 2 else "squad"
        changes = {"scenario": scenario, "seats": None, "teams": tuple(teams), "sim_dt": 1 / 60}
        return validate(ArenaConfig, {**self.model_dump(), **changes})


GAME = GameSpec(min_seats=1, max_seats=32, sides=True, dark=True, hand="ship")
"""The arena as a game."""

_ENEMY = ("range", "bearing sin", "bearing cos", "closing", "lateral")
INPUTS = (
    *(f"enemy 1 {part}" for part in _ENEMY),
    *(f"enemy 2 {part}" for part in _ENEMY),
    *("speed ahead", "speed left", "hull", "shield", "cooldown"),
    *(f"bullet {part}" for part in _ENEMY),
    *("wall ahead", "wall left", "wall right"),
)
"""Short names of what a pilot observes, in order."""
OUTPUTS = ("thrust", "turn", "fire")
"""Short names of what a pilot does, in order."""


def _spec(name: str, title: str, panel: str, doc: str, better: Literal["higher", "lower"] = "higher") -> MetricSpec:
    unit = "s" if name == "survival_time" else ""
    return MetricSpec(name=name, title=title, panel=panel, better=better, doc=doc, unit=unit)


METRICS = (
    _spec(
        "success_rate",
        "Success rate",
        "Success rate",
        "Share of bouts won: in waves an enemy destroyed; else the others destroyed, or more damage dealt than taken.",
    ),
    _spec("enemies_destroyed", "Enemies destroyed", "Kills", "Enemies that the pilot shot down in a bout."),
    _spec("accuracy", "Accuracy", "Accuracy", "Hits per shot in a bout, 0 if no shot was fired."),
    _spec("damage_dealt", "Damage dealt", "Damage", "Points that the pilot's bullets took in a bout."),
    _spec("damage_taken", "Damage taken", "Damage", "Points that the pilot's ship lost in a bout.", "lower"),
    _spec(
        "survival_time",
        "Survival time",
        "Survival time",
        "Simulated time until the pilot's ship was lost, the bout's full length if it never was.",
    ),
    _spec("shots_fired", "Shots fired", "Shots", "Bullets that the pilot fired in a bout."),
    _spec("hits", "Hits", "Shots", "Bullets of the pilot that hit an enemy in a bout."),
)

SUMMED_BOUTS = 10
"""A pilot's fitness counts what happened in so many bouts together."""
SUMMED = ("enemies_destroyed", "damage_dealt", "damage_taken", "shots_fired", "hits")
"""Figures that enter the fitness as sums."""
_TAKEN = {
    **dict.fromkeys(
        SUMMED, f"summed over {SUMMED_BOUTS} bouts (of another number, what {SUMMED_BOUTS} would sum up to)"
    ),
    "accuracy": "of all shots of the bouts together, 0 if there were too few",
}
PERFORMANCE = tuple(
    replace(
        spec,
        title=f"{spec.title}, {SUMMED_BOUTS} bouts" if spec.name in SUMMED else spec.title,
        doc=f"{spec.doc.rstrip('.')}: {_TAKEN.get(spec.name, 'mean over the bouts')}.",
    )
    for spec in METRICS
)
"""The figures of a pilot as they enter its fitness."""
