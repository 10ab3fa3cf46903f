from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gymnasium
import numpy as np
import pytest

from python_training.contracts.errors import CheckpointError
from python_training.systems.ppo.replayed_envs import ReplayedEnvs


class Noisy(gymnasium.Env[np.ndarray, int]):
    """Shows a number drawn in each step; ends at random. A world whose generator matters after the reset."""

    observation_space = gymnasium.spaces.Box(-10, 10, (1,))
    action_space = gymnasium.spaces.Discrete(2)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[np.ndarray, dict]:
        """Begin an episode."""
        super().reset(seed=seed)
        return self.np_random.normal(size=1), {}

    def step(self, action: int) -> tuple[np.ndarray, float, bool, bool, dict]:
        """Draw what is shown and whether it ends."""
        shown = self.np_random.normal(size=1)
        return shown, float(action), bool(self.np_random.random() < 0.1), False, {}


def play(envs: ReplayedEnvs, steps: int, random: np.random.Generator) -> list[list[Any]]:
    """What `steps` random steps show, as plain numbers."""
    seen = []
    for _ in range(steps):
        actions = np.array(
            [
                random.integers(2) if envs.single_action_space.shape == () else random.uniform(-2, 2, 1)
                for _ in range(envs.num_envs)
            ],
            dtype=None if envs.single_action_space.shape == () else np.float32,
        )
        seen.append([part.tolist() for part in envs.step(actions)[:4]])
    return seen


@pytest.mark.parametrize(
    "make",
    [Noisy, lambda: gymnasium.make("CartPole-v1"), lambda: gymnasium.make("Pendulum-v1")],
    ids=["noisy", "CartPole-v1", "Pendulum-v1"],
)
@pytest.mark.parametrize("steps", [0, 7, 230])
def test_a_restored_world_goes_on_bit_for_bit(make: Callable[[], gymnasium.Env], steps: int) -> None:
    """In the middle of episodes, after their ends and before the first step: the future is the same."""
    first, second = ReplayedEnvs(make, 3, None), ReplayedEnvs(make, 3, None)
    first.reset(seed=[1, 2, 3])
    play(first, steps, np.random.default_rng(0))
    second.reset(seed=[9, 8, 7])
    second.set_state(first.get_state())
    assert play(first, 250, np.random.default_rng(5)) == play(second, 250, np.random.default_rng(5))


def test_an_ended_episode_is_reset_by_the_next_step() -> None:
    """NEXT_STEP autoreset: the step after the last one ignores its action and pays 0."""
    envs = ReplayedEnvs(lambda: gymnasium.make("CartPole-v1"), 1, None)
    envs.reset(seed=[0])
    ended = False
    while not ended:
        _, rewards, terminated, _, _ = envs.step(np.array([1]))
        ended = bool(terminated[0])
        assert rewards[0] == 1.0
    observations, rewards, terminated, truncated, _ = envs.step(np.array([1]))
    assert rewards[0] == 0.0
    assert not terminated[0]
    assert not truncated[0]
    assert np.abs(observations).max() < 0.05  # CartPole begins within this


def test_every_episode_is_another_one() -> None:
    """Later episodes have seeds of their own, different in each copy."""
    envs = ReplayedEnvs(Noisy, 2, None)
    envs.reset(seed=[4, 5])
    seeds = set()
    for _ in range(20):
        seeds |= {envs._episode_seed(0), envs._episode_seed(1)}
        envs._episodes += 1
    assert len(seeds) == 40
    assert max(seeds) < 2**31


def test_memory_is_bounded_by_a_limit() -> None:
    """A world without a limit of its own gets one, so that there is never more than an episode to take again."""

    class Endless(Noisy):
        def step(self, action: int) -> tuple[np.ndarray, float, bool, bool, dict]:
            """Never end."""
            return self.np_random.normal(size=1), 0.0, False, False, {}

    envs = ReplayedEnvs(Endless, 1, 10)
    envs.reset(seed=[0])
    truncated = [bool(envs.step(np.array([0]))[3][0]) for _ in range(22)]
    assert [index for index, each in enumerate(truncated) if each] == [9, 20]
    assert len(envs.get_state()["actions"]) <= 10


def test_the_state_of_another_number_of_copies_is_refused() -> None:
    """A checkpoint belongs to the number of copies it was made with."""
    envs, other = ReplayedEnvs(Noisy, 2, None), ReplayedEnvs(Noisy, 3, None)
    envs.reset(seed=[0, 1])
    with pytest.raises(CheckpointError, match="3 copies"):
        other.set_state(envs.get_state())
