from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode

from python_training.contracts.errors import ConfigError
from python_training.contracts.seats import SeatedWorld
from python_training.simulators.arena.env import ArenaVectorEnv
from python_training.simulators.arena.scripted import AcePlayer

World = Callable[..., ArenaVectorEnv]
Act = Callable[..., Any]


def test_spaces_are_those_of_a_batch(make_world: World) -> None:
    """23 observations in [-1, 1] and 3 actions, of which fire lies in [0, 1], as float32 boxes."""
    env = make_world(5)
    assert env.single_observation_space == gymnasium.spaces.Box(-1, 1, (23,), np.float32)
    assert env.single_action_space.low.tolist() == [-1.0, -1.0, 0.0]
    assert env.observation_space.shape == (5, 23)
    assert env.action_space.shape == (5, 3)
    assert env.metadata["autoreset_mode"] is AutoresetMode.NEXT_STEP
    assert isinstance(env, SeatedWorld)
    observations, rewards, terminated, truncated, infos = env.step(env.action_space.sample())
    assert env.observation_space.contains(observations)
    assert rewards.shape == terminated.shape == truncated.shape == (5,)
    assert (rewards.dtype, terminated.dtype, truncated.dtype) == (np.float64, np.bool_, np.bool_)
    assert infos == {}


def test_observations_stay_within_bounds(make_world: World) -> None:
    """Over whole bouts of aces, in every scenario."""
    for scenario in ("waves", "duel", "squad"):
        env = make_world(6, scenario=scenario, toroidal=scenario == "squad")
        ace = AcePlayer(env.config)
        ace.reset(6, 0)
        for _ in range(150):
            seen, *_ = env.step(ace.act(None, env))
            for seat in range(env.seats):
                assert np.abs(env.observe(seat)).max() <= 1.0
            assert np.isfinite(seen).all()


def test_the_step_after_an_end_resets_that_copy_alone(make_world: World, act: Act) -> None:
    """NEXT_STEP: the boundary step ignores the action, pays 0, ends nothing, and shows the new episode's start."""
    env = make_world(2, sim_duration=0.4)
    env.state.bouts.steps[1] = 2
    for _ in range(2):
        last = act(env, 1.0, 0.5)
    assert last[3].tolist() == [False, True]
    assert last[4]["_episode_figures"].tolist() == [False, True]
    flown = env.flown_ticks
    _, rewards, terminated, truncated, infos = act(env, 1.0, 0.5)
    assert (rewards[1], terminated[1], truncated[1], infos) == (0.0, False, False, {})
    assert env.state.bouts.steps.tolist() == [3, 0]
    assert env.state.bouts.episode.tolist() == [1, 2]
    assert env.flown_ticks == flown + 1


def test_disabled_copies_stand_still_until_they_are_reset(make_world: World, act: Act) -> None:
    """DISABLED: an ended copy keeps its flags and observation, earns nothing and costs nothing, until a reset mask."""
    env = make_world(2, sim_duration=0.4, autoreset="disabled")
    assert env.metadata["autoreset_mode"] is AutoresetMode.DISABLED
    env.state.bouts.steps[1] = 2
    for _ in range(2):
        seen, *_, infos = act(env, 1.0)
    assert infos["_episode_figures"].tolist() == [False, True]
    frozen, last = env.get_state(), seen[1].copy()
    seen, rewards, terminated, truncated, infos = act(env, 1.0)
    assert (rewards[1], terminated[1], truncated[1], infos) == (0.0, False, True, {})
    np.testing.assert_array_equal(seen[1], last)
    assert env.state.ships[1].tobytes() == frozen["ships"][1].tobytes()
    assert env.flown_ticks == 5
    *_, infos = act(env)
    assert infos["_episode_figures"].tolist() == [True, False]
    env.reset(options={"reset_mask": np.array([False, True])})
    assert env.state.truncated.tolist() == [True, False]
    assert env.state.bouts.steps.tolist() == [4, 0]
    with pytest.raises(ValueError, match="reset_mask must be bool"):
        env.reset(options={"reset_mask": np.zeros(2)})


def test_a_restored_squad_goes_on_bit_for_bit(make_world: World) -> None:
    """State taken in mid-bout, saved without pickle and given to another instance continues equally."""
    settings = {"scenario": "squad", "sim_duration": 6.0}
    env, other = make_world(6, seed=1, **settings), make_world(6, seed=99, **settings)
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
        assert not array.dtype.hasobject


def test_seeds_make_bouts_that_differ() -> None:
    """Over 200 seeds all three kinds of enemies come, away from the pilot and clear of each other."""
    env = ArenaVectorEnv(200)
    env.reset(seed=0)
    ships = env.state.ships[:, :3]
    assert set(ships.kind[:, 1:].ravel()) == {1, 2, 3}
    assert len(set(ships.x[:, 0])) == 200
    away = np.hypot(ships.x[:, 1:] - ships.x[:, :1], ships.y[:, 1:] - ships.y[:, :1])
    assert away.min() >= 250.0
    apart = np.hypot(ships.x[:, 1] - ships.x[:, 2], ships.y[:, 1] - ships.y[:, 2])
    assert (apart >= ships.radius[:, 1] + ships.radius[:, 2]).all()


def test_episodes_can_begin_out_of_step(make_world: World, act: Act) -> None:
    """`elapsed_steps` count as flown already."""
    env = make_world(2)
    env.reset(seed=1, options={"elapsed_steps": [0, 299]})
    assert act(env)[3].tolist() == [False, True]
    with pytest.raises(ValueError, match="from 0 to 299"):
        env.reset(options={"elapsed_steps": [0, 300]})


def test_actions_are_clipped(make_world: World) -> None:
    """What lies outside the action space acts like its nearest bound, and NaN like 0."""
    wild, tame = make_world(3), make_world(3)
    for _ in range(5):
        seen, *_ = wild.step(np.array([[9.0, -9.0, 5.0], [np.inf, -np.inf, -3.0], [np.nan, np.nan, np.nan]]))
        expected, *_ = tame.step(np.array([[1.0, -1.0, 1.0], [1.0, -1.0, 0.0], [0.0, 0.0, 0.0]]))
        np.testing.assert_array_equal(seen, expected)


def test_a_lost_pilot_ends_the_bout_and_a_squad_fights_on(make_world: World, act: Act) -> None:
    """Seat 0's loss ends it for one pilot; with friends it goes on, and the lost one sees zeros."""
    for seats, over in ((1, True), (2, False)):
        env = make_world(seats=seats)
        env.state.ships[0, 0].alive = 0
        seen, _, terminated, *_ = act(env)
        assert terminated[0] == over
        assert not seen[0].any()


def test_misuse_is_named(make_world: World) -> None:
    """Wrong shapes, seats and modes are told with what was expected and what came."""
    env = make_world(2)
    with pytest.raises(ValueError, match=r"shape \(2, 3\), got \(3,\)"):
        env.step(np.zeros(3))
    with pytest.raises(ValueError, match=r"shape \(2, 1, 3\), got \(2, 3\)"):
        env.step_seats(np.zeros((2, 3)))
    with pytest.raises(IndexError, match="1 seats, got seat 1"):
        env.observe(1)
    with pytest.raises(ConfigError, match="autoreset must be"):
        ArenaVectorEnv(1, autoreset="same_step")  # type: ignore[arg-type]
