"""Copies of an environment from outside as one vector environment whose exact state can be kept.

This is the door: what the environment gives is checked here, once, and everybody behind it can rely on Gymnasium's API,
on the environment's own spaces, on finite numbers, on episodes that end, and on a stop being heard.
"""

from __future__ import annotations

import contextlib
import inspect
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import gymnasium
import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from python_training.contracts.errors import CheckpointError, ConfigError, WorldError
from python_training.contracts.seeds import SEEDS_END, training_seed
from python_training.environments.observations import Observations
from python_training.environments.stopping import StopSignal

Step = tuple[NDArray[Any], NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_], dict[str, Any]]


class ForeignEnvs(VectorEnv[Any, Any, Any]):
    """N copies of an environment, stepped one after the other.

    Observations are flat rows of numbers, whatever the environment's own space is (see `Observations`). An episode that
    is over is followed by the next one at the next step (AutoresetMode.NEXT_STEP), or with `autoreset=False` its copy
    stands still at no cost, its flags as they were and its reward 0, until it is reset (AutoresetMode.DISABLED).

    An environment is deterministic given its seed and its actions, but tells neither its state nor that of its
    generator. So every episode here begins with a seed of its own, and the actions since then are kept: `set_state`
    resets with that seed and takes the actions again, bit for bit. That costs memory and time for one episode a copy,
    which `limit` bounds. Copies that are not reset by themselves keep no actions and have no state.

    Args:
        name: what the environment is called, for errors.
        make: builds one copy.
        num_envs: how many.
        limit: steps after which an episode is cut off (truncated), whatever the environment says.
        autoreset: see above.
        stop: ends the work between two steps of two copies.

    Raises:
        ConfigError: it is no Gymnasium environment, its observations cannot be made numbers of a fixed count, or
            `make` gives the same one twice.
    """

    def __init__(
        self,
        name: str,
        make: Callable[[], gymnasium.Env[Any, Any]],
        num_envs: int,
        *,
        limit: int,
        autoreset: bool = True,
        stop: StopSignal | None = None,
    ) -> None:
        self.name = name
        self.num_envs = num_envs
        self.limit = limit
        self._stop = stop or StopSignal()
        self._autoreset = autoreset
        self._envs: list[gymnasium.Env[Any, Any]] = []
        self.closed = False
        try:
            for _ in range(num_envs):
                self._envs.append(_checked(make(), name))
            if len({id(env) for env in self._envs}) < num_envs:
                raise ConfigError(f"env: '{name}' gave the same environment twice; expected a new one.", field="env")
            first = self._envs[0]
            self._seen = Observations(first.observation_space, name)
        except BaseException:
            self.close()
            raise
        self.spec = first.spec
        self.render_mode = first.render_mode
        mode = AutoresetMode.NEXT_STEP if autoreset else AutoresetMode.DISABLED
        self.metadata = {**(first.metadata or {}), "autoreset_mode": mode}
        self.single_observation_space = gymnasium.spaces.Box(-np.inf, np.inf, (self._seen.size,), self._seen.dtype.type)
        self.single_action_space = first.action_space
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self._seeds = np.zeros(num_envs, dtype=np.int64)
        self._episodes = np.zeros(num_envs, dtype=np.int64)
        self._lengths = np.zeros(num_envs, dtype=np.int64)
        self._terminated = np.zeros(num_envs, dtype=np.bool_)
        self._truncated = np.zeros(num_envs, dtype=np.bool_)
        self._observations = np.zeros((num_envs, self._seen.size), self._seen.dtype)
        self._taken = [_ActionLog() for _ in range(num_envs)] if autoreset else []

    def reset(  # type: ignore[override]  # narrower: every copy is given a seed
        self, *, seed: Sequence[int], options: dict[str, Any] | None = None
    ) -> tuple[NDArray[Any], dict[str, Any]]:
        """Begin the first episode of every copy, each at its own seed; observations (N, size). Options: none.

        Raises:
            ConfigError: a seed is not from 0 to 2**31 - 2, which is what environments take.
            WorldError: the environment breaks Gymnasium's API or its space.
        """
        for each in seed:
            if not 0 <= each < SEEDS_END:
                raise ConfigError(
                    f"seed: '{self.name}' takes seeds from 0 to {SEEDS_END - 1}, got {each}.", field="seed"
                )
        self._seeds[:] = seed
        self._episodes[:] = 0
        for index in range(self.num_envs):
            self._begin(index)
        return self._observations.copy(), {}

    def step(self, actions: NDArray[Any]) -> Step:
        """One step of every copy whose episode goes on; what becomes of the others is told above.

        Raises:
            WorldError: the environment breaks Gymnasium's API or its space, or gives a number that is not finite.
            InterruptedWorkError: there was a stop.
        """
        rewards = np.zeros(self.num_envs, dtype=np.float64)
        over = self._terminated | self._truncated
        for index in range(self.num_envs):
            if not over[index]:
                rewards[index] = self._step(index, actions[index])
            elif self._autoreset:
                self._episodes[index] += 1
                self._begin(index)
        return self._observations.copy(), rewards, self._terminated.copy(), self._truncated.copy(), {}

    def picture(self, index: int) -> NDArray[np.uint8] | None:
        """Copy `index` as pixels (H, W, 3), None if it draws none; raises ConfigError, WorldError if it fails to."""
        if self.render_mode != "rgb_array":
            return None
        try:
            drawn: Any = self._envs[index].render()
        except (gymnasium.error.Error, ImportError) as error:  # what it draws with is not installed
            raise ConfigError(f"'{self.name}' cannot draw pictures here: {error}", field="env") from error
        if not isinstance(drawn, np.ndarray) or drawn.ndim != 3 or drawn.shape[2] != 3 or drawn.dtype != np.uint8:
            got = f"{drawn.dtype} of shape {drawn.shape}" if isinstance(drawn, np.ndarray) else type(drawn).__name__
            raise WorldError(f"'{self.name}' must render uint8 of shape (H, W, 3), got {got}.", field="env")
        return drawn

    def elapsed(self, index: int) -> int:
        """Steps of the episode of copy `index` so far."""
        return int(self._lengths[index])

    def get_state(self) -> dict[str, NDArray[Any]]:
        """Seeds, episode numbers and the actions of the episodes that go on, as arrays by name."""
        taken = [log.actions() for log in self._taken]
        known = [actions for actions in taken if len(actions)]
        shape = (0, *(self.single_action_space.shape or ()))
        return {
            "seeds": self._seeds.copy(),
            "episodes": self._episodes.copy(),
            "ended": self._terminated | self._truncated,
            "lengths": np.array([len(actions) for actions in taken], dtype=np.int64),
            "actions": np.concatenate(known) if known else np.zeros(shape),
        }

    def set_state(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Become what `get_state` described; raises CheckpointError if it is of another number of copies."""
        lengths = state["lengths"]
        if lengths.shape != (self.num_envs,) or lengths.sum() != len(state["actions"]):
            raise CheckpointError(f"The state must be that of {self.num_envs} copies, got {lengths.shape}.")
        self._seeds[:] = state["seeds"]
        self._episodes[:] = state["episodes"]
        ends = np.cumsum(lengths)
        for index in range(self.num_envs):
            self._begin(index)
            for action in state["actions"][ends[index] - lengths[index] : ends[index]]:
                self._step(index, action)

    def close(self, **kwargs: Any) -> None:
        """Release the copies; safe twice."""
        if not self.closed:
            self.closed = True
            for env in self._envs:
                with contextlib.suppress(Exception):  # what it says on the way out helps nobody any more
                    env.close()

    def _begin(self, index: int) -> None:
        """Reset one copy with the seed of its current episode."""
        self._stop.check()
        seed, env = self._episode_seed(index), self._envs[index]
        result: Any = env.reset(seed=seed)
        if not isinstance(result, tuple) or len(result) != 2 or not isinstance(result[1], dict):
            raise self._broken(
                "reset", "(observation, info), with a dict as info", result, "an observation alone is Gym 0.21's way"
            )
        self._seen.write(result[0], self._observations[index], "reset")
        self._lengths[index] = 0
        self._terminated[index] = self._truncated[index] = False
        if self._taken:
            self._taken[index].clear()

    def _step(self, index: int, action: Any) -> float:
        """One step of one copy; its reward."""
        self._stop.check()
        env = self._envs[index]
        taken = np.array(action)  # a copy, which the environment may change
        if self._taken:
            self._taken[index].add(taken)
        given = taken if taken.shape or not _is_choice(self.single_action_space) else taken[()]
        result: Any = env.step(given)
        if not isinstance(result, tuple) or len(result) != 5:
            raise self._broken(
                "step", "(observation, reward, terminated, truncated, info)", result, "four values are Gym 0.21's way"
            )
        observation, reward, terminated, truncated, info = result
        for what, flag in (("terminated", terminated), ("truncated", truncated)):
            if not isinstance(flag, bool | np.bool_):
                raise self._broken("step", f"a bool as {what}", flag)
        if not isinstance(info, dict):
            raise self._broken("step", "a dict as info", info)
        self._seen.write(observation, self._observations[index], "step")
        self._lengths[index] += 1
        self._terminated[index] = terminated
        self._truncated[index] = truncated or self._lengths[index] >= self.limit
        return self._reward(reward)

    def _reward(self, reward: Any) -> float:
        number = isinstance(reward, int | float | np.integer | np.floating | np.bool_)
        if not number and not (isinstance(reward, np.ndarray) and reward.shape == () and reward.dtype.kind in "iufb"):
            raise self._broken("step", "a number as reward", reward)
        paid = float(reward)
        if not math.isfinite(paid):
            raise WorldError(
                f"'{self.name}' gave the reward {paid}; expected a finite number.",
                field="env",
                hint="Look for a division by 0, or an overflow, in its step().",
            )
        return paid

    def _broken(self, method: str, expected: str, got: Any, remark: str = "") -> WorldError:
        count = f" of {len(got)}" if isinstance(got, tuple | list | dict) else ""
        shown = f"{got.dtype} of shape {got.shape}" if isinstance(got, np.ndarray) else str(got)[:60]
        return WorldError(
            f"'{self.name}' breaks Gymnasium's API: {method}() must give {expected}, "
            f"got {type(got).__name__}{count}: {shown}.",
            field="env",
            hint=f"{remark[:1].upper()}{remark[1:]}; see https://gymnasium.farama.org/api/env." if remark else None,
        )

    def _episode_seed(self, index: int) -> int:
        """The first episode has the seed given to `reset`, later ones a training seed drawn from it."""
        seed, episode = int(self._seeds[index]), int(self._episodes[index])
        if episode == 0:
            return seed
        return training_seed(int(np.random.SeedSequence((seed, episode)).generate_state(1)[0]))


class _ActionLog:
    """The actions of one episode, in one array that grows with it."""

    def __init__(self) -> None:
        self._kept: NDArray[Any] = np.zeros(0)
        self._count = 0

    def clear(self) -> None:
        self._count = 0

    def add(self, action: NDArray[Any]) -> None:
        if self._kept.shape[1:] != action.shape or self._kept.dtype != action.dtype:
            self._kept = np.empty((16, *action.shape), action.dtype)
        elif self._count == len(self._kept):
            self._kept = np.concatenate([self._kept, np.empty_like(self._kept)])
        self._kept[self._count] = action
        self._count += 1

    def actions(self) -> NDArray[Any]:
        """(count, *action_shape)."""
        return self._kept[: self._count].copy()


def _is_choice(space: gymnasium.Space[Any]) -> bool:
    return isinstance(space, gymnasium.spaces.Discrete)


def _checked(env: Any, name: str) -> gymnasium.Env[Any, Any]:
    """`env`, if it is an environment by Gymnasium's API."""
    if not isinstance(env, gymnasium.Env):
        raise ConfigError(
            f"env: '{name}' must give a gymnasium.Env, got {type(env).__module__}.{type(env).__name__}.", field="env"
        )
    for attribute in ("observation_space", "action_space"):
        space = getattr(env, attribute, None)
        if not isinstance(space, gymnasium.Space):
            raise ConfigError(
                f"env: '{name}' must have a gymnasium.Space as {attribute}, got {type(space).__name__}.", field="env"
            )
    parameters = inspect.signature(env.unwrapped.reset).parameters
    if "seed" not in parameters and not any(each.kind is each.VAR_KEYWORD for each in parameters.values()):
        raise ConfigError(
            f"env: '{name}' takes no seed in reset(); expected reset(self, *, seed=None, options=None).", field="env"
        )
    return env
