"""N rovers as one Gymnasium vector environment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import gymnasium
import numpy as np
from gymnasium.vector import AutoresetMode
from numpy.typing import NDArray

from python_training.compiled.generator import seeded
from python_training.contracts.view import ViewFrame
from python_training.gymnasium_api.vector_world import Step, VectorWorld
from python_training.simulators.lunabotics.config import LunaboticsConfig
from python_training.simulators.lunabotics.kernels import reset_batch, step_batch
from python_training.simulators.lunabotics.parameters import parameters
from python_training.simulators.lunabotics.state import OBSERVATION_SIZE, allocate

OBSERVATION_SPACE = gymnasium.spaces.Box(-1.0, 1.0, (OBSERVATION_SIZE,), np.float32)
ACTION_SPACE = gymnasium.spaces.Box(
    np.array([-1.0, -1.0, 0.0], dtype=np.float32), np.array([1.0, 1.0, 1.0], dtype=np.float32), dtype=np.float32
)
METADATA: dict[str, Any] = {"render_modes": ["rgb_array"], "render_fps": 15, "autoreset_mode": AutoresetMode.NEXT_STEP}


class LunaboticsVectorEnv(VectorWorld[LunaboticsConfig]):
    """N independent copies of the world that `LunaboticsEnv` describes, stepped by one compiled kernel.

    An episode that ended is reset by the next step (AutoresetMode.NEXT_STEP): for that rover the action is ignored,
    the reward is 0 and the observation is the first of the new episode. In the step that ends an episode, `infos` has
    `episode_figures`, a dict of (N,) float64 arrays named after `config.METRICS`, and `_episode_figures`, the (N,)
    mask of the rovers whose episode ended.

    One thread at a time may use an instance. `get_state` and `set_state` carry everything, random generators included.
    """

    metadata = METADATA

    def __init__(
        self,
        num_envs: int = 1,
        config: LunaboticsConfig | Mapping[str, Any] | None = None,
        render_mode: str | None = None,
    ) -> None:
        super().__init__(num_envs, LunaboticsConfig, config, render_mode, OBSERVATION_SPACE, ACTION_SPACE)
        self.metadata = {**METADATA, "render_fps": round(1.0 / (self.config.dt * self.config.action_repeat))}
        self.parameters = parameters(self.config)
        self.state = allocate(num_envs)

    def reset(
        self, *, seed: int | Sequence[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.float32], dict[str, Any]]:
        """Begin new episodes; observations (N, 28) and empty infos.

        Rover i gets `seed + i`, or the i-th of a list; a seed is an integer from 0 to 2**63 - 1. Without a seed the
        generators go on from where they are (and begin somewhere random at the first reset).

        `options["elapsed_steps"]`, (N,) integers, are steps that count as taken already, so that episodes do not all
        end in the same step: copies in step with each other are a biased sample of what there is to learn.
        """
        seeds = self.seeds(seed)
        fresh = [index for index, each in enumerate(seeds) if each is not None]
        if fresh:
            self.state.rng[fresh] = seeded([each for each in seeds if each is not None])
            self.state.episode[fresh] = 0
        self.started = True
        observations = np.empty((self.num_envs, OBSERVATION_SIZE), dtype=np.float32)
        reset_batch(self.state, self.parameters, observations)
        if options and "elapsed_steps" in options:
            self.state.steps[:] = self.elapsed_steps(options["elapsed_steps"], self.config.max_steps_per_episode)
        return observations, {}

    def step(self, actions: NDArray[Any]) -> Step:
        """One policy step of all rovers; actions (N, 3) are clipped to their bounds, NaN counts as 0."""
        n = self.num_envs
        self.check_started()
        wished = np.asarray(actions, dtype=np.float64)
        if wished.shape != (n, 3):
            raise ValueError(f"actions must have shape ({n}, 3), got {wished.shape}.")
        clipped = np.nan_to_num(np.clip(wished, ACTION_SPACE.low, ACTION_SPACE.high))
        observations = np.empty((n, OBSERVATION_SIZE), dtype=np.float32)
        rewards = np.empty(n, dtype=np.float64)
        terminated = np.empty(n, dtype=np.bool_)
        truncated = np.empty(n, dtype=np.bool_)
        ended = step_batch(self.state, self.parameters, clipped, observations, rewards, terminated, truncated)
        infos: dict[str, Any] = {}
        if ended:
            infos["_episode_figures"] = self.state.ended.copy()
            infos["episode_figures"] = self.episode_figures()
        return observations, rewards, terminated, truncated, infos

    def episode_figures(self) -> dict[str, NDArray[np.float64]]:
        """The figures of METRICS for every rover's episode so far, each (N,)."""
        return {
            "orbs_collected": self.state.collected.astype(np.float64),
            "orbs_deposited": self.state.deposited.astype(np.float64),
            "success_rate": (self.state.deposited > 0).astype(np.float64),
        }

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """All of `state.State`."""
        return self.state._asdict()

    def draw(self, index: int) -> ViewFrame:
        """Rover `index` and its field."""
        from python_training.simulators.lunabotics.view import draw  # of no use to training

        return draw(self, index)
