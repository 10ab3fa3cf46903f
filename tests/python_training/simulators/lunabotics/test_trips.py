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
Lay = Callable[..., None]

FRONT = 1.5
"""x of the front edge of a rover that stands at x = 1 and looks along +x."""


@pytest.fixture
def world(make_world: World) -> LunaboticsVectorEnv:
    """A field without obstacles where only events pay."""
    return make_world(bare=True, progress=False)


@pytest.mark.parametrize(
    ("ahead", "left", "taken"),
    [
        (0.49, 0.0, True),
        (0.51, 0.0, False),
        (0.3, 0.5, True),
        (0.3, 0.53, False),  # 60.5 degrees off the bucket's direction
        (0.05, 0.0, True),
        (0.05, 0.2, False),
        (-0.05, 0.0, False),  # behind the edge
        (0.45, 0.55, False),  # 0.51 m from the edge's corner
    ],
)
def test_the_bucket_takes_what_is_near_and_ahead(
    world: LunaboticsVectorEnv, act: Act, stand: Stand, lay: Lay, ahead: float, left: float, taken: bool
) -> None:
    """Within 0.5 m of the bucket's edge and 60 degrees of its direction, on either side, an orb is taken."""
    for side in (1, -1):
        stand(world, 1.0, 1.5)
        world.state.held[0] = -1
        lay(world, (FRONT + ahead, 1.5 + side * left), (0.3, 2.8))
        act(world, dig=1.0)
        assert (world.state.held[0] == 0) == taken


def test_the_nearest_orb_is_taken_and_only_one(world: LunaboticsVectorEnv, act: Act, stand: Stand, lay: Lay) -> None:
    """Digging on and on with a full bucket takes no second orb."""
    stand(world, 1.0, 1.5)
    lay(world, (FRONT + 0.4, 1.5), (FRONT + 0.2, 1.5), (FRONT + 0.3, 1.5))
    rewards = [act(world, dig=1.0)[1][0] for _ in range(20)]
    assert world.state.held[0] == 1
    assert list(world.state.orb_status[0, :3]) == [1, 2, 1]
    assert world.state.collected[0] == 1
    assert rewards == pytest.approx([10.0 + 50.0 - 0.01] + [-0.01] * 19)


@pytest.mark.parametrize(("dig", "taken"), [(0.5, False), (0.51, True), (7.0, True), (-1.0, False), (math.nan, False)])
def test_digging_has_a_threshold(
    world: LunaboticsVectorEnv, act: Act, stand: Stand, lay: Lay, dig: float, taken: bool
) -> None:
    """The bucket digs when the action is greater than 0.5; what is not a number does nothing."""
    stand(world, 1.0, 1.5)
    lay(world, (FRONT + 0.2, 1.5))
    act(world, dig=dig)
    assert (world.state.held[0] == 0) == taken


def test_orbs_are_not_solid(make_world: World, act: Act, stand: Stand, lay: Lay) -> None:
    """A rover drives over orbs as if they were not there, and they stay where they are."""
    env, free = make_world(bare=True), make_world(bare=True)
    for each in (env, free):
        stand(each, 0.7, 1.5)
    lay(env, *((1.0 + 0.2 * k, 1.5) for k in range(8)))
    before = env.state.orbs.copy()
    for _ in range(20):
        act(env, 1.0)
        act(free, 1.0)
    np.testing.assert_array_equal(env.state.pose, free.state.pose)
    np.testing.assert_array_equal(env.state.orbs, before)
    assert env.state.contacts[0] == 0


@pytest.mark.parametrize(
    ("x", "y", "delivered"), [(5.0, 0.6, True), (4.5, 0.9, True), (4.3, 0.6, False), (5.0, 1.1, False)]
)
def test_only_the_berm_takes_orbs(
    world: LunaboticsVectorEnv, act: Act, stand: Stand, lay: Lay, x: float, y: float, delivered: bool
) -> None:
    """Digging with an orb elsewhere, in the construction zone too, keeps it in the bucket."""
    lay(world, (1.0, 1.0), (2.0, 2.0))
    world.state.held[0], world.state.orb_status[0, 0] = 0, 2
    stand(world, x, y)
    act(world, dig=0.0)
    assert world.state.deposited[0] == 0
    act(world, dig=1.0)
    assert world.state.deposited[0] == int(delivered)
    assert world.state.held[0] == (-1 if delivered else 0)


def test_each_event_of_a_trip_pays_once(world: LunaboticsVectorEnv, act: Act, stand: Stand, lay: Lay) -> None:
    """Zones, orb and berm pay once until the next deposit, then once more, however often borders are crossed."""
    lay(world, (FRONT + 0.2, 1.5), (FRONT + 0.4, 1.5), (0.2, 2.9))

    def paid(x: float, y: float, dig: float = 0.0) -> float:
        stand(world, x, y)
        return float(act(world, dig=dig)[1][0]) + 0.01

    for _ in range(2):
        assert paid(1.0, 4.0) == pytest.approx(0.0)
        assert paid(1.0, 2.0) == pytest.approx(10.0)
        assert [paid(*place) for place in ((1.0, 4.0), (1.0, 2.0), (3.0, 2.0), (1.0, 2.0))] == pytest.approx([0.0] * 4)
        assert paid(1.0, 1.5, dig=1.0) == pytest.approx(50.0)
        assert [paid(*place) for place in ((1.0, 4.0), (1.0, 2.0))] == pytest.approx([0.0] * 2)
        assert paid(4.1, 0.6) == pytest.approx(100.0)
        assert [paid(*place) for place in ((3.0, 2.0), (4.1, 0.6), (5.0, 0.6))] == pytest.approx([0.0] * 3)
        assert paid(5.0, 0.6, dig=1.0) == pytest.approx(200.0)
        assert [paid(*place, dig=1.0) for place in ((5.0, 0.6), (4.1, 0.6))] == pytest.approx([0.0] * 2)
    assert world.state.deposited[0] == 2


def test_the_construction_zone_pays_nothing_to_an_empty_rover(
    world: LunaboticsVectorEnv, act: Act, stand: Stand
) -> None:
    """Without an orb, construction zone and berm are ground like any other."""
    for x in (4.1, 5.0):
        stand(world, x, 0.6)
        assert act(world, dig=1.0)[1][0] == pytest.approx(-0.01)


def test_a_collision_costs_once_per_contact(make_world: World, act: Act, stand: Stand) -> None:
    """Leaning on a rock or a wall costs once; after backing off, the next touch costs again."""
    env = make_world(num_rocks=1, num_craters=0, progress=False)
    env.state.obstacles[0, 0] = 4.0, 2.5, 0.2
    for touched, cost in (((3.0, 2.5, 0.0), -10.0), ((3.0, 4.3, math.pi / 2), -5.0)):
        stand(env, *touched)
        for _ in range(2):
            pushing = [float(act(env, 1.0)[1][0]) + 0.01 for _ in range(60)]
            assert sorted(pushing)[0] == pytest.approx(cost)
            assert sum(pushing) == pytest.approx(cost)
            assert env.state.contacts[0] != 0
            backing = [float(act(env, -0.5)[1][0]) + 0.01 for _ in range(8)]
            assert sum(backing) == pytest.approx(0.0, abs=1e-9)
            assert env.state.contacts[0] == 0


def test_an_episode_terminates_when_all_is_delivered(make_world: World, act: Act, stand: Stand, lay: Lay) -> None:
    """The last deposit ends the episode for good, is told with its figures, and leaves no potential behind."""
    env = make_world(num_orbs=1, bare=True)
    lay(env, (FRONT + 0.2, 1.5))
    stand(env, 1.0, 1.5)
    act(env, dig=1.0)
    assert env.state.held[0] == 0
    stand(env, 5.0, 0.6)
    _, _, terminated, truncated, infos = act(env, dig=1.0)
    assert terminated[0]
    assert not truncated[0]
    assert env.state.potential[0] == 0.0
    assert infos["_episode_figures"].tolist() == [True]
    assert {name: values.tolist() for name, values in infos["episode_figures"].items()} == {
        "orbs_collected": [1.0],
        "orbs_deposited": [1.0],
        "success_rate": [1.0],
    }


def test_an_episode_is_truncated_after_its_steps(make_world: World, act: Act) -> None:
    """At max_steps_per_episode, counted in policy steps, an episode is cut off but not terminated."""
    env = make_world(max_steps_per_episode=5)
    for step in range(1, 6):
        _, _, terminated, truncated, infos = act(env)
        assert not terminated[0]
        assert truncated[0] == (step == 5)
        assert ("episode_figures" in infos) == (step == 5)
    assert infos["episode_figures"]["success_rate"].tolist() == [0.0]
