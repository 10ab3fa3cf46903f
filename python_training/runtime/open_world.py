"""Opens what is played: a world of Paddock's own by name, or any Gymnasium environment by id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import gymnasium
import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv
from numpy.typing import NDArray

from python_training import registry
from python_training.contracts.config import validate
from python_training.contracts.errors import ConfigError, PaddockError, UnknownNameError
from python_training.contracts.view import ViewFrame
from python_training.registry import WorldEntry


@dataclass(frozen=True, slots=True)
class OpenWorld:
    """A batched world that is ready to be reset.

    Attributes:
        name: the registry's name of the world, or the Gymnasium id.
        envs: the vector env; an ended episode is reset at the next step (AutoresetMode.NEXT_STEP).
        entry: what the registry says of it, None for a world that is not Paddock's own.
        config: its validated config, None for a world that is not Paddock's own.
    """

    name: str
    envs: VectorEnv[Any, Any, Any]
    entry: WorldEntry | None
    config: Any

    def draw(self, index: int = 0) -> ViewFrame:
        """A picture of copy `index`; raises ConfigError for a world that is not Paddock's own."""
        if self.entry is None:
            raise ConfigError(
                f"'{self.name}' draws no ViewFrame; expected one of {', '.join(registry.WORLDS)}.", field="world"
            )
        frame: ViewFrame = registry.load(self.entry.view)(self.envs, index)
        return frame

    def reset(self, seeds: Sequence[int]) -> NDArray[Any]:
        """Begin a new episode in every copy, each at its own seed; returns the observations."""
        observations, _ = self.envs.reset(seed=list(seeds))  # type: ignore[arg-type]  # it takes a list, untyped
        return np.asarray(observations)

    def step_seconds(self) -> float:
        """World time that one step takes, from the env's declared `render_fps`; 1/30 s where none is declared."""
        declared = self.envs.metadata.get("render_fps") or 30
        return 1.0 / float(declared)

    def close(self) -> None:
        """Release the envs."""
        self.envs.close()


def open_world(name: str, settings: Mapping[str, Any], num_envs: int, *, evaluation: bool = True) -> OpenWorld:
    """Open `num_envs` copies of the world `name`.

    Args:
        name: name or Gymnasium id of a world of the registry, else any Gymnasium id.
        settings: the world's config as plain data; for other Gymnasium ids, keyword arguments of the env.
        num_envs: how many copies play side by side.
        evaluation: switch off what only training wants (curriculum, domain randomisation).

    Raises:
        ConfigError: `settings` do not fit the world.
        UnknownNameError: nothing of that name.
    """
    entry = registry.world(name)
    if entry is None:
        return OpenWorld(name, _make_gymnasium(name, settings, num_envs), None, None)
    try:
        config = validate(registry.load(entry.config), dict(settings))
    except ConfigError as error:
        field = f"env_config.{error.field}" if error.field else "env_config"
        raise ConfigError(error.message, field=field, hint=error.hint) from None
    if evaluation:
        config = config.evaluation()
    return OpenWorld(entry.name, registry.load(entry.vector_env)(num_envs=num_envs, config=config), entry, config)


def open_game(name: str, settings: Mapping[str, Any], teams: Sequence[int]) -> tuple[OpenWorld, int]:
    """Open one copy of a world as a game, with a seat for each of `teams`; equal numbers are friends.

    A world that can be a game has a config with `game(teams)`, which makes ticks short enough to look at. Any other
    world is a game with one seat as it is.

    Returns the world, and for how many of its ticks a decision holds that was learned in the world as it is.

    Raises:
        ConfigError: `settings` do not fit, or the world has not so many seats.
        UnknownNameError: no such world.
    """
    usual = open_world(name, settings, 1)
    if usual.entry is None:
        raise ConfigError(f"'{name}' draws no ViewFrame; expected one of {', '.join(registry.WORLDS)}.", field="world")
    make_game = getattr(usual.config, "game", None)
    if make_game is None:
        if len(teams) != 1:
            raise ConfigError(f"seats: '{usual.name}' has 1 seat, got {len(teams)}.", field="seats")
        return usual, 1
    config = make_game(teams)
    world = OpenWorld(usual.name, registry.load(usual.entry.vector_env)(num_envs=1, config=config), usual.entry, config)
    usual.close()
    return world, max(1, round(usual.step_seconds() / world.step_seconds()))


def _make_gymnasium(name: str, settings: Mapping[str, Any], num_envs: int) -> VectorEnv[Any, Any, Any]:
    # Gymnasium reads "module:Id" as "import this module first": an id from a config must not import anything.
    if ":" in name or name not in gymnasium.registry:
        raise UnknownNameError.among("world", name, [*registry.WORLDS, *gymnasium.registry], field="env")
    try:
        return gymnasium.make_vec(
            name,
            num_envs=num_envs,
            vectorization_mode="sync",
            vector_kwargs={"autoreset_mode": AutoresetMode.NEXT_STEP},
            **settings,
        )
    except (TypeError, gymnasium.error.Error, ImportError) as error:
        raise PaddockError(f"'{name}' cannot be opened: {error}.") from error
