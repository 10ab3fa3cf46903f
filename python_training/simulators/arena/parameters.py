"""A config as the numbers that kernels take."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from python_training.simulators.arena.config import ArenaConfig, EnemyConfig, ShipConfig
from python_training.simulators.arena.styles import ACES, Style

SLIGHT = 1e-5
"""Drag in a tick below which its effect is taken from the first terms of its series: the closed form divides by it."""


class Kind(NamedTuple):
    """A kind of ship. Of motion, what a tick does under constant acceleration and drag, integrated exactly."""

    radius: float
    acceleration: float
    max_speed: float
    turn_rate: float
    hull: float
    shield: float
    inverse_mass: float
    """1 for what flies, 0 for what stands as if nailed down."""
    kept: float
    """Share of the velocity that is left after a tick."""
    gain: float
    """Velocity per acceleration after a tick, and way per velocity (s)."""
    reach: float
    """Way per acceleration in a tick (s²)."""
    interval: float
    """Time between two shots (s)."""
    muzzle: float
    """Speed of a bullet as seen from the gun (px/s)."""
    life: float
    """Time for which a bullet flies (s)."""
    damage: float
    spread: float


class Mind(NamedTuple):
    """How a scripted enemy fights; units as in the config, `reach` in px."""

    roam: float
    near: float
    far: float
    lead: float
    trigger: float
    reach: float


class Space(NamedTuple):
    """The arena and its clock."""

    width: float
    height: float
    toroidal: bool
    dt: float
    max_ticks: int
    decision: int
    """Ticks for which a scripted pilot holds on to what it decided."""
    restitution: float
    ram: float
    salvage: float


class Waves(NamedTuple):
    """How enemies come; `drones` and `turrets` are cumulated shares, the rest are hunters."""

    active: bool
    first: int
    growth: int
    largest: int
    lull: float
    distance: float
    drones: float
    turrets: float


class Pay(NamedTuple):
    """Rewards."""

    kill: float
    damage: float
    survival: float


class Scales(NamedTuple):
    """What observations are divided by."""

    range: float
    speed: float
    bullet_range: float
    bullet_speed: float
    wall: float


class Parameters(NamedTuple):
    """A config as kernels take it.

    Attributes:
        kinds: by FIGHTER, DRONE, TURRET, HUNTER.
        minds: by kind less 1.
        teams: (seats,) int64.
        starts: (seats, 4) float64: x_min, x_max, y_min, y_max of where a seat's ship may appear (px).
    """

    kinds: tuple[Kind, Kind, Kind, Kind]
    minds: tuple[Mind, Mind, Mind]
    space: Space
    waves: Waves
    pay: Pay
    scales: Scales
    opponent: Style
    teams: NDArray[np.int64]
    starts: NDArray[np.float64]


def _kind(ship: ShipConfig, dt: float) -> Kind:
    drag, gun = ship.drag, ship.gun
    smooth = drag * dt > SLIGHT
    gain = -math.expm1(-drag * dt) / drag if smooth else dt - drag * dt * dt / 2.0
    return Kind(
        radius=ship.radius,
        acceleration=ship.acceleration,
        max_speed=ship.max_speed,
        turn_rate=ship.turn_rate,
        hull=ship.hull,
        shield=ship.shield,
        inverse_mass=1.0 if ship.max_speed > 0.0 else 0.0,
        kept=math.exp(-drag * dt),
        gain=gain,
        reach=(dt - gain) / drag if smooth else dt * dt / 2.0,
        interval=1.0 / gun.shots_per_second,
        muzzle=gun.bullet_speed,
        life=gun.range / gun.bullet_speed,
        damage=gun.damage,
        spread=gun.spread,
    )


def _mind(enemy: EnemyConfig) -> Mind:
    return Mind(enemy.roam, enemy.near, enemy.far, enemy.lead, enemy.trigger, enemy.reach * enemy.gun.range)


def _starts(config: ArenaConfig) -> NDArray[np.float64]:
    """One team begins in the middle, several side by side."""
    teams = sorted(set(config.team_of_seats))
    if len(teams) == 1:
        middle = [0.25 * config.width, 0.75 * config.width, 0.25 * config.height, 0.75 * config.height]
        return np.array([middle] * config.pilots, dtype=np.float64)
    band, margin = config.width / len(teams), 2.0 * config.fighter.radius
    rows = []
    for team in config.team_of_seats:
        left = teams.index(team) * band
        rows.append([left + margin, max(left + 0.6 * band, left + margin), margin, config.height - margin])
        if teams.index(team) == len(teams) - 1:  # the outermost teams keep equal distances from their walls
            rows[-1][:2] = [min(left + 0.4 * band, left + band - margin), left + band - margin]
    return np.array(rows, dtype=np.float64)


def parameters(config: ArenaConfig) -> Parameters:
    """The numbers of `config`."""
    dt, enemies, waves = config.sim_dt, config.enemies, config.waves
    shares = waves.drones + waves.turrets + waves.hunters
    ships = (config.fighter, enemies.drone, enemies.turret, enemies.hunter)
    drone, turret = waves.drones / shares, waves.turrets / shares
    return Parameters(
        kinds=(_kind(ships[0], dt), _kind(ships[1], dt), _kind(ships[2], dt), _kind(ships[3], dt)),
        minds=(_mind(enemies.drone), _mind(enemies.turret), _mind(enemies.hunter)),
        space=Space(
            width=config.width,
            height=config.height,
            toroidal=config.toroidal,
            dt=dt,
            max_ticks=config.max_ticks,
            decision=config.ticks_per_decision,
            restitution=config.restitution,
            ram=config.ram_damage,
            salvage=config.salvage,
        ),
        waves=Waves(
            active=config.scenario == "waves",
            first=waves.first,
            growth=waves.growth,
            largest=waves.largest,
            lull=waves.lull,
            distance=waves.distance,
            drones=drone,
            turrets=drone + turret,
        ),
        pay=Pay(config.rewards.kill, config.rewards.damage, config.rewards.survival),
        scales=Scales(
            range=0.5 * math.hypot(config.width, config.height),
            speed=config.fighter.max_speed,
            bullet_range=max(ship.gun.range for ship in ships),
            bullet_speed=2.0 * config.fighter.max_speed,
            wall=math.hypot(config.width, config.height),
        ),
        opponent=ACES[config.opponent],
        teams=np.array(config.team_of_seats, dtype=np.int64),
        starts=_starts(config),
    )


def slots(config: ArenaConfig) -> tuple[int, int]:
    """How many ships and bullets one copy has room for."""
    kinds = [config.fighter]
    ships = config.pilots
    if config.scenario == "waves":
        kinds += [config.enemies.drone, config.enemies.turret, config.enemies.hunter]
        ships += config.waves.largest
    guns = [kind.gun for kind in kinds]
    # a ship's own bullets in the air: one more than it fires while the first of them flies
    in_the_air = max(math.ceil(gun.range / gun.bullet_speed * gun.shots_per_second) + 1 for gun in guns)
    # an enemy's slot may be taken by one of the next wave while the bullets of its last owner still fly
    return ships, in_the_air * (ships + (config.waves.largest if config.scenario == "waves" else 0))
