"""Copies of a Gymnasium environment whose exact state can be kept, though Gymnasium has no way to ask for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray

from python_training.contracts.errors import CheckpointError
from python_training.contracts.seeds import TRAINING_SEEDS_END

Step = tuple[NDArray[Any], NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_], dict[str, Any]]


class ReplayedEnvs:
    """N copies of an environment, stepped one after the other, with NEXT_STEP autoreset.

    A Gymnasium environment is deterministic given its seed and its actions, but tells neither its state nor that of its
    generator. So every episode here begins with a seed of its own, and the actions since then are kept: `set_state`
    resets with that seed and takes the actions again, bit for bit. That costs memory and time for one episode a copy,
    which the time limit bounds.

    Args:
        make: builds one copy.
        num_envs: how many.
        limit: steps after which an episode is cut off, for environments that have no limit of their own.
    """

    def __init__(self, make: Callable[[], gymnasium.Env[Any, Any]], num_envs: int, limit: int | None) -> None:
        self.num_envs = num_envs
        self._envs = [gymnasium.wrappers.TimeLimit(make(), limit) if limit else make() for _ in range(num_envs)]
        self.single_observation_space = self._envs[0].observation_space
        self.single_action_space = self._envs[0].action_space
        self._seeds = np.zeros(num_envs, dtype=np.int64)
        self._episodes = np.zeros(num_envs, dtype=np.int64)
        self._ended = np.zeros(num_envs, dtype=np.bool_)
        self._taken: list[list[NDArray[Any]]] = [[] for _ in range(num_envs)]

    def reset(
        self, *, seed: Sequence[int], options: dict[str, Any] | None = None
    ) -> tuple[NDArray[Any], dict[str, Any]]:
        """Begin the first episode of every copy, each at its own seed; observations (N, *shape). Options: none."""
        self._seeds[:] = seed
        self._episodes[:] = 0
        self._ended[:] = False
        return np.stack([self._begin(index) for index in range(self.num_envs)]), {}

    def step(self, actions: NDArray[Any]) -> Step:
        """One step of every copy; one whose episode ended with the last step begins its next episode instead."""
        observations = []
        rewards = np.zeros(self.num_envs, dtype=np.float64)
        terminated = np.zeros(self.num_envs, dtype=np.bool_)
        truncated = np.zeros(self.num_envs, dtype=np.bool_)
        for index, env in enumerate(self._envs):
            if self._ended[index]:
                self._episodes[index] += 1
                observations.append(self._begin(index))
                continue
            action = actions[index]
            self._taken[index].append(np.array(action))
            observation, reward, terminated[index], truncated[index], _ = env.step(action)
            rewards[index] = float(reward)
            observations.append(observation)
        self._ended = terminated | truncated
        return np.stack(observations), rewards, terminated, truncated, {}

    def get_state(self) -> dict[str, NDArray[Any]]:
        """Seeds, episode numbers and the actions of the episodes that go on, as arrays by name."""
        shape = (0, *(self.single_action_space.shape or ()))
        taken = [action for actions in self._taken for action in actions]
        return {
            "seeds": self._seeds.copy(),
            "episodes": self._episodes.copy(),
            "ended": self._ended.copy(),
            "lengths": np.array([len(actions) for actions in self._taken], dtype=np.int64),
            "actions": np.stack(taken) if taken else np.zeros(shape),
        }

    def set_state(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Become what `get_state` described; raises CheckpointError if it is of another number of copies."""
        lengths = state["lengths"]
        if lengths.shape != (self.num_envs,) or lengths.sum() != len(state["actions"]):
            raise CheckpointError(f"The state must be that of {self.num_envs} copies, got {lengths.shape}.")
        self._seeds[:] = state["seeds"]
        self._episodes[:] = state["episodes"]
        self._ended = np.array(state["ended"], dtype=np.bool_)
        ends = np.cumsum(lengths)
        for index, env in enumerate(self._envs):
            self._begin(index)
            for action in state["actions"][ends[index] - lengths[index] : ends[index]]:
                # What comes out of the array is a NumPy scalar or a view, as it is for the learner's own actions.
                self._taken[index].append(np.array(action))
                env.step(action)

    def close(self) -> None:
        """Release the copies."""
        for env in self._envs:
            env.close()

    def _begin(self, index: int) -> NDArray[Any]:
        """Reset one copy with the seed of its current episode."""
        self._taken[index].clear()
        observation, _ = self._envs[index].reset(seed=self._episode_seed(index))
        return np.asarray(observation)

    def _episode_seed(self, index: int) -> int:
        """The first episode has the seed given to `reset`, later ones a training seed drawn from it."""
        seed, episode = int(self._seeds[index]), int(self._episodes[index])
        if episode == 0:
            return seed
        return int(np.random.SeedSequence((seed, episode)).generate_state(1)[0]) % TRAINING_SEEDS_END
