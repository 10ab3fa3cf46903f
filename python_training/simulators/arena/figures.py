"""The figures of a pilot in a bout, as METRICS names them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from python_training.simulators.arena.config import ArenaConfig
from python_training.simulators.arena.state import State


def seat_figures(state: State, config: ArenaConfig, seat: int) -> dict[str, NDArray[np.float64]]:
    """The figures of the pilot in `seat` in every copy's episode so far, each (N,)."""
    shots, hits = state.shots[:, seat].astype(np.float64), state.hits[:, seat].astype(np.float64)
    kills, dealt, taken = state.kills[:, seat].astype(np.float64), state.dealt[:, seat], state.taken[:, seat]
    elapsed = np.minimum(state.steps * config.sim_dt, config.sim_duration)
    # whoever ended a bout early by winning it would have lived on
    lived = np.where(state.terminated | state.truncated, config.sim_duration, elapsed)
    lost = ~state.alive[:, seat] & (state.lost[:, seat] >= 0.0)
    return {
        "success_rate": _won(state, config, seat).astype(np.float64),
        "enemies_destroyed": kills,
        "accuracy": np.divide(hits, shots, out=np.zeros_like(hits), where=shots > 0.0),
        "damage_dealt": dealt.copy(),
        "damage_taken": taken.copy(),
        "survival_time": np.where(lost, np.minimum(state.lost[:, seat], config.sim_duration), lived),
        "shots_fired": shots,
        "hits": hits,
    }


def _won(state: State, config: ArenaConfig, seat: int) -> NDArray[np.bool_]:
    """Who won, (N,): in waves an enemy destroyed; else the last team flying, or failing that the more damage."""
    if config.scenario == "waves":
        return state.kills[:, seat] > 0
    teams = np.array(config.team_of_seats)
    friends, alive = teams == teams[seat], state.alive[:, : len(teams)]
    friends_left, foes_left = alive[:, friends].any(axis=1), alive[:, ~friends].any(axis=1)
    ahead = state.dealt[:, : len(teams)][:, friends].sum(axis=1) > state.taken[:, : len(teams)][:, friends].sum(axis=1)
    won: NDArray[np.bool_] = np.where(friends_left == foes_left, ahead, friends_left)
    return won
