"""A batch of games seen from the snake in seat 0: reset and step for the vector environment, compiled."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from python_training.compiled.generator import next_word, seed_stream
from python_training.compiled.kernel import kernel, subroutine
from python_training.simulators.battlesnake.heuristic.sight import Scratch
from python_training.simulators.battlesnake.players.policies import decide
from python_training.simulators.battlesnake.rules.layout import Layout
from python_training.simulators.battlesnake.rules.maps import start, update
from python_training.simulators.battlesnake.rules.rules import play_turn
from python_training.simulators.battlesnake.rules.state import ALIVE, EPISODE, LENGTH, LIVING, MOVE, OVER, TURN, Games
from python_training.simulators.battlesnake.sensing import observe

WIN, LOSS, DRAW, EACH_TURN, MEAL = range(5)
"""Columns of the rewards."""
_SEEDS_STREAM = 1_000_003
"""Number of the stream from which a place draws the seeds of its games; no game uses one so high."""


class Episodes(NamedTuple):
    """What the environment remembers of N places beside the games.

    Attributes:
        seeds: (N, 4) int64, the stream from which the next game's seed is drawn.
        ended: (N,) bool, the episode ended with the last step, so the next one resets.
        returned: (N,) float64, sum of rewards of the episode.
    """

    seeds: NDArray[np.int64]
    ended: NDArray[np.bool_]
    returned: NDArray[np.float64]


class Opponents(NamedTuple):
    """Who plays the seats that nobody steers: policies (snakes,) and parameters (snakes, K); row 0 is not looked at."""

    policies: NDArray[np.int64]
    parameters: NDArray[np.float64]


@subroutine
def _begin(games: Games, layout: Layout, episodes: Episodes, g: int, seed: int) -> None:
    """Set up the game of `seed` in place `g`, or of a seed drawn by the place itself where it is negative."""
    if seed >= 0:
        seed_stream(episodes.seeds[g], seed, _SEEDS_STREAM)
        games.facts[g, EPISODE] = 0
    else:
        high = next_word(episodes.seeds[g]) >> 1
        seed = (high << 32) | next_word(episodes.seeds[g])
    start(games, layout, g, seed)
    games.facts[g, EPISODE] += 1
    episodes.ended[g] = False
    episodes.returned[g] = 0.0


@kernel
def reset_batch(
    games: Games,
    layout: Layout,
    episodes: Episodes,
    seeds: NDArray[np.int64],
    scratch: Scratch,
    observations: NDArray[np.float32],
) -> None:
    """Begin a game in every place, of `seeds[g]` or, where that is -1, of a seed that the place draws."""
    for g in range(len(seeds)):
        _begin(games, layout, episodes, g, seeds[g])
        observe(games, layout, g, 0, scratch, observations[g])


@kernel
def step_batch(
    games: Games,
    layout: Layout,
    episodes: Episodes,
    opponents: Opponents,
    rewards_of: NDArray[np.float64],
    actions: NDArray[np.int64],
    scratch: Scratch,
    observations: NDArray[np.float32],
    rewards: NDArray[np.float64],
    terminated: NDArray[np.bool_],
    truncated: NDArray[np.bool_],
) -> int:
    """Play a turn in every place; returns how many episodes ended.

    The seats 0 ... K - 1 make the moves `actions` (N, K), opponents play the others. An episode ends with the game, and
    with the snake in seat 0 where that is the only one that is steered. Rewards are seat 0's.
    """
    count, steered = 0, actions.shape[1]
    for g in range(len(actions)):
        rewards[g] = 0.0
        terminated[g] = False
        truncated[g] = False
        if episodes.ended[g]:
            _begin(games, layout, episodes, g, -1)
            observe(games, layout, g, 0, scratch, observations[g])
            continue
        length, lived = games.snakes[g, 0, LENGTH], games.snakes[g, 0, ALIVE]
        for s in range(layout.snakes):
            if s < steered:
                games.snakes[g, s, MOVE] = actions[g, s]
            elif games.snakes[g, s, ALIVE]:
                row = opponents.parameters[s]
                games.snakes[g, s, MOVE] = decide(games, layout, g, s, opponents.policies[s], row, scratch)
        play_turn(games, layout, g)
        update(games, layout, g)
        alive = games.snakes[g, 0, ALIVE]
        terminated[g] = games.facts[g, OVER] or (steered == 1 and not alive)
        truncated[g] = not terminated[g] and games.facts[g, TURN] >= layout.max_turns
        if alive:
            rewards[g] = rewards_of[EACH_TURN]
            if games.snakes[g, 0, LENGTH] > length and not layout.constrictor:
                rewards[g] += rewards_of[MEAL]
            if terminated[g]:
                rewards[g] += rewards_of[WIN]
        elif lived:
            rewards[g] = rewards_of[DRAW if games.facts[g, LIVING] == 0 and layout.snakes > 1 else LOSS]
        episodes.ended[g] = terminated[g] or truncated[g]
        episodes.returned[g] += rewards[g]
        count += episodes.ended[g]
        observe(games, layout, g, 0, scratch, observations[g])
    return count


@kernel
def observe_seat(games: Games, layout: Layout, s: int, scratch: Scratch, observations: NDArray[np.float32]) -> None:
    """Fill `observations` (N, 37) with what the snake in seat `s` of every place sees."""
    for g in range(len(observations)):
        observe(games, layout, g, s, scratch, observations[g])
