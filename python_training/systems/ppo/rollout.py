"""Plays the policy in all copies of the world for a while and keeps what happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from python_training.systems.ppo.episodes import EpisodeStatistics
from python_training.systems.ppo.policy import Policy
from python_training.systems.ppo.worlds import World


@dataclass(frozen=True, slots=True)
class Rollout:
    """T steps of N copies.

    Attributes:
        observations: (T + 1, N, observation_size) floats that hold the world's numbers exactly, flat.
        inputs: the same in float32, normalised: what the networks saw and will see again in the update.
        actions: (T, N, outputs) float32 or (T, N) int64, as drawn, not clipped.
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

    def __init__(self, world: World, statistics: EpisodeStatistics, seed: int) -> None:
        self._world = world
        self._statistics = statistics
        self.observations = world.begin(seed)
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
