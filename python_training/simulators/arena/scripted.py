"""Players without learning: one that knows nothing, and aces of several styles."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from python_training.simulators.arena.config import AceName, ArenaConfig
from python_training.simulators.arena.kernels import fly_aces
from python_training.simulators.arena.state import ACTION_SIZE
from python_training.simulators.arena.styles import ACES
from python_training.simulators.arena.vector_env import ACTION_SPACE, ArenaVectorEnv


class RandomPlayer:
    """Draws every action evenly from the action space."""

    def __init__(self, config: ArenaConfig | None = None) -> None:
        self.config = config or ArenaConfig()
        self._rng = np.random.default_rng(0)

    def reset(self, num_envs: int, seed: int) -> None:
        """Begin the stream of actions that belongs to `seed`."""
        self._rng = np.random.default_rng(seed)

    def act(self, observations: NDArray[Any], world: Any = None) -> NDArray[np.float32]:
        """Actions (N, 3) for observations (N, 23), of which only the number matters."""
        size = (len(observations), ACTION_SIZE)
        return self._rng.uniform(ACTION_SPACE.low, ACTION_SPACE.high, size).astype(np.float32)


class AcePlayer:
    """Turns to the nearest enemy, keeps a distance and shoots, with the faults of its style. Draws nothing at random.

    It looks at the world's state, not at observations, and flies any seat.
    """

    style: AceName = "ace"

    def __init__(self, config: ArenaConfig | None = None) -> None:
        self.config = config or ArenaConfig()
        self.reset(0, 0)

    def reset(self, num_envs: int, seed: int) -> None:
        """Get ready for `num_envs` copies; `seed` changes nothing."""
        self._actions = np.zeros((num_envs, ACTION_SIZE), dtype=np.float32)

    def act(self, observations: NDArray[Any], world: Any) -> NDArray[np.float32]:
        """Actions (N, 3) of seat 0 in `world`, an ArenaVectorEnv."""
        return self.act_seat(0, observations, world)

    def act_seat(self, seat: int, observations: NDArray[Any], world: Any) -> NDArray[np.float32]:
        """Actions (N, 3) of `seat` in `world`, an ArenaVectorEnv."""
        env: ArenaVectorEnv = world.unwrapped
        if len(self._actions) != env.num_envs:
            raise ValueError(f"reset was called for {len(self._actions)} copies, the world has {env.num_envs}.")
        fly_aces(env.state, env.parameters, seat, ACES[self.style], self._actions)
        return self._actions.copy()


class AceRusher(AcePlayer):
    """Closes in on everything and shoots early."""

    style = "ace_rusher"


class AceSniper(AcePlayer):
    """Keeps away and shoots when it is sure."""

    style = "ace_sniper"


class AceDodger(AcePlayer):
    """Turns aside for bullets."""

    style = "ace_dodger"
