"""How pilots and waves of enemies come into the arena."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from python_training.compiled.generator import uniform
from python_training.compiled.kernel import inlined
from python_training.simulators.arena.geometry import shortest
from python_training.simulators.arena.parameters import Parameters
from python_training.simulators.arena.state import DRONE, FIGHTER, HUNTER, NEVER, NOBODY, TURRET, Bout, Ship

ENEMY_TEAM = -1
"""The team of scripted enemies."""
ATTEMPTS = 30
"""Places tried for a ship; the last one is taken, however crowded."""
ELBOW_ROOM = 20.0
"""Least gap (px) between ships that appear."""
READY = 0.5
"""Least time (s) before an enemy that appears may fire."""


@inlined
def _free(ships: Any, ship: Ship, distance: float, p: Parameters) -> bool:
    """Whether `ship` has elbow room where it is, and pilots are `distance` away, measured between centres."""
    space = p.space
    for slot in range(ships.shape[0]):
        other = ships[slot]
        if not other.alive:
            continue
        dx = shortest(other.x - ship.x, space.width, space.toroidal)
        dy = shortest(other.y - ship.y, space.height, space.toroidal)
        room = ship.radius + other.radius + ELBOW_ROOM
        if slot < p.teams.shape[0]:
            room = max(room, distance)
        if dx * dx + dy * dy < room * room:
            return False
    return True


@inlined
def _appear(
    ship: Ship,
    what: int,
    team: int,
    area: tuple[float, float, float, float],
    distance: float,
    ships: Any,
    bout: Bout,
    rng: NDArray[np.int64],
    p: Parameters,
) -> None:
    """A new ship at rest, its gun ready, in a free place of `area` (x_min, x_max, y_min, y_max)."""
    kind = p.kinds[what]
    ship.alive = 0  # so that the slot's last ship is not in the way
    ship.radius = kind.radius
    for _ in range(ATTEMPTS):
        ship.x = uniform(rng, area[0], area[1])
        ship.y = uniform(rng, area[2], area[3])
        if _free(ships, ship, distance, p):
            break
    ship.heading = uniform(rng, -math.pi, math.pi)
    ship.cos, ship.sin = math.cos(ship.heading), math.sin(ship.heading)
    ship.vx = ship.vy = 0.0
    ship.before_x, ship.before_y, ship.before_heading = ship.x, ship.y, ship.heading
    ship.before_vx = ship.before_vy = ship.dx = ship.dy = 0.0
    ship.hull, ship.shield, ship.cooldown = kind.hull, kind.shield, 0.0
    ship.thrust = ship.turn = ship.fire = ship.goal_x = ship.goal_y = 0.0
    ship.kind, ship.team, ship.alive = what, team, 1
    ship.serial = bout.serials
    bout.serials += 1
    ship.struck, ship.lost, ship.killer = NEVER, NEVER, NOBODY
    ship.shots = ship.hits = ship.kills = 0
    ship.dealt = ship.taken = 0.0


@inlined
def seat_pilots(ships: Any, bout: Bout, rng: NDArray[np.int64], p: Parameters) -> None:
    """Put the pilots' ships where the scenario wants them."""
    for seat in range(p.teams.shape[0]):
        area = (p.starts[seat, 0], p.starts[seat, 1], p.starts[seat, 2], p.starts[seat, 3])
        _appear(ships[seat], FIGHTER, p.teams[seat], area, 0.0, ships, bout, rng, p)


@inlined
def send_wave(ships: Any, bout: Bout, rng: NDArray[np.int64], p: Parameters) -> None:
    """Let the next wave appear, away from the pilots."""
    seats, waves, space = p.teams.shape[0], p.waves, p.space
    count = min(waves.first + waves.growth * bout.wave, waves.largest)
    for slot in range(seats, seats + count):
        share = uniform(rng, 0.0, 1.0)
        what = DRONE if share < waves.drones else TURRET if share < waves.turrets else HUNTER
        margin = 2.0 * p.kinds[what].radius
        area = (margin, space.width - margin, margin, space.height - margin)
        ship = ships[slot]
        _appear(ship, what, ENEMY_TEAM, area, waves.distance, ships, bout, rng, p)
        ship.cooldown = uniform(rng, READY, READY + p.kinds[what].interval)
        ship.goal_x, ship.goal_y = ship.x, ship.y
    bout.wave += 1
    bout.lull = waves.lull


@inlined
def await_wave(ships: Any, bout: Bout, rng: NDArray[np.int64], p: Parameters) -> None:
    """When all enemies are gone, count down to the next wave."""
    for slot in range(p.teams.shape[0], ships.shape[0]):
        if ships[slot].alive:
            return
    bout.lull -= p.space.dt
    if bout.lull <= 1e-9:
        send_wave(ships, bout, rng, p)
