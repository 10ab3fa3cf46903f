"""Opens the worlds that bouts are flown in: Paddock's own by name, or any Gymnasium environment by id."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import gymnasium
from gymnasium.vector import AutoresetMode, VectorEnv

from python_training import registry
from python_training.contracts.config import validate
from python_training.contracts.errors import ConfigError

UNLIMITED_EPISODE = 10_000
"""Steps after which an episode is cut off in a Gymnasium environment that declares no limit."""

Envs = VectorEnv[Any, Any, Any]


def open_envs(world: str, settings: Mapping[str, Any], copies: int, *, held_out: bool) -> Envs:
    """Open `copies` of `world`, of which only the first episode after a reset is going to be played.

    Args:
        world: name or Gymnasium id of a world of the registry, else any Gymnasium id.
        settings: the world's config as plain data; for other Gymnasium ids, keyword arguments of the env.
        copies: how many are flown side by side.
        held_out: switch off what only training wants (curriculum, domain randomisation).

    Raises:
        ConfigError: `settings` do not fit the world, or there is none of that name.
    """
    entry = registry.world(world)
    if entry is None:
        return _open_gymnasium(world, settings, copies)
    config = validate(registry.load(entry.config), dict(settings))
    envs = registry.load(entry.vector_env)
    # A world that can leave ended copies alone saves their steps; in others they play on, unheeded.
    disabled = {"autoreset": "disabled"} if "autoreset" in inspect.signature(envs).parameters else {}
    opened: Envs = envs(num_envs=copies, config=config.evaluation() if held_out else config, **disabled)
    return opened


def _open_gymnasium(world: str, settings: Mapping[str, Any], copies: int) -> Envs:
    # Gymnasium reads "module:Id" as "import this module first": an id from a config must not import anything.
    if ":" in world or world not in gymnasium.registry:
        raise ConfigError(f"env: there is no world named '{world}'.", field="env")
    limited = gymnasium.spec(world).max_episode_steps or settings.get("max_episode_steps")
    arguments = {**settings} if limited else {**settings, "max_episode_steps": UNLIMITED_EPISODE}
    try:
        return gymnasium.make_vec(
            world,
            num_envs=copies,
            vectorization_mode="sync",
            vector_kwargs={"autoreset_mode": AutoresetMode.NEXT_STEP},
            **arguments,
        )
    except (TypeError, ValueError, AssertionError) as error:
        raise ConfigError(
            f"env_config: '{world}' does not take {dict(settings)}: {error}.", field="env_config"
        ) from error
    except (gymnasium.error.Error, ImportError) as error:
        raise ConfigError(f"env: '{world}' cannot be opened: {error}.", field="env") from error
