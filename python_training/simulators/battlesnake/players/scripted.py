"""The compiled players as players of an environment: they sit in any seat and look at the game itself."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from python_training.contracts.details import Decision
from python_training.simulators.battlesnake.config import BattlesnakeConfig
from python_training.simulators.battlesnake.heuristic.sight import scratch
from python_training.simulators.battlesnake.play.games import decide_seat_of_all
from python_training.simulators.battlesnake.players.players import SCRIPTED, Player, tables
from python_training.simulators.battlesnake.rules.state import ALIVE, OVER
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


class CompiledPlayer:
    """A compiled player. It draws from its snake's own stream, so that a game follows from its seed."""

    def __init__(self, player: Player) -> None:
        self.player = player
        self._policies, self._parameters = tables([player])

    def reset(self, num_envs: int, seed: int) -> None:
        """Nothing to forget: all there is lies in the game."""

    def act(self, observations: NDArray[Any], world: Any) -> NDArray[np.int64]:
        """Moves (N,) of seat 0 in the games of `world`, a BattlesnakeVectorEnv."""
        return self.act_seat(0, observations, world)

    def act_seat(self, seat: int, observations: NDArray[Any], world: Any) -> NDArray[np.int64]:
        """Moves (N,) of `seat` in the games of `world`, a BattlesnakeVectorEnv."""
        env: BattlesnakeVectorEnv = world.unwrapped
        moves = np.zeros(env.num_envs, dtype=np.int64)
        memory = scratch(env.layout)
        decide_seat_of_all(env.games, env.layout, seat, int(self._policies[0]), self._parameters[0], memory, moves)
        return moves

    def explain(self, seat: int, world: Any) -> Decision | None:
        """What it does next in `seat` of the first game of `world`, and what its moves are worth to it."""
        env: BattlesnakeVectorEnv = world.unwrapped
        if env.games.facts[0, OVER] or not env.games.snakes[0, seat, ALIVE]:
            return None
        from python_training.simulators.battlesnake.players.reasons import (
            decision,  # kernels that only a spectator needs
        )

        return decision(env.games, env.layout, 0, seat, self.player)


class ScriptedPlayer(CompiledPlayer):
    """One of `players.SCRIPTED`."""

    plays: ClassVar[str]

    def __init__(self, config: BattlesnakeConfig | None = None) -> None:
        super().__init__(SCRIPTED[self.plays])


class RandomSafePlayer(ScriptedPlayer):
    """Any move that does not run into a wall or a body."""

    plays = "random-safe"


class HungryPlayer(ScriptedPlayer):
    """The nearest food when hungry, else any safe move."""

    plays = "hungry"


class SpaceFillerPlayer(ScriptedPlayer):
    """Room before food, and out of the way of longer heads."""

    plays = "space-filler"


class HunterPlayer(ScriptedPlayer):
    """After the shorter ones, away from the longer."""

    plays = "hunter"


class TerritorialPlayer(ScriptedPlayer):
    """Where it comes first to more cells than the others."""

    plays = "territorial"
