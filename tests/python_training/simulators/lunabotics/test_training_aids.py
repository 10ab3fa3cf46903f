"""Curriculum and domain randomisation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from python_training.simulators.lunabotics.env import LunaboticsVectorEnv
from python_training.simulators.lunabotics.scripted import ExpertPlayer

World = Callable[..., LunaboticsVectorEnv]
Act = Callable[..., Any]
Stand = Callable[..., None]


def at_stage(make_world: World, stage: int) -> LunaboticsVectorEnv:
    """Twenty rovers at one stage of the curriculum."""
    return make_world(20, curriculum={"enabled": True, "first_stage": stage})


def test_the_stages_rise_in_difficulty(make_world: World) -> None:
    """With an orb and without obstacles; empty; from the start zone among half the obstacles; the world itself."""
    worlds = {stage: at_stage(make_world, stage) for stage in (1, 2, 3, 4)}
    obstacles = {stage: set(env.state.rocks + env.state.craters) for stage, env in worlds.items()}
    assert obstacles == {1: {0}, 2: {0}, 3: {6}, 4: {11}}
    for stage, env in worlds.items():
        zones = set(np.round(env.reset(seed=3)[0][:, 6] * 2.5 + 2.5))
        assert zones == ({1.0} if stage <= 2 else {0.0})
        assert (env.state.held >= 0).all() == (stage == 1)
        assert (env.state.collected == 0).all()


def test_rovers_climb_when_they_succeed(make_world: World, act: Act) -> None:
    """Each on its own: a running success rate above the mark leads to the next stage, failures keep it down."""
    env = make_world(2, max_steps_per_episode=150, curriculum={"enabled": True, "promote_at": 0.55, "memory": 0.4})
    expert = ExpertPlayer(env.config)
    expert.reset(2, 0)
    stages = [env.state.stage.copy()]
    for _ in range(151 * 9):
        actions = expert.act(np.zeros((2, 28)), env)
        actions[1] = 0.0
        env.step(actions)
        stages.append(env.state.stage.copy())
    climbed = np.array(stages)[:, 0]
    assert climbed[-1] == 4
    assert set(np.diff(climbed)) <= {0, 1}
    assert (np.array(stages)[:, 1] == 1).all()
    # two successes are needed: 0.4, then 0.64
    assert np.flatnonzero(np.diff(climbed))[0] == pytest.approx(150 + 150, abs=2)


def test_a_seeded_reset_begins_the_curriculum_anew(make_world: World) -> None:
    """What a reset gives depends on the seed alone, not on what was learnt before."""
    env = at_stage(make_world, 1)
    env.state.stage[:] = 3
    env.reset(seed=0)
    assert (env.state.stage == 1).all()


def test_randomisation_is_off_by_default(make_world: World) -> None:
    """The world is the same rover in every episode unless one asks for it."""
    env = make_world(50)
    assert (env.state.slip == 0).all()
    assert (env.state.mass == 1).all()
    assert (env.state.latency == 0).all()


def test_randomisation_draws_within_its_ranges(make_world: World) -> None:
    """Slip, mass, latency, missing obstacles and sizes vary from episode to episode, up to what is set."""
    chance = {"slip": 0.3, "mass": 0.2, "latency": 3, "missing_obstacles": 4, "obstacle_size": 0.2}
    env = make_world(400, randomisation=chance)
    state = env.state
    assert 0.0 <= state.slip.min() < 0.02 < 0.28 < state.slip.max() <= 0.3
    assert 0.8 <= state.mass.min() < 0.82 < 1.18 < state.mass.max() <= 1.2
    assert set(state.latency) == {0, 1, 2, 3}
    assert set(state.rocks + state.craters) == {7, 8, 9, 10, 11}
    radii = state.obstacles[..., 2][state.obstacles[..., 2] > 0]
    assert 0.12 <= radii.min() < 0.13
    assert 0.28 < radii.max() <= 0.3


def test_latency_delays_actions(make_world: World, act: Act, stand: Stand) -> None:
    """With a latency of three the rover starts moving in the fourth step."""
    env = make_world(bare=True, randomisation={"latency": 3})
    env.state.latency[0] = 3
    stand(env, 3.0, 2.5)
    moved = []
    for _ in range(5):
        act(env, 1.0)
        moved.append(bool(env.state.velocity[0, 0] > 0))
    assert moved == [False, False, False, True, True]


def test_slip_and_mass_weaken_the_drive(make_world: World, act: Act, stand: Stand) -> None:
    """A heavier rover gains speed more slowly, a slipping one never reaches full speed."""
    env = make_world(3, bare=True)
    env.state.slip[1], env.state.mass[2] = 0.25, 1.5
    for index in range(3):
        stand(env, 1.5, 2.5, index=index)
    act(env, 1.0)
    first = env.state.velocity[:, 0].copy()
    assert first == pytest.approx([4 * 4 * 0.0167, 0.75 * 4 * 4 * 0.0167, 4 / 1.5 * 4 * 0.0167], rel=0.03)
    for _ in range(16):
        act(env, 1.0)
    assert env.state.velocity[:, 0] == pytest.approx([2.0, 1.5, 2.0], abs=0.02)


def test_sensor_noise_changes_readings_only(make_world: World) -> None:
    """Noise blurs distances and angles of what is seen; pose, and slots without anything, stay exact."""
    clear, noisy = make_world(30), make_world(30, randomisation={"sensor_distance": 0.1, "sensor_angle": 0.1})
    for each in (clear, noisy):
        each.state.pose[:] = np.random.default_rng(0).uniform((0.6, 0.6, -3), (6.2, 4.4, 3), (30, 3))
        noisy.state.obstacles[...] = clear.state.obstacles
    seen, blurred = clear.step(np.zeros((30, 3)))[0], noisy.step(np.zeros((30, 3)))[0]
    np.testing.assert_array_equal(seen[:, :8], blurred[:, :8])
    empty = seen[:, 8::2] == 1.0
    assert 0 < empty.mean() < 1
    np.testing.assert_array_equal(blurred[:, 8::2][empty], 1.0)
    np.testing.assert_array_equal(blurred[:, 9::2][empty], 0.0)
    assert (blurred[:, 9::2][~empty] != seen[:, 9::2][~empty]).mean() > 0.9
    assert np.abs(blurred - seen).max() < 0.5
