"""One copy of a batched simulator as a plain Gymnasium environment."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

import gymnasium
import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from python_training.gymnasium_api.vector_world import VectorWorld

ConfigT = TypeVar("ConfigT", bound=BaseModel)


class SingleWorld(gymnasium.Env[NDArray[np.float32], Any], Generic[ConfigT]):
    """A VectorWorld of one copy, without the leading axis.

    Attributes:
        vector: that world, whose state it is.
    """

    metadata: dict[str, Any] = {"render_modes": ["rgb_array"], "render_fps": 10}  # noqa: RUF012  # as Gymnasium has it

    def __init__(self, vector: VectorWorld[ConfigT]) -> None:
        self.vector = vector
        self.observation_space = vector.single_observation_space
        self.action_space = vector.single_action_space
        self.metadata = {name: vector.metadata[name] for name in ("render_modes", "render_fps")}
        self.render_mode = vector.render_mode

    @property
    def config(self) -> ConfigT:
        """What the world is set to."""
        return self.vector.config

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.float32], dict[str, Any]]:
        """Begin an episode; everything in it is drawn from `seed`, or from where the generator is."""
        super().reset(seed=seed)
        observations, _ = self.vector.reset(seed=seed, options=options)
        return observations[0], {}

    def step(self, action: Any) -> tuple[NDArray[np.float32], float, bool, bool, dict[str, Any]]:
        """One step; `action` as the action space has it."""
        observations, rewards, terminated, truncated, infos = self.vector.step(np.asarray(action)[None])
        info: dict[str, Any] = {}
        if infos:
            info["episode_figures"] = {name: float(each[0]) for name, each in infos["episode_figures"].items()}
        return observations[0], float(rewards[0]), bool(terminated[0]), bool(truncated[0]), info

    def render(self) -> NDArray[np.uint8] | None:
        """The world as a picture (H, W, 3), or None without a render mode."""
        pictures = self.vector.render()
        return None if pictures is None else pictures[0]

    def get_state(self) -> dict[str, NDArray[Any]]:
        """Everything that the future depends on, as arrays by name."""
        return self.vector.get_state()

    def set_state(self, state: dict[str, NDArray[Any]]) -> None:
        """Become what `get_state` described."""
        self.vector.set_state(state)


def register(env_id: str, single: type[SingleWorld[Any]], vector: type[VectorWorld[Any]]) -> None:
    """Let `gymnasium.make` and `gymnasium.make_vec` know a world; safe twice."""
    if env_id not in gymnasium.registry:
        gymnasium.register(env_id, entry_point=_name(single), vector_entry_point=_name(vector))


def _name(kind: type[Any]) -> str:
    return f"{kind.__module__}:{kind.__name__}"
