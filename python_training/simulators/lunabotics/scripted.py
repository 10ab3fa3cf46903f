"""Players without learning: one that knows nothing, one that knows everything."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from python_training.simulators.lunabotics.config import LunaboticsConfig
from python_training.simulators.lunabotics.layout import CELL
from python_training.simulators.lunabotics.planning import GOAL_NONE, drive_experts
from python_training.simulators.lunabotics.state import ACTION_SIZE
from python_training.simulators.lunabotics.vector_env import ACTION_SPACE, LunaboticsVectorEnv


class RandomPlayer:
    """Draws every action evenly from the action space."""

    def __init__(self, config: LunaboticsConfig | None = None) -> None:
        self.config = config or LunaboticsConfig()
        self._rng = np.random.default_rng(0)

    def reset(self, num_envs: int, seed: int) -> None:
        """Begin the stream of actions that belongs to `seed`."""
        self._rng = np.random.default_rng(seed)

    def act(self, observations: NDArray[Any], world: Any = None) -> NDArray[np.float32]:
        """Actions (N, 3) for observations (N, 28), of which only the number matters."""
        size = (len(observations), ACTION_SIZE)
        return self._rng.uniform(ACTION_SPACE.low, ACTION_SPACE.high, size).astype(np.float32)


class ExpertPlayer:
    """Looks at the world itself, plans around rocks and craters, digs, delivers, and comes back for more.

    It sees through the world's state what no sensor shows, so it is a bound to compare with and a proof that a world
    can be solved. It draws nothing at random.
    """

    def __init__(self, config: LunaboticsConfig | None = None) -> None:
        self.config = config or LunaboticsConfig()
        self.reset(0, 0)

    def reset(self, num_envs: int, seed: int) -> None:
        """Forget all plans; `seed` changes nothing."""
        cells = math.ceil(self.config.world_width / CELL), math.ceil(self.config.world_height / CELL)
        self._fields = np.zeros((num_envs, *cells), dtype=np.float64)
        self._memory = np.full((num_envs, 6), GOAL_NONE, dtype=np.int64)
        self._best = np.zeros(num_envs, dtype=np.float64)
        self._trouble = np.zeros((num_envs, 2), dtype=np.float64)

    def act(self, observations: NDArray[Any], world: Any) -> NDArray[np.float32]:
        """Actions (N, 3) for the rovers of `world`, a LunaboticsVectorEnv."""
        env: LunaboticsVectorEnv = world.unwrapped
        if len(self._memory) != env.num_envs:
            raise ValueError(f"reset was called for {len(self._memory)} rovers, the world has {env.num_envs}.")
        actions = np.zeros((env.num_envs, ACTION_SIZE), dtype=np.float32)
        drive_experts(env.state, env.parameters, self._fields, self._memory, self._best, self._trouble, actions)
        return actions
