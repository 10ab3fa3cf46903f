"""Plays the policy in all copies of the world for a while and keeps what happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from python_training.contracts.seeds import training_seed
from python_training.environments.open_world import OpenWorld
from python_training.systems.ppo.episodes import EpisodeStatistics
from python_training.systems.ppo.policy import Policy


@dataclass(frozen=True, slots=True)
class Rollout:
    """T steps of N copies.

    Attributes:
        observations: (T + 1, N, observation_size) floats that hold the world's numbers exactly, flat.
        inputs: the same in float32, normalised: what the networks saw and will see again in the update.
        actions: (T, N, outputs) float32, or of choices int64, (T, N) or (T, N, choices); as drawn, not clipped.
        rewards: (T, N) float64.
        terminated, ended: (T, N), whether the step led to a terminal state; whether it was its episode's last.
        valid: (T, N), false for the step after an episode's last one: it resets the copy and its action does nothing.
    """

    observations: NDArray[np.floating[Any]]
    inputs: NDArray[np.float32]
    actions: NDArray[Any]
    rewards: NDArray[np.float64]
    terminated: NDArray[np.bool_]
    ended: NDArray[np.bool_]
    valid: NDArray[np.bool_]


class Collector:
    """Goes on playing where the last rollout ended.

    Attributes:
        observations: (N, *shape), what the world shows now.
        ended: (N,), whether the last step was the last of an episode, so that the next one resets the copy.
    """

    def __init__(self, world: OpenWorld, statistics: EpisodeStatistics, seed: int) -> None:
        self._world = world
        self._statistics = statistics
        self.observations = begin_training(world, seed)
        self.ended = np.zeros(world.envs.num_envs, dtype=np.bool_)

    def state(self) -> dict[str, NDArray[Any]]:
        """What the next rollout begins with, beside the world's own state."""
        return {"observations": np.asarray(self.observations), "ended": self.ended}

    def restore(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Become what `state` described."""
        self.observations = state["observations"]
        self.ended = np.asarray(state["ended"], dtype=np.bool_)

    def collect(self, policy: Policy, length: int, random: np.random.Generator) -> Rollout:
        """Play `length` steps with actions drawn by `random`."""
        envs, copies = self._world.envs, self._world.envs.num_envs
        kind = np.promote_types(self.observations.dtype, np.float32)
        observations = np.empty((length + 1, copies, self._world.observation_size), dtype=kind)
        inputs = np.empty_like(observations, dtype=np.float32)
        rewards = np.empty((length, copies), dtype=np.float64)
        terminated, ended, valid = (np.empty((length, copies), dtype=np.bool_) for _ in range(3))
        actions = []
        for t in range(length):
            observations[t] = self.observations.reshape(copies, -1)
            inputs[t] = policy.normalise(observations[t])
            raw = policy.draw(inputs[t], random)
            actions.append(raw)
            valid[t] = ~self.ended
            self.observations, rewards[t], terminated[t], truncated, infos = envs.step(policy.to_world(raw))
            ended[t] = self.ended = terminated[t] | truncated
            self._statistics.step(rewards[t], ended[t], valid[t], infos)
        observations[length] = self.observations.reshape(copies, -1)
        inputs[length] = policy.normalise(observations[length])
        return Rollout(observations, inputs, np.stack(actions), rewards, terminated, ended, valid)


def begin_training(world: OpenWorld, seed: int) -> NDArray[Any]:
    """Begin an episode in every copy at a seed of its own, drawn from `seed`; observations (N, *shape).

    Where episodes last a fixed time, copies begin at different times of theirs. Otherwise all would end together,
    and a rollout would show but one part of an episode; the first figures would come only after a whole one, too.
    """
    seeds = training_seeds(seed, world.envs.num_envs)
    limit = getattr(world.config, "max_steps_per_episode", None)
    if limit is None:
        return world.reset(seeds)
    elapsed = np.random.default_rng((seed, 2)).integers(limit, size=len(seeds))
    return world.reset(seeds, {"elapsed_steps": elapsed})


def training_seeds(seed: int, num_envs: int) -> list[int]:
    """One training seed for every copy, far apart for neighbouring `seed`s."""
    return [training_seed(each) for each in np.random.SeedSequence((seed, num_envs)).generate_state(num_envs)]
