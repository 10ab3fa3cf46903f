"""The figures of a pilot in a bout, as METRICS names them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from python_training.simulators.arena.config import ArenaConfig
from python_training.simulators.arena.state import State


def seat_figures(state: State, config: ArenaConfig, seat: int) -> dict[str, NDArray[np.float64]]:
    """The figures of the pilot in `seat` in every copy's episode so far, each (N,)."""
    ship: Any = state.ships[:, seat]
    shots, hits = ship.shots.astype(np.float64), ship.hits.astype(np.float64)
    elapsed = np.minimum(state.bouts.steps * config.sim_dt, config.sim_duration)
    # whoever ended a bout early by winning it would have lived on
    lived = np.where(state.terminated | state.truncated, config.sim_duration, elapsed)
    lost = (ship.alive == 0) & (ship.lost >= 0.0)
    return {
        "success_rate": _won(state, config, seat).astype(np.float64),
        "enemies_destroyed": ship.kills.astype(np.float64),
        "accuracy": np.divide(hits, shots, out=np.zeros_like(hits), where=shots > 0.0),
        "damage_dealt": np.array(ship.dealt),
        "damage_taken": np.array(ship.taken),
        "survival_time": np.where(lost, np.minimum(ship.lost, config.sim_duration), lived),
        "shots_fired": shots,
        "hits": hits,
    }


def _won(state: State, config: ArenaConfig, seat: int) -> NDArray[np.bool_]:
    """Who won, (N,): in waves an enemy destroyed; else the last team flying, or failing that the more damage."""
    if config.scenario == "waves":
        return np.asarray(state.ships.kills[:, seat] > 0)
    teams = np.array(config.team_of_seats)
    friends = teams == teams[seat]
    pilots: Any = state.ships[:, : len(teams)]
    friends_left = (pilots.alive[:, friends] != 0).any(axis=1)
    foes_left = (pilots.alive[:, ~friends] != 0).any(axis=1)
    ahead = pilots.dealt[:, friends].sum(axis=1) > pilots.taken[:, friends].sum(axis=1)
    return np.asarray(np.where(friends_left == foes_left, ahead, friends_left))
