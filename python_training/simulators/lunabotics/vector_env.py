"""N rovers as one Gymnasium vector environment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import gymnasium
import numpy as np
from gymnasium.vector import AutoresetMode
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from python_training.contracts.errors import CheckpointError, ConfigError
from python_training.contracts.seeds import TRAINING_SEEDS_END
from python_training.simulators.lunabotics.config import LunaboticsConfig
from python_training.simulators.lunabotics.generator import seeded
from python_training.simulators.lunabotics.kernels import reset_batch, step_batch
from python_training.simulators.lunabotics.parameters import parameters
from python_training.simulators.lunabotics.state import OBSERVATION_SIZE, allocate, copied

OBSERVATION_SPACE = gymnasium.spaces.Box(-1.0, 1.0, (OBSERVATION_SIZE,), np.float32)
ACTION_SPACE = gymnasium.spaces.Box(
    np.array([-1.0, -1.0, 0.0], dtype=np.float32), np.array([1.0, 1.0, 1.0], dtype=np.float32), dtype=np.float32
)
METADATA: dict[str, Any] = {"render_modes": ["rgb_array"], "render_fps": 15, "autoreset_mode": AutoresetMode.NEXT_STEP}
SEEDS_END = 2**63
"""Seeds are integers below this number."""


class LunaboticsVectorEnv(gymnasium.vector.VectorEnv[Any, Any, Any]):
    """N independent copies of the world that `LunaboticsEnv` describes, stepped by one compiled kernel.

    An episode that ended is reset by the next step (AutoresetMode.NEXT_STEP): for that rover the action is ignored,
    the reward is 0 and the observation is the first of the new episode. In the step that ends an episode, `infos` has
    `episode_figures`, a dict of (N,) float64 arrays named after `config.METRICS`, and `_episode_figures`, the (N,)
    mask of the rovers whose episode ended.

    One thread at a time may use an instance. `get_state` and `set_state` carry everything, random generators included.
    """

    metadata = METADATA

    def __init__(
        self, num_envs: int = 1, config: LunaboticsConfig | None = None, render_mode: str | None = None
    ) -> None:
        if num_envs < 1:
            raise ConfigError(f"num_envs must be at least 1, got {num_envs}.", field="num_envs")
        if render_mode not in (None, "rgb_array"):
            raise ConfigError(f"render_mode must be 'rgb_array' or None, got '{render_mode}'.", field="render_mode")
        self.num_envs = num_envs
        self.config = config or LunaboticsConfig()
        self.render_mode = render_mode
        self.metadata = {**METADATA, "render_fps": round(1.0 / (self.config.dt * self.config.action_repeat))}
        self.single_observation_space = OBSERVATION_SPACE
        self.single_action_space = ACTION_SPACE
        self.observation_space = batch_space(OBSERVATION_SPACE, num_envs)
        self.action_space = batch_space(ACTION_SPACE, num_envs)
        self.parameters = parameters(self.config)
        self.state = allocate(num_envs)
        self._started = False

    def reset(
        self, *, seed: int | Sequence[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.float32], dict[str, Any]]:
        """Begin new episodes; observations (N, 28) and empty infos.

        Rover i gets `seed + i`, or the i-th of a list; a seed is an integer from 0 to 2**63 - 1. Without a seed the
        generators go on from where they are (and begin somewhere random at the first reset).

        `options["elapsed_steps"]`, (N,) integers, are steps that count as taken already, so that episodes do not all
        end in the same step: copies in step with each other are a biased sample of what there is to learn.
        """
        seeds = self._seeds(seed)
        fresh = [index for index, each in enumerate(seeds) if each is not None]
        if fresh:
            self.state.rng[fresh] = seeded([each for each in seeds if each is not None])
            self.state.episode[fresh] = 0
        self._started = True
        observations = np.empty((self.num_envs, OBSERVATION_SIZE), dtype=np.float32)
        reset_batch(self.state, self.parameters, observations)
        if options and "elapsed_steps" in options:
            self.state.steps[:] = self._elapsed(options["elapsed_steps"])
        return observations, {}

    def step(
        self, actions: NDArray[Any]
    ) -> tuple[NDArray[np.float32], NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_], dict[str, Any]]:
        """One policy step of all rovers; actions (N, 3) are clipped to their bounds, NaN counts as 0."""
        n = self.num_envs
        if not self._started:
            raise gymnasium.error.ResetNeeded("Call reset before step.")
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

    def get_state(self) -> dict[str, NDArray[Any]]:
        """Everything that the future depends on, as arrays by name; see `state.State`."""
        return copied(self.state)

    def set_state(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Become what `get_state` described; raises CheckpointError if it is of another shape."""
        expected = self.state._asdict()
        if set(state) != set(expected):
            raise CheckpointError(f"A Lunabotics state must hold {sorted(expected)}, got {sorted(state)}.")
        for name, array in expected.items():
            given = state[name]
            if given.shape != array.shape or given.dtype != array.dtype:
                raise CheckpointError(
                    f"{name} must be {array.dtype} of shape {array.shape}, got {given.dtype} of {given.shape}."
                )
        for name, array in expected.items():
            array[...] = state[name]
        self._started = True

    def render(self) -> tuple[NDArray[np.uint8], ...] | None:
        """A picture (H, W, 3) of every rover's field, or None without a render mode."""
        if self.render_mode is None:
            return None
        from python_training.raster import rasterise  # drawing libraries are of no use to training
        from python_training.simulators.lunabotics.view import draw

        return tuple(rasterise(draw(self, index)) for index in range(self.num_envs))

    def _elapsed(self, given: Any) -> NDArray[np.int64]:
        """`elapsed_steps` as an array, none of them beyond the last step of an episode."""
        elapsed = np.asarray(given, dtype=np.int64)
        last = self.config.max_steps_per_episode
        if elapsed.shape != (self.num_envs,) or elapsed.min() < 0 or elapsed.max() >= last:
            raise ValueError(f"elapsed_steps must be {self.num_envs} integers from 0 to {last - 1}, got {given}.")
        return elapsed

    def _seeds(self, seed: int | Sequence[int | None] | None) -> list[int | None]:
        """One seed a rover, None where its generator goes on."""
        if seed is None:
            start = None if self._started else int(self.np_random.integers(TRAINING_SEEDS_END))
            seeds: list[int | None] = [None if start is None else start + index for index in range(self.num_envs)]
        elif isinstance(seed, int | np.integer):
            seeds = [int(seed) + index for index in range(self.num_envs)]
        else:
            seeds = [None if each is None else int(each) for each in seed]
            if not self._started and None in seeds:
                seeds = [int(self.np_random.integers(TRAINING_SEEDS_END)) if each is None else each for each in seeds]
        if len(seeds) != self.num_envs:
            raise ValueError(f"There must be one seed for each of {self.num_envs} rovers, got {len(seeds)}.")
        for each in seeds:
            if each is not None and not 0 <= each < SEEDS_END:
                raise ValueError(f"A seed must lie between 0 and 2**63 - 1, got {each}.")
        return seeds
