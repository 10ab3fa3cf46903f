from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from python_training.simulators.lunabotics.env import LunaboticsVectorEnv

World = Callable[..., LunaboticsVectorEnv]
Act = Callable[..., Any]
Stand = Callable[..., None]


def penetration(env: LunaboticsVectorEnv) -> float:
    """How deep (m) any rover is in any obstacle, negative when all are free."""
    deepest = -math.inf
    for (x, y, heading), rocks in zip(env.state.pose, env.state.obstacles, strict=True):
        rocks = rocks[rocks[:, 2] > 0]
        dx, dy = rocks[:, 0] - x, rocks[:, 1] - y
        ahead = np.abs(dx * math.cos(heading) + dy * math.sin(heading))
        left = np.abs(dy * math.cos(heading) - dx * math.sin(heading))
        gaps = np.hypot(np.maximum(ahead - 0.5, 0), np.maximum(left - 0.3, 0)) - rocks[:, 2]
        deepest = max(deepest, float(-gaps.min()))
    return deepest


def test_the_limits_of_speed_turn_and_field_hold(make_world: World) -> None:
    """Thousands of random and extreme steps of 64 rovers, bounces included, never break a limit."""
    env = make_world(64, max_steps_per_episode=300)
    rng = np.random.default_rng(0)
    for step in range(900):
        actions = rng.uniform(-1, 1, (64, 3)) if step % 60 < 30 else np.sign(rng.uniform(-1, 1, (64, 3)))
        env.step(actions * 5)
        velocity, (x, y, heading) = env.state.velocity, env.state.pose.T
        assert np.hypot(velocity[:, 0], velocity[:, 1]).max() <= 2.0 + 1e-12
        assert np.abs(velocity[:, 2]).max() <= math.pi
        assert np.abs(heading).max() <= math.pi
        reach_x = 0.5 * np.abs(np.cos(heading)) + 0.3 * np.abs(np.sin(heading))
        reach_y = 0.5 * np.abs(np.sin(heading)) + 0.3 * np.abs(np.cos(heading))
        assert (x - reach_x).min() > -1e-3
        assert (6.8 - x - reach_x).min() > -1e-3
        assert (y - reach_y).min() > -1e-3
        assert (5.0 - y - reach_y).min() > -1e-3


def test_full_speed_is_reached_and_no_more(make_world: World, act: Act, stand: Stand) -> None:
    """Straight ahead the rover comes to 2 m/s, with no more than its acceleration, and backwards likewise."""
    for way in (1.0, -1.0):
        env = make_world(bare=True)
        stand(env, 3.4 - 2.5 * way, 2.5)
        speeds = [0.0]
        for _ in range(16):
            act(env, way)
            speeds.append(way * env.state.velocity[0, 0])
        assert max(np.diff(speeds)) <= 4.0 * 4 * 0.0167 + 1e-12
        assert speeds[-1] == pytest.approx(2.0)


def test_a_rover_without_drive_comes_to_rest_and_does_not_skid(make_world: World, act: Act, stand: Stand) -> None:
    """Drive and damping stop it; sideways speed dies away sooner than that."""
    env = make_world(bare=True)
    stand(env, 3.0, 2.5)
    env.state.velocity[0] = 1.0, 1.0, 0.0
    act(env)
    assert abs(env.state.velocity[0, 1]) < 0.6
    for _ in range(20):
        act(env)
    assert np.abs(env.state.velocity[0]).max() < 1e-3


@pytest.mark.parametrize("wall", ["x", "y"])
def test_a_bounce_keeps_the_restitution_of_the_speed(make_world: World, stand: Stand, wall: str) -> None:
    """Hitting a wall straight on leaves 0.3 of the approach speed, away from it, and no turn."""
    env = make_world(bare=True, action_repeat=1, rover={"acceleration": 1e-9, "damping": 0.0, "lateral_grip": 0.0})
    stand(env, *((6.25, 2.5, 0.0) if wall == "x" else (3.0, 4.45, math.pi / 2)))
    env.state.velocity[0, 0 if wall == "x" else 1] = 2.0
    for _ in range(3):
        env.step(np.zeros((1, 3)))
    expected = (-0.6, 0.0) if wall == "x" else (0.0, -0.6)
    assert env.state.velocity[0, :2] == pytest.approx(expected, abs=1e-6)
    assert env.state.velocity[0, 2] == pytest.approx(0.0, abs=1e-9)


def test_a_rock_stops_the_rover(make_world: World, act: Act, stand: Stand) -> None:
    """Driving at a rock moves neither through it nor moves it, and a blow off the middle turns the rover."""
    env = make_world(2, num_rocks=1, num_craters=0)
    for index, offset in enumerate((0.0, 0.2)):
        env.state.obstacles[index, 0] = 4.0, 2.5 + offset, 0.2
        stand(env, 2.8, 2.5, index=index)
    turns = np.zeros(2)
    for _ in range(40):
        act(env, 1.0)
        turns = np.maximum(turns, np.abs(env.state.velocity[:, 2]))
        assert penetration(env) < 1e-3
    assert env.state.pose[0, 0] < 3.31
    assert turns[0] < 1e-9
    assert turns[1] > 0.1


def test_rovers_are_never_left_inside_an_obstacle(make_world: World) -> None:
    """However it is driven among the rocks, a rover is pushed out of what it entered within a few steps."""
    env = make_world(32, seed=77)
    rng = np.random.default_rng(1)
    env.state.pose[:, 0] = 2.0
    deep = 0
    for _ in range(400):
        env.step(np.concatenate([np.ones((32, 1)), rng.uniform(-1, 1, (32, 2))], axis=1))
        deep += penetration(env) > 0.05  # squeezed between two of them
    assert deep < 40


@pytest.mark.parametrize("axis", ["x", "y"])
def test_a_mirrored_world_has_mirrored_dynamics(make_world: World, axis: str) -> None:
    """Left and right, up and down are alike: mirrored pose, field and turns give the mirrored life and readings."""
    count = 24
    env, twin = make_world(count, seed=9), make_world(count, seed=9)
    env.state.pose[:, 0] += 1.5  # among the obstacles
    env.state.pose[:, 1] -= 1.5
    mirror = twin.state
    for name in ("pose", "velocity", "obstacles", "orbs"):
        getattr(mirror, name)[...] = getattr(env.state, name)
    if axis == "y":
        mirror.pose[:, 1], mirror.pose[:, 2] = 5.0 - mirror.pose[:, 1], -mirror.pose[:, 2]
    else:
        turned = np.pi - mirror.pose[:, 2]
        mirror.pose[:, 0] = 6.8 - mirror.pose[:, 0]
        mirror.pose[:, 2] = np.where(turned > np.pi, turned - 2 * np.pi, turned)
    side, size = (1, 5.0) if axis == "y" else (0, 6.8)
    mirror.obstacles[:, :11, side] = size - mirror.obstacles[:, :11, side]
    mirror.orbs[:, :15, side] = size - mirror.orbs[:, :15, side]
    rng = np.random.default_rng(2)
    touched = np.zeros(count, dtype=bool)
    for _ in range(80):
        actions = rng.uniform(-1, 1, (count, 3)) * (1, 1, 0)
        actions[:, 0] = np.abs(actions[:, 0])
        seen, *_ = env.step(actions)
        seen_twin, *_ = twin.step(actions * (1, -1, 1))
        touched |= env.state.contacts != 0
        expected = env.state.pose.copy()
        expected[:, side] = size - expected[:, side]
        np.testing.assert_allclose(mirror.pose[:, :2], expected[:, :2], atol=1e-6)
        turned = -expected[:, 2] if axis == "y" else np.pi - expected[:, 2]
        np.testing.assert_allclose(np.cos(mirror.pose[:, 2] - turned), 1.0, atol=1e-9)
        np.testing.assert_allclose(seen_twin[:, 8::2], seen[:, 8::2], atol=1e-5)
        np.testing.assert_allclose(seen_twin[:, 9::2], -seen[:, 9::2], atol=1e-5)
    assert touched.sum() > count // 2
