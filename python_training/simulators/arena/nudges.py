"""Nudges in the arena: what a pilot is to see so that it flies where a person wants it.

A pilot flies at what it sees, so that is what is bent: the first of the two enemies that it observes is the one to
attack, or a decoy at the place to be. The second is the nearest real enemy, and all else stays true. Everything is
observed by the world's own kernel, in an altered copy of the state.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from python_training.contracts.errors import ConfigError
from python_training.contracts.nudges import Nudge, Order
from python_training.simulators.arena.kernels import observe_batch
from python_training.simulators.arena.state import OBSERVATION_SIZE, SHIP
from python_training.simulators.arena.vector_env import ArenaVectorEnv

TARGET_REACH, CLICK_REACH = 60.0, 30.0
"""A spot means the enemy nearest to it if that is within so many px; a click is to be nearer."""
ARRIVED, LEASH = 70.0, 50.0
"""Within so many px of a rally point, or of the place to hold, a pilot sees things as they are."""
RANK = 60.0
"""Gap (px) between ships in formation, sideways and to the rear."""

_ENEMY = 5
"""Numbers that tell of one enemy; the first ten of an observation tell of two."""
_DECOY_TEAM = -2


class ArenaNudges:
    """What nudges mean in an ArenaVectorEnv with one copy."""

    def orders(self, nudge: Nudge, seats: Sequence[int], world: Any) -> Mapping[int, Order]:
        """What `nudge` tells each of `seats`; raises ConfigError if there is no enemy where one is meant.

        Orders are `{kind: "target", serial, x, y}`, `{kind: "rally" | "hold", x, y}` (hold: where the ship is) and
        `{kind: "formation"}`.
        """
        env: ArenaVectorEnv = world.unwrapped
        match nudge.kind:
            case "release":
                return {}
            case "formation":
                return {seat: {"kind": "formation"} for seat in seats}
            case "hold":
                ships = env.state.ships[0]
                return {seat: _place("hold", float(ships[seat].x), float(ships[seat].y)) for seat in seats}
        x, y = _inside(nudge, env)
        found = None if nudge.kind == "rally" else _enemy_at(x, y, _reach(nudge), seats, env)
        if found is not None:
            ship = env.state.ships[0, found]
            order = {**_place("target", float(ship.x), float(ship.y)), "serial": int(ship.serial)}
        elif nudge.kind == "target":
            raise ConfigError(f"There is no enemy within {TARGET_REACH:g} px of ({x:.0f}, {y:.0f}).", field="x")
        else:
            order = _place("rally", x, y)
        return dict.fromkeys(seats, order)

    def bias(self, order: Order, seat: int, observations: NDArray[np.float32], world: Any) -> NDArray[np.float32]:
        """What the pilot in `seat` is to see under `order`, (1, 23)."""
        env: ArenaVectorEnv = world.unwrapped
        ships = env.state.ships[0]
        if not ships[seat].alive:
            return observations
        if order["kind"] == "target":
            marks = np.flatnonzero((ships.alive == 1) & (ships.serial == order["serial"]))
            return _with_enemy(env, seat, observations, ships[marks], hidden=marks) if len(marks) else observations
        decoy = _station(order, seat, env)
        return observations if decoy is None else _with_enemy(env, seat, observations, decoy, hidden=())


def _place(kind: str, x: float, y: float) -> dict[str, Any]:
    return {"kind": kind, "x": x, "y": y}


def _inside(nudge: Nudge, env: ArenaVectorEnv) -> tuple[float, float]:
    """The spot of a nudge; raises ConfigError if it lies outside the arena."""
    for name, value, end in (("x", nudge.x, env.config.width), ("y", nudge.y, env.config.height)):
        if value is None or not 0.0 <= value <= end:
            raise ConfigError(f"{name} must be from 0 to {end:g}, got {value}.", field=name)
    return float(nudge.x or 0.0), float(nudge.y or 0.0)


def _reach(nudge: Nudge) -> float:
    return TARGET_REACH if nudge.kind == "target" else CLICK_REACH


def _enemy_at(x: float, y: float, reach: float, seats: Sequence[int], env: ArenaVectorEnv) -> int | None:
    """The slot of the living enemy of `seats` that is nearest to (x, y) and within `reach` of its edge."""
    ships = env.state.ships[0]
    friends = {int(ships[seat].team) for seat in seats}
    best, nearest = None, reach
    for slot in np.flatnonzero(ships.alive):
        if int(ships[slot].team) not in friends:
            away = _distance(ships[slot], x, y, env) - float(ships[slot].radius)
            if away < nearest:
                best, nearest = int(slot), away
    return best


def _station(order: Order, seat: int, env: ArenaVectorEnv) -> Any:
    """A decoy (1,) where the pilot in `seat` is to be, None if it is there or has to be nowhere."""
    ships = env.state.ships[0]
    if order["kind"] != "formation":
        within = ARRIVED if order["kind"] == "rally" else LEASH
        away = _distance(ships[seat], order["x"], order["y"], env)
        return None if away < within else _decoy(order["x"], order["y"], 0.0, 0.0)
    wing = [slot for slot in range(env.seats) if ships[slot].alive and ships[slot].team == ships[seat].team]
    place = wing.index(seat)
    if place == 0:
        return None
    leader, rank = ships[wing[0]], (place + 1) // 2
    ahead, left = -RANK * rank, RANK * rank * (1.0 if place % 2 else -1.0)
    x = leader.x + ahead * leader.cos - left * leader.sin
    y = leader.y + ahead * leader.sin + left * leader.cos
    return _decoy(float(x), float(y), float(leader.vx), float(leader.vy))


def _decoy(x: float, y: float, vx: float, vy: float) -> Any:
    ship = np.zeros(1, dtype=SHIP).view(np.recarray)
    ship.alive, ship.team = 1, _DECOY_TEAM
    ship.x, ship.y, ship.vx, ship.vy = x, y, vx, vy
    return ship


def _with_enemy(
    env: ArenaVectorEnv, seat: int, observations: NDArray[np.float32], first: Any, hidden: Sequence[int] | NDArray[Any]
) -> NDArray[np.float32]:
    """`observations` with the ship `first` (1,) as the first enemy, and the nearest that is not `hidden` as the second.

    Both are observed as they are: how far away the first one is is not made less, only more important.
    """
    ships = env.state.ships[0]
    alone = np.concatenate([ships, first]).view(np.recarray)
    alone.alive[: len(ships)] = 0
    alone.alive[seat] = 1
    others = ships.copy()
    others.alive[list(hidden)] = 0
    biased = observations.copy()
    biased[0, :_ENEMY] = _observed(env, seat, alone)[0, :_ENEMY]
    biased[0, _ENEMY : 2 * _ENEMY] = _observed(env, seat, others)[0, :_ENEMY]
    return biased


def _observed(env: ArenaVectorEnv, seat: int, ships: Any) -> NDArray[np.float32]:
    """What the pilot in `seat` would see, (1, 23), if `ships` (S,) were all there are."""
    seen = np.empty((1, OBSERVATION_SIZE), dtype=np.float32)
    observe_batch(env.state._replace(ships=ships[None]), env.parameters, seat, seen)
    return seen


def _distance(ship: Any, x: float, y: float, env: ArenaVectorEnv) -> float:
    dx, dy = x - float(ship.x), y - float(ship.y)
    if env.config.toroidal:
        dx -= env.config.width * round(dx / env.config.width)
        dy -= env.config.height * round(dy / env.config.height)
    return math.hypot(dx, dy)
