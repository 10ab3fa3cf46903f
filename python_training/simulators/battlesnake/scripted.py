"""The compiled players as players of an environment: they sit in the first seat and look at the game itself."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from python_training.simulators.battlesnake.config import BattlesnakeConfig
from python_training.simulators.battlesnake.games import decide_first_seats
from python_training.simulators.battlesnake.players import SCRIPTED, tables
from python_training.simulators.battlesnake.sight import scratch
from python_training.simulators.battlesnake.vector_env import BattlesnakeVectorEnv


class RandomPlayer:
    """Draws every move evenly from all four, into walls too."""

    def __init__(self, config: BattlesnakeConfig | None = None) -> None:
        self._rng = np.random.default_rng(0)

    def reset(self, num_envs: int, seed: int) -> None:
        """Begin the stream of moves that belongs to `seed`."""
        self._rng = np.random.default_rng(seed)

    def act(self, observations: NDArray[Any], world: Any = None) -> NDArray[np.int64]:
        """Moves (N,) for observations (N, 37), of which only the number matters."""
        return self._rng.integers(0, 4, len(observations))


class _Scripted:
    """A scripted player in seat 0. It draws from its snake's own stream, so that a game follows from its seed."""

    plays: ClassVar[str]

    def __init__(self, config: BattlesnakeConfig | None = None) -> None:
        self._policies, self._parameters = tables([SCRIPTED[self.plays]])

    def reset(self, num_envs: int, seed: int) -> None:
        """Nothing to forget: all there is lies in the game."""

    def act(self, observations: NDArray[Any], world: Any) -> NDArray[np.int64]:
        """Moves (N,) for the games of `world`, a BattlesnakeVectorEnv."""
        env: BattlesnakeVectorEnv = world.unwrapped
        moves = np.zeros(env.num_envs, dtype=np.int64)
        memory = scratch(env.layout)
        decide_first_seats(env.games, env.layout, int(self._policies[0]), self._parameters[0], memory, moves)
        return moves


class RandomSafePlayer(_Scripted):
    """Any move that does not run into a wall or a body."""

    plays = "random-safe"


class HungryPlayer(_Scripted):
    """The nearest food when hungry, else any safe move."""

    plays = "hungry"


class SpaceFillerPlayer(_Scripted):
    """Room before food, and out of the way of longer heads."""

    plays = "space-filler"


class HunterPlayer(_Scripted):
    """After the shorter ones, away from the longer."""

    plays = "hunter"


class TerritorialPlayer(_Scripted):
    """Where it comes first to more cells than the others."""

    plays = "territorial"
