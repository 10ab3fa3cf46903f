from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from python_training.simulators.arena.env import ArenaVectorEnv

World = Callable[..., ArenaVectorEnv]
Act = Callable[..., Any]


def test_thrust_accelerates_to_the_speed_limit(empty: World, act: Act, place: Act) -> None:
    """Full thrust gains 500 px/s² less drag, and never more than 400 px/s; negative thrust goes backwards."""
    env = empty(width=100_000.0)
    ship = env.state.ships[0, 0]
    act(env, 1.0)
    assert ship.vx == pytest.approx(500 * (1 - math.exp(-0.06)) / 0.6)
    for _ in range(30):
        act(env, 1.0)
    assert math.hypot(ship.vx, ship.vy) == pytest.approx(400.0)
    place(env, 0, 50_000.0, 350.0)
    act(env, -1.0)
    assert ship.vx < 0.0


def test_a_ship_without_thrust_drifts_to_a_stop(empty: World, act: Act) -> None:
    """Velocity falls by exp(-0.6 t), whichever way the nose points."""
    env = empty()
    ship = env.state.ships[0, 0]
    ship.vy = 100.0
    for _ in range(10):
        act(env, turn=0.3)
    assert ship.vy == pytest.approx(100.0 * math.exp(-0.6))
    assert ship.y - 350.0 == pytest.approx(100.0 * (1 - math.exp(-0.6)) / 0.6)


def test_the_helm_turns_by_half_a_turn_a_second(empty: World, act: Act) -> None:
    """Positive is to the left; the heading stays within half a turn either way."""
    env = empty()
    for _ in range(5):
        act(env, turn=1.0)
    assert env.state.ships[0, 0].heading == pytest.approx(math.pi / 2)
    for _ in range(7):
        act(env, turn=1.0)
    assert env.state.ships[0, 0].heading == pytest.approx(-0.8 * math.pi)


def test_walls_keep_a_ship_inside(empty: World, act: Act, place: Act) -> None:
    """A ship that flies into a wall bounces with 0.3 of its speed and never leaves."""
    env = empty()
    place(env, 0, 980.0, 350.0)
    ship = env.state.ships[0, 0]
    ship.vx = 300.0
    act(env)
    assert ship.x == 985.0
    assert ship.vx == pytest.approx(-0.3 * 300.0 * math.exp(-0.06))


def test_a_toroidal_arena_has_no_walls(empty: World, act: Act, place: Act) -> None:
    """Who leaves on the right comes in on the left, and is still hit by a bullet across the edge."""
    env = empty(toroidal=True, scenario="duel")
    place(env, 0, 990.0, 350.0)
    place(env, 1, 60.0, 350.0)
    env.state.ships[0, 0].vx = 300.0
    act(env)
    assert env.state.ships[0, 0].x < 100.0
    place(env, 0, 950.0, 350.0)
    for _ in range(3):
        act(env, fire=1.0)
    assert env.state.ships[0, 0].hits >= 1


def test_ships_that_collide_bounce_and_both_lose_points(empty: World, place: Act) -> None:
    """Two fighters head on part again and lose a tenth of their approach speed in points, which nobody is credited."""
    env = empty(scenario="duel")
    place(env, 0, 480.0, 350.0)
    place(env, 1, 520.0, 350.0, math.pi)
    one, two = env.state.ships[0]
    one.vx, two.vx = 300.0, -300.0
    env.step_seats([[[0, 0, 0], [0, 0, 0]]])
    approach = 600.0 * math.exp(-0.06)
    assert one.taken == pytest.approx(0.1 * approach)
    assert two.taken == pytest.approx(0.1 * approach)
    assert one.vx == pytest.approx(-0.3 * approach / 2)
    assert 30.0 <= two.x - one.x < 31.0
    assert (one.dealt, one.hits) == (0.0, 0)


def test_the_path_hardly_depends_on_the_tick(make_world: World, act: Act, place: Act) -> None:
    """Three seconds of curving at dt 0.1 and at 1/60 end within a few px of each other."""
    ends = []
    for dt in (0.1, 1 / 60):
        env = make_world(sim_dt=dt, width=5000.0, height=5000.0, scenario="duel")
        place(env, 0, 2500.0, 2500.0)
        for tick in range(round(3.0 / dt)):
            act(env, 1.0, 0.4 if tick * dt < 1.5 - 1e-9 else -0.2)
        ends.append(env.state.ships[0, 0])
    assert math.dist((ends[0].x, ends[0].y), (ends[1].x, ends[1].y)) < 8.0
    assert ends[0].heading == pytest.approx(ends[1].heading)
