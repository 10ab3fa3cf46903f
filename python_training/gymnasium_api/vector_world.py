"""N copies of a batched simulator as one Gymnasium vector environment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypeVar

import gymnasium
import numpy as np
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray
from pydantic import BaseModel

from python_training.contracts.config import validate
from python_training.contracts.errors import CheckpointError, ConfigError
from python_training.contracts.view import ViewFrame
from python_training.gymnasium_api.seeding import seeds_of_copies

ConfigT = TypeVar("ConfigT", bound=BaseModel)
Step = tuple[NDArray[np.float32], NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_], dict[str, Any]]
"""Observations (N, ...), rewards (N,), terminated (N,), truncated (N,), infos."""


class VectorWorld(gymnasium.vector.VectorEnv[Any, Any, Any], Generic[ConfigT]):
    """What the vector environments of all worlds share: seeds, their whole state as arrays, pictures.

    A world says what its `arrays` are and how to `draw` a copy, and has `reset` and `step` of its own. One thread at a
    time may use an instance.

    Args:
        num_envs: N, the number of copies.
        config_class: the model of what can be set.
        config: what the world is set to, as an instance of that class or a mapping of its fields; None: the defaults.
        render_mode: "rgb_array" or None.
        observation_space, action_space: of one copy.

    Raises:
        ConfigError: `num_envs` is less than 1, `config` does not fit, or there is no such render mode.
    """

    def __init__(
        self,
        num_envs: int,
        config_class: type[ConfigT],
        config: ConfigT | Mapping[str, Any] | None,
        render_mode: str | None,
        observation_space: gymnasium.Space[Any],
        action_space: gymnasium.Space[Any],
    ) -> None:
        if num_envs < 1:
            raise ConfigError(f"num_envs must be at least 1, got {num_envs}.", field="num_envs")
        if render_mode not in (None, "rgb_array"):
            raise ConfigError(f"render_mode must be 'rgb_array' or None, got '{render_mode}'.", field="render_mode")
        self.num_envs = num_envs
        self.config: ConfigT = validate(config_class, {} if config is None else config)
        self.render_mode = render_mode
        self.single_observation_space = observation_space
        self.single_action_space = action_space
        self.observation_space = batch_space(observation_space, num_envs)
        self.action_space = batch_space(action_space, num_envs)
        self.started = False
        """Whether there was a reset, or a state was set."""

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """The arrays, by name and not copied, that hold all the future depends on, random generators included."""
        raise NotImplementedError

    def draw(self, index: int) -> ViewFrame:
        """Copy `index` as drawing primitives."""
        raise NotImplementedError

    def get_state(self) -> dict[str, NDArray[Any]]:
        """Everything that the future depends on, as arrays by name."""
        return {name: array.copy() for name, array in self.arrays().items()}

    def set_state(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Become what `get_state` described; raises CheckpointError if it is of another shape."""
        expected = self.arrays()
        if set(state) != set(expected):
            raise CheckpointError(f"The state of this world must hold {sorted(expected)}, got {sorted(state)}.")
        for name, array in expected.items():
            given = state[name]
            if given.shape != array.shape or given.dtype != array.dtype:
                raise CheckpointError(
                    f"{name} must be {array.dtype} of shape {array.shape}, got {given.dtype} of {given.shape}."
                )
        for name, array in expected.items():
            array[...] = state[name]
        self.started = True

    def render(self) -> tuple[NDArray[np.uint8], ...] | None:
        """A picture (H, W, 3) of every copy, or None without a render mode."""
        if self.render_mode is None:
            return None
        from python_training.raster import rasterise  # drawing libraries are of no use to training

        return tuple(rasterise(self.draw(index)) for index in range(self.num_envs))

    def check_started(self) -> None:
        """Raise Gymnasium's ResetNeeded before the first reset."""
        if not self.started:
            raise gymnasium.error.ResetNeeded("Call reset before step.")

    def seeds(self, seed: int | Sequence[int | None] | None) -> list[int | None]:
        """One seed a copy, None where its generator goes on; before the first reset those missing are drawn."""
        return seeds_of_copies(seed, self.num_envs, None if self.started else self.np_random)

    def elapsed_steps(self, given: Any, last: int) -> NDArray[np.int64]:
        """The reset option `elapsed_steps` (N,), each from 0 to `last` - 1; raises ValueError for anything else."""
        elapsed = np.asarray(given, dtype=np.int64)
        if elapsed.shape != (self.num_envs,) or elapsed.min() < 0 or elapsed.max() >= last:
            raise ValueError(f"elapsed_steps must be {self.num_envs} integers from 0 to {last - 1}, got {given}.")
        return elapsed
