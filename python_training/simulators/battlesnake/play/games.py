"""Whole games in one compiled call, each from its own seed."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from python_training.compiled.kernel import inlined, kernel
from python_training.simulators.battlesnake.heuristic.sight import Scratch
from python_training.simulators.battlesnake.players.players import RANDOM_SAFE
from python_training.simulators.battlesnake.players.policies import decide
from python_training.simulators.battlesnake.players.policy_random_safe import random_safe
from python_training.simulators.battlesnake.rules.layout import Layout
from python_training.simulators.battlesnake.rules.maps import start, update
from python_training.simulators.battlesnake.rules.rules import play_turn
from python_training.simulators.battlesnake.rules.state import ALIVE, BY, CAUSE, DIED, LENGTH, MOVE, OVER, TURN, Games


@inlined
def decide_all(
    games: Games,
    layout: Layout,
    g: int,
    seats: NDArray[np.int64],
    policies: NDArray[np.int64],
    parameters: NDArray[np.float64],
    scratch: Scratch,
) -> None:
    """Let every living snake of game `g` choose its move; seat s is played by player `seats[s]`."""
    for s in range(layout.snakes):
        if games.snakes[g, s, ALIVE]:
            policy = policies[seats[s]]
            if policy == RANDOM_SAFE:  # spelt out, for the call of `decide` costs more than this whole policy
                games.snakes[g, s, MOVE] = random_safe(games, layout, g, s)
            else:
                games.snakes[g, s, MOVE] = decide(games, layout, g, s, policy, parameters[seats[s]], scratch)


@kernel
def decide_one(
    games: Games,
    layout: Layout,
    g: int,
    seats: NDArray[np.int64],
    policies: NDArray[np.int64],
    parameters: NDArray[np.float64],
    scratch: Scratch,
) -> None:
    """`decide_all` for Python to call."""
    decide_all(games, layout, g, seats, policies, parameters, scratch)


@kernel
def decide_seat_of_all(
    games: Games,
    layout: Layout,
    s: int,
    policy: int,
    parameters: NDArray[np.float64],
    scratch: Scratch,
    moves: NDArray[np.int64],
) -> None:
    """Fill `moves` (N,) with what one policy does in seat `s` of every game; 0 where that snake is dead."""
    for g in range(len(moves)):
        moves[g] = 0
        if games.snakes[g, s, ALIVE]:
            moves[g] = decide(games, layout, g, s, policy, parameters, scratch)


@kernel
def play_games(
    games: Games,
    layout: Layout,
    seats: NDArray[np.int64],
    seeds: NDArray[np.int64],
    policies: NDArray[np.int64],
    parameters: NDArray[np.float64],
    scratch: Scratch,
    turns: NDArray[np.int32],
    fates: NDArray[np.int32],
) -> None:
    """Play `len(seeds)` games to their end, one after the other in place 0 of `games`.

    Args:
        games: one place, see `state.allocate`.
        layout: of all of them.
        seats: (G, snakes) which player sits where.
        seeds: (G,) from 0 to 2**63 - 1.
        policies: (P,) the policy of each player.
        parameters: (P, K) its parameters.
        scratch: working memory.
        turns: (G,) filled with how long each game lasted.
        fates: (G, snakes, 5) filled with ALIVE at the end, CAUSE, BY, DIED and LENGTH.
    """
    here: Any = np.int64(0)  # a literal would be a type of its own, and everything compiled once more for it
    for k in range(len(seeds)):
        start(games, layout, here, seeds[k])
        while not games.facts[here, OVER] and games.facts[here, TURN] < layout.max_turns:
            decide_all(games, layout, here, seats[k], policies, parameters, scratch)
            play_turn(games, layout, here)
            update(games, layout, here)
        turns[k] = games.facts[here, TURN]
        for s in range(layout.snakes):
            fates[k, s, 0] = games.snakes[here, s, ALIVE]
            fates[k, s, 1] = games.snakes[here, s, CAUSE]
            fates[k, s, 2] = games.snakes[here, s, BY]
            fates[k, s, 3] = games.snakes[here, s, DIED]
            fates[k, s, 4] = games.snakes[here, s, LENGTH]
