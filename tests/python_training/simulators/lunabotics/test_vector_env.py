from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode

from python_training.simulators.lunabotics.env import LunaboticsVectorEnv

World = Callable[..., LunaboticsVectorEnv]
Act = Callable[..., Any]


def test_spaces_are_those_of_a_batch(make_world: World) -> None:
    """28 observations in [-1, 1] and 3 actions, of which dig lies in [0, 1], as float32 boxes."""
    env = make_world(5)
    assert env.single_observation_space == gymnasium.spaces.Box(-1, 1, (28,), np.float32)
    assert env.single_action_space.low.tolist() == [-1.0, -1.0, 0.0]
    assert env.single_action_space.high.tolist() == [1.0, 1.0, 1.0]
    assert env.observation_space.shape == (5, 28)
    assert env.action_space.shape == (5, 3)
    assert env.metadata["autoreset_mode"] is AutoresetMode.NEXT_STEP
    observations, _ = env.reset(seed=3)
    assert env.observation_space.contains(observations)
    observations, rewards, terminated, truncated, infos = env.step(env.action_space.sample())
    assert env.observation_space.contains(observations)
    assert rewards.shape == terminated.shape == truncated.shape == (5,)
    assert (rewards.dtype, terminated.dtype, truncated.dtype) == (np.float64, np.bool_, np.bool_)
    assert infos == {}


def test_the_step_after_an_end_resets_that_rover_alone(make_world: World, act: Act) -> None:
    """NEXT_STEP: the boundary step ignores the action, pays 0, ends nothing, and shows the new episode's start."""
    env = make_world(2, max_steps_per_episode=4)
    env.state.steps[1] = 2
    for _ in range(2):
        last = act(env, 1.0, 0.5)
    assert last[3].tolist() == [False, True]
    assert last[4]["_episode_figures"].tolist() == [False, True]
    pose = env.state.pose[0].copy()
    observations, rewards, terminated, truncated, infos = act(env, 1.0, 0.5)
    assert (rewards[1], terminated[1], truncated[1], infos) == (0.0, False, False, {})
    assert env.state.steps.tolist() == [3, 0]
    assert env.state.episode.tolist() == [1, 2]
    assert (env.state.pose[0] != pose).all()
    assert (env.state.velocity[1] == 0.0).all()
    assert observations[1, :2] == pytest.approx(2 * env.state.pose[1, :2] / (6.8, 5.0) - 1, abs=1e-6)


def test_actions_are_clipped(make_world: World) -> None:
    """What lies outside the action space acts like its nearest bound, and NaN like 0."""
    wild, tame = make_world(3), make_world(3)
    for _ in range(5):
        seen, *_ = wild.step(np.array([[9.0, -9.0, 5.0], [np.inf, -np.inf, -3.0], [np.nan, np.nan, np.nan]]))
        expected, *_ = tame.step(np.array([[1.0, -1.0, 1.0], [1.0, -1.0, 0.0], [0.0, 0.0, 0.0]]))
        np.testing.assert_array_equal(seen, expected)


def test_actions_of_another_shape_are_refused(make_world: World) -> None:
    """Told with what was expected and what came."""
    with pytest.raises(ValueError, match=r"shape \(2, 3\), got \(3,\)"):
        make_world(2).step(np.zeros(3))
