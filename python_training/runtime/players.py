"""Who plays: a policy that a run has left in a checkpoint, or a script of the world."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from python_training import registry
from python_training.contracts.errors import ConfigError, UnknownNameError
from python_training.contracts.player import Player
from python_training.environments.names import RANDOM
from python_training.environments.open_world import OpenWorld


class RandomActions:
    """Draws every action uniformly from the action space: the baseline that any world has."""

    def __init__(self, action_space: Any) -> None:
        self._action_space = action_space
        self._batch: Any = None

    def reset(self, num_envs: int, seed: int) -> None:
        """Begin a new sequence of draws for `num_envs` copies."""
        self._batch = batch_space(self._action_space, num_envs)
        self._batch.seed(seed)

    def act(self, observations: NDArray[Any], world: Any) -> NDArray[Any]:
        """Actions of shape (num_envs, *action_shape); observations are not looked at."""
        return np.asarray(self._batch.sample())


def script_names(world: str) -> tuple[str, ...]:
    """Names of the scripted players that `world` (a registry name or any Gymnasium id) has."""
    entry = registry.world(world)
    return tuple(sorted({RANDOM, *(entry.players if entry else ())}))


def best_script(world: str) -> str:
    """The scripted player that shows what can be done in `world`: the first that is not random, if there is one."""
    entry = registry.world(world)
    return next((name for name in entry.players if name != RANDOM), RANDOM) if entry else RANDOM


def scripted_player(world: OpenWorld, name: str) -> Player:
    """The player of `world` called `name`; raises UnknownNameError if the world has none of that name."""
    if world.entry is not None and name in world.entry.players:
        player: Player = registry.load(world.entry.players[name])(world.config)
        return player
    if name == RANDOM:
        return RandomActions(world.envs.single_action_space)
    raise UnknownNameError.among(f"player of {world.name}", name, script_names(world.name), field="player")


def load_policy(system: str, checkpoint: Path) -> Player:
    """The policy that a run of `system` left in the folder `checkpoint`; raises ConfigError if it leaves none."""
    entry = registry.system(system)
    if not entry.policy:
        raise ConfigError(f"Runs of '{system}' leave no policy that could play.", field="run")
    player: Player = registry.load(entry.policy)(checkpoint)
    return player
