from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from python_training.simulators.arena.env import ArenaVectorEnv
from python_training.simulators.arena.geometry import meeting

World = Callable[..., ArenaVectorEnv]
Act = Callable[..., Any]


def shots_in(env: ArenaVectorEnv, act: Act, seconds: float) -> int:
    """Bullets fired while the trigger is pulled for so long."""
    for _ in range(round(seconds / env.config.sim_dt)):
        act(env, fire=1.0)
    return int(env.state.ships[0, 0].shots)


@pytest.mark.parametrize("sim_dt", [0.1, 0.07, 0.05, 1 / 60])
def test_a_gun_fires_four_shots_a_second_of_simulated_time(empty: World, act: Act, sim_dt: float) -> None:
    """Whatever the tick, and however long a tick takes on the wall's clock: the world has a clock of its own."""
    assert shots_in(empty(sim_dt=sim_dt), act, 7.0) == 28


def test_a_gun_that_rests_is_not_faster_afterwards(empty: World, act: Act) -> None:
    """Readiness does not pile up."""
    env = empty()
    for _ in range(20):
        act(env)
    assert shots_in(env, act, 1.0) == 4


def test_a_bullet_flies_its_range_and_no_farther(empty: World, act: Act, place: Act) -> None:
    """It leaves the nose with the ship's velocity plus its own, and ends after 400 px as seen from the gun."""
    env = empty(width=3000.0)
    ship = env.state.ships[0, 0]
    ship.vy = 60.0
    act(env, fire=1.0)
    bullet = env.state.bullets[0, 0]
    assert (bullet.vx, bullet.vy) == pytest.approx((480.0, 60.0))
    assert bullet.x == pytest.approx(1500.0 + 15.0 + 48.0)
    for _ in range(7):
        act(env)
        assert env.state.bouts[0].bullets == 1
    act(env)
    assert env.state.bouts[0].bullets == 0


def test_a_hit_takes_the_shield_first_and_is_credited(empty: World, act: Act, place: Act) -> None:
    """25 points a hit, of the shield before the hull; the shooter's tallies and the loss say who did it."""
    env = empty(scenario="duel")
    place(env, 0, 300.0, 350.0)
    place(env, 1, 400.0, 350.0, math.pi / 2)
    still = [0.0, 0.0, 0.0]
    shooter, target = env.state.ships[0]
    for _ in range(5):
        env.step_seats([[[0.0, 0.0, 1.0], still]])
    assert (shooter.hits, shooter.dealt, target.taken, target.shield, target.hull) == (2, 50.0, 50.0, 50.0, 200.0)
    terminated = [False]
    while not terminated[0]:
        *_, terminated, _, infos = env.step_seats([[[0.0, 0.0, 1.0], still]])
    assert (shooter.hits, shooter.kills, shooter.dealt) == (12, 1, 300.0)
    assert (target.alive, target.killer) == (0, 0)
    figures = infos["episode_figures"]
    assert (figures["enemies_destroyed"][0], figures["success_rate"][0], figures["survival_time"][0]) == (
        1.0,
        1.0,
        30.0,
    )
    lost = env.seat_figures(1)
    assert lost["success_rate"][0] == 0.0
    assert lost["survival_time"][0] == pytest.approx(env.state.bouts[0].steps * 0.1)


def test_a_kill_repairs_the_hull_and_then_the_shield(make_world: World, act: Act, place: Act) -> None:
    """The salvage of a wreck makes good what the fight cost, up to what the ship had when it was new."""
    env = make_world(waves={"first": 1, "lull": 100.0}, salvage=120.0)
    pilot, enemy = env.state.ships[0, 0], env.state.ships[0, 1]
    place(env, 0, 300.0, 350.0)
    place(env, 1, 360.0, 350.0, 0.0)
    pilot.hull, pilot.shield, enemy.hull = 150.0, 0.0, 25.0
    act(env, fire=1.0)
    assert (pilot.kills, pilot.hull, pilot.shield) == (1, 200.0, 70.0)


def test_friends_are_not_hit(empty: World, place: Act) -> None:
    """A bullet passes ships of its own team."""
    env = empty(scenario="squad", teams=[0, 0, 1])
    place(env, 0, 200.0, 350.0)
    place(env, 1, 300.0, 350.0)
    place(env, 2, 400.0, 350.0)
    for _ in range(6):
        env.step_seats([[[0, 0, 1], [0, 0, 0], [0, 0, 0]]])
    assert env.state.ships.taken[0, 1] == 0.0
    assert env.state.ships.taken[0, 2] > 0.0


@pytest.mark.parametrize("offset", np.linspace(0.0, 100.0, 11))
def test_no_bullet_tunnels_through_a_ship(empty: World, act: Act, place: Act, offset: float) -> None:
    """A bullet that moves 300 px in a tick hits a ship of radius 5 wherever between two ticks it passes it."""
    settings = {
        "scenario": "duel",
        "width": 3000.0,
        "fighter": {"radius": 5.0, "gun": {"bullet_speed": 3000.0, "range": 2000.0}},
    }
    env = empty(**settings)
    place(env, 0, 200.0, 350.0)
    place(env, 1, 700.0 + 3.0 * offset, 350.0, math.pi / 2)
    for _ in range(10):
        env.step_seats([[[0.0, 0.0, 1.0], [0.0, 0.0, 0.0]]])
    assert env.state.ships[0, 0].hits >= 2


def test_bullets_meet_ships_that_cross_their_way(empty: World, place: Act) -> None:
    """What counts is where both are at the same moment within a tick, not where they were at its ends."""
    for speed, hits in ((400.0, 1), (-400.0, 0)):
        env = empty(scenario="duel", fighter={"drag": 0.0})
        place(env, 0, 200.0, 350.0)
        place(env, 1, 240.0, 335.0 if speed > 0 else 300.0, math.pi / 2)
        env.state.ships[0, 1].vy = speed
        env.step_seats([[[0.0, 0.0, 1.0], [0.0, 0.0, 0.0]]])
        assert env.state.ships[0, 0].hits == hits


def test_when_a_point_meets_a_circle() -> None:
    """Inside at once, ahead at the rim, and never beside, behind or beyond the move."""
    assert meeting(1.0, 0.0, 5.0, 0.0, 2.0) == 0.0
    assert meeting(-10.0, 0.0, 20.0, 0.0, 2.0) == pytest.approx(0.4)
    assert meeting(-10.0, 3.0, 20.0, 0.0, 2.0) == 2.0
    assert meeting(10.0, 0.0, 20.0, 0.0, 2.0) == 2.0
    assert meeting(-10.0, 0.0, 7.0, 0.0, 2.0) == 2.0
