from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode

from python_training.contracts.errors import CheckpointError, ConfigError
from python_training.simulators.lunabotics.env import LunaboticsEnv, LunaboticsVectorEnv

World = Callable[..., LunaboticsVectorEnv]
Act = Callable[..., Any]
LIVELY = {
    "max_steps_per_episode": 40,
    "randomisation": {"slip": 0.2, "mass": 0.2, "latency": 3, "sensor_distance": 0.1, "sensor_angle": 0.1},
    "curriculum": {"enabled": True},
}


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


def test_a_batch_is_its_rovers_side_by_side(make_world: World) -> None:
    """Each rover of a batch lives as it would alone, over several episodes."""
    env, alone = make_world(4, seed=20, **LIVELY), LunaboticsEnv(dict(LIVELY))
    seen_alone, _ = alone.reset(seed=22)
    rng = np.random.default_rng(0)
    over = False
    for _ in range(130):
        actions = rng.uniform(-1, 1, (4, 3)).astype(np.float32)
        seen, rewards, terminated, truncated, _ = env.step(actions)
        if over:
            seen_alone, _ = alone.reset()
            reward, over = 0.0, False
        else:
            seen_alone, reward, *flags, _ = alone.step(actions[2])
            over = any(flags)
        np.testing.assert_array_equal(seen[2], seen_alone)
        assert rewards[2] == reward
        assert over == (terminated[2] or truncated[2])


def test_a_restored_world_goes_on_bit_for_bit(make_world: World) -> None:
    """State taken in mid-episode and given to another instance continues equally, through resets and noise."""
    env, other = make_world(6, seed=1, **LIVELY), make_world(6, seed=99, **LIVELY)
    rng = np.random.default_rng(5)
    for _ in range(57):
        env.step(rng.uniform(-1, 1, (6, 3)))
    saved = env.get_state()
    untouched = {name: array.copy() for name, array in saved.items()}
    lives = []
    for world in (env, other):
        world.set_state(saved)
        draws, life = np.random.default_rng(6), []
        for _ in range(120):
            life.append(world.step(draws.uniform(-1, 1, (6, 3)))[:4])
        lives.append(life)
    for one, two in zip(*lives, strict=True):
        for a, b in zip(one, two, strict=True):
            np.testing.assert_array_equal(a, b)
    for name, array in saved.items():
        np.testing.assert_array_equal(array, untouched[name])
        assert array.dtype != object


def test_state_that_does_not_fit_is_refused(make_world: World) -> None:
    """Missing arrays, other shapes and other types are named, and nothing is half restored."""
    env = make_world(2)
    before = env.get_state()
    for broken, message in (
        ({name: array for name, array in before.items() if name != "rng"}, "must hold"),
        ({**before, "pose": np.zeros((3, 3))}, r"pose must be float64 of shape \(2, 3\)"),
        ({**before, "steps": np.zeros(2)}, "steps must be int64"),
    ):
        with pytest.raises(CheckpointError, match=message):
            env.set_state(broken)
    for name, array in env.get_state().items():
        np.testing.assert_array_equal(array, before[name])


def test_seeds_come_as_one_number_or_one_a_rover(make_world: World) -> None:
    """reset(seed=n) gives rover i the seed n + i; a list gives each its own, and None lets its generator go on."""
    env, other = make_world(3), make_world(3)
    env.reset(seed=2**32)
    other.reset(seed=[2**32, 2**32 + 1, 2**32 + 2])
    np.testing.assert_array_equal(env.state.pose, other.state.pose)
    assert env.state.episode.tolist() == [1, 1, 1]
    env.reset(seed=[7, None, 7])
    np.testing.assert_array_equal(env.state.pose[0], env.state.pose[2])
    assert (env.state.pose[1] != other.state.pose[1]).all()
    assert env.state.episode.tolist() == [1, 2, 1]


def test_an_unseeded_world_is_another_every_time() -> None:
    """Without any seed the first reset is random; later ones go on from there."""
    worlds = [LunaboticsVectorEnv(2) for _ in range(2)]
    first, second = (world.reset()[0] for world in worlds)
    assert (first[:, :2] != second[:, :2]).all()
    again, _ = worlds[0].reset()
    assert (first[:, :2] != again[:, :2]).all()
    mixed = LunaboticsVectorEnv(2)
    mixed.reset(seed=[4, None])
    np.testing.assert_array_equal(mixed.state.pose[0], _pose_of(4))
    assert (mixed.state.rng[1] != 0).any()


def _pose_of(seed: int) -> Any:
    env = LunaboticsVectorEnv(1)
    env.reset(seed=seed)
    return env.state.pose[0]


def test_actions_are_clipped(make_world: World) -> None:
    """What lies outside the action space acts like its nearest bound, and NaN like 0."""
    wild, tame = make_world(3), make_world(3)
    for _ in range(5):
        seen, *_ = wild.step(np.array([[9.0, -9.0, 5.0], [np.inf, -np.inf, -3.0], [np.nan, np.nan, np.nan]]))
        expected, *_ = tame.step(np.array([[1.0, -1.0, 1.0], [1.0, -1.0, 0.0], [0.0, 0.0, 0.0]]))
        np.testing.assert_array_equal(seen, expected)


def test_misuse_is_named(make_world: World) -> None:
    """Wrong shapes, seeds, sizes and modes are told with what was expected and what came."""
    env = make_world(2)
    with pytest.raises(ValueError, match=r"shape \(2, 3\), got \(3,\)"):
        env.step(np.zeros(3))
    with pytest.raises(ValueError, match="one seed for each of 2 rovers, got 3"):
        env.reset(seed=[1, 2, 3])
    with pytest.raises(ValueError, match="got -1"):
        env.reset(seed=-1)
    with pytest.raises(ConfigError, match="num_envs must be at least 1, got 0"):
        LunaboticsVectorEnv(0)
    with pytest.raises(ConfigError, match="render_mode"):
        LunaboticsVectorEnv(1, render_mode="human")
    with pytest.raises(gymnasium.error.ResetNeeded):
        LunaboticsVectorEnv(1).step(np.zeros((1, 3)))
