"""Opens the world of a run, for training or for evaluation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import gymnasium
import numpy as np
from numpy.typing import NDArray

from python_training import registry
from python_training.contracts.errors import ConfigError
from python_training.contracts.view import ViewFrame
from python_training.systems.ppo.actions import Actions, actions_of, observation_size
from python_training.systems.ppo.config import PPOConfig
from python_training.systems.ppo.replayed_envs import ReplayedEnvs, Step

UNLIMITED_EPISODE = 10_000
"""Steps after which an episode is cut off in a Gymnasium environment that declares no limit."""


class BatchedEnvs(Protocol):
    """N copies of a world with NEXT_STEP autoreset, whose complete state can be kept."""

    num_envs: int
    single_observation_space: gymnasium.Space[Any]
    single_action_space: gymnasium.Space[Any]

    def reset(
        self, *, seed: Sequence[int], options: dict[str, Any] | None = None
    ) -> tuple[NDArray[Any], dict[str, Any]]:
        """Begin an episode in every copy, each at its own seed."""
        ...

    def step(self, actions: NDArray[Any]) -> Step:
        """One step of every copy."""
        ...

    def get_state(self) -> dict[str, NDArray[Any]]:
        """Everything that the future depends on."""
        ...

    def set_state(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Become what `get_state` described."""
        ...

    def close(self) -> None:
        """Release what is held."""
        ...


@dataclass(frozen=True, slots=True)
class World:
    """Copies of the world of a run, and how a policy meets it.

    Attributes:
        name: of the world.
        envs: the copies.
        observation_size: numbers in an observation.
        actions: what the world takes.
        episode_limit: steps of an episode where all last as long, None where that is not known.
    """

    name: str
    envs: BatchedEnvs
    observation_size: int
    actions: Actions
    episode_limit: int | None

    def begin(self, seed: int) -> NDArray[Any]:
        """Begin training: every copy at a seed of its own, drawn from `seed`; observations (N, *shape).

        Where episodes last a fixed time, copies begin at different times of theirs. Otherwise all would end together,
        and a rollout would show but one part of an episode; the first figures would come only after a whole one, too.
        """
        seeds = training_seeds(seed, self.envs.num_envs)
        options = None
        if self.episode_limit is not None:
            elapsed = np.random.default_rng((seed, 2)).integers(self.episode_limit, size=len(seeds))
            options = {"elapsed_steps": elapsed}
        observations, _ = self.envs.reset(seed=seeds, options=options)
        return observations

    def draw(self, index: int) -> ViewFrame | None:
        """A picture of one copy; None for a world that is not Paddock's own."""
        entry = registry.world(self.name)
        if entry is None:
            return None
        frame: ViewFrame = registry.load(entry.view)(self.envs, index)
        return frame


def open_world(config: PPOConfig, num_envs: int, *, evaluation: bool) -> World:
    """Open `num_envs` copies of the world that `config` names.

    Args:
        config: says which world, and how it is set.
        num_envs: copies.
        evaluation: switch off what only training wants (curriculum, domain randomisation).

    Raises:
        ConfigError: the world cannot be opened with these settings, or PPO cannot play it; the field is `env` or
            `env_config`.
    """
    entry = registry.world(config.env)
    envs: BatchedEnvs
    limit = None
    if entry is None:
        envs = _open_gymnasium(config, num_envs)
    else:
        settings = config.world_config()
        limit = getattr(settings, "max_steps_per_episode", None)
        envs = registry.load(entry.vector_env)(
            num_envs=num_envs, config=settings.evaluation() if evaluation else settings
        )
    try:
        size = observation_size(envs.single_observation_space, config.env)
        return World(config.env, envs, size, actions_of(envs.single_action_space, config.env), limit)
    except ConfigError:
        envs.close()
        raise


def _open_gymnasium(config: PPOConfig, num_envs: int) -> ReplayedEnvs:
    limited = gymnasium.spec(config.env).max_episode_steps or config.env_config.get("max_episode_steps")
    try:
        return ReplayedEnvs(
            lambda: gymnasium.make(config.env, **config.env_config),
            num_envs,
            limit=None if limited else UNLIMITED_EPISODE,
        )
    except (TypeError, ValueError, AssertionError) as error:
        raise ConfigError(
            f"env_config: '{config.env}' does not take {config.env_config}: {error}.", field="env_config"
        ) from error
    except (gymnasium.error.Error, ImportError) as error:
        raise ConfigError(f"env: '{config.env}' cannot be opened: {error}.", field="env") from error


def training_seeds(seed: int, num_envs: int) -> list[int]:
    """One seed below 2**31 for every copy, far apart for neighbouring `seed`s."""
    drawn = np.random.SeedSequence((seed, num_envs)).generate_state(num_envs)
    return [int(each) % 2**31 for each in drawn]
