"""What nudged pilots see, and where they fly then."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from python_training.contracts.config import validate
from python_training.contracts.errors import ConfigError
from python_training.contracts.nudges import Nudge
from python_training.simulators.arena.config import ArenaConfig
from python_training.simulators.arena.nudges import ARRIVED, LEASH, RANK, ArenaNudges
from python_training.simulators.arena.vector_env import ArenaVectorEnv
from python_training.systems.neat.genome_pilot import genome_pilot
from python_training.testing.chaser import chaser

NUDGES = ArenaNudges()


@pytest.fixture
def world() -> ArenaVectorEnv:
    """Three friends against waves that begin with four enemies."""
    config = validate(ArenaConfig, {"waves": {"first": 4}, "sim_duration": 60.0})
    env = ArenaVectorEnv(1, config.game([0, 0, 0]))
    env.reset(seed=[5])
    return env


def told(world: ArenaVectorEnv, seats: tuple[int, ...] = (0,), **nudge: Any) -> dict[int, Any]:
    """The orders that a nudge gives."""
    return dict(NUDGES.orders(validate(Nudge, nudge), seats, world))


def enemies(world: ArenaVectorEnv) -> list[Any]:
    """Living enemies, the farthest from seat 0 first."""
    ships = world.state.ships[0]
    found = [ship for ship in ships if ship.alive and ship.team != ships[0].team]
    return sorted(found, key=lambda ship: -math.hypot(ship.x - ships[0].x, ship.y - ships[0].y))


def fly(world: ArenaVectorEnv, orders: dict[int, Any], ticks: int) -> None:
    """Let a chaser fly each seat, under `orders`, without shooting: nobody is to die of it."""
    pilot = genome_pilot(chaser(), world.single_action_space)
    pilot.reset(world.seats, 0)
    actions = np.zeros((1, world.seats, 3))
    for tick in range(ticks):
        world.state.ships.hull[:] = 100.0
        if tick % 6 == 0:
            seen = [world.observe(seat) for seat in range(world.seats)]
            for seat, order in orders.items():
                seen[seat] = NUDGES.bias(order, seat, seen[seat], world)
            actions[0] = pilot.act(np.concatenate(seen))
            actions[0, :, 2] = 0.0
        world.step_seats(actions)


def distance(world: ArenaVectorEnv, seat: int, x: float, y: float) -> float:
    """From the ship in `seat` to a spot."""
    ship = world.state.ships[0, seat]
    return math.hypot(ship.x - x, ship.y - y)


def test_a_target_comes_first_and_the_nearest_other_second(world: ArenaVectorEnv) -> None:
    """The pilot sees the target's true range and bearing in the first place; nothing else changes."""
    far = enemies(world)[0]
    before = world.observe(0)
    state = world.get_state()
    order = told(world, kind="target", x=far.x + 5, y=far.y)[0]
    assert order == {"kind": "target", "serial": far.serial, "x": far.x, "y": far.y}
    seen = NUDGES.bias(order, 0, before, world)
    diagonal = math.hypot(world.config.width, world.config.height)
    assert seen[0, 0] == pytest.approx(min(distance(world, 0, far.x, far.y) / (0.5 * diagonal), 1.0), rel=1e-6)
    assert seen[0, 5:10].tolist() == before[0, 0:5].tolist()
    assert seen[0, 10:].tolist() == before[0, 10:].tolist()
    assert all(np.array_equal(state[name], array) for name, array in world.get_state().items())


def test_targeting_the_nearest_changes_nothing(world: ArenaVectorEnv) -> None:
    """What is told of an enemy is what the world itself tells, bit for bit."""
    near = enemies(world)[-1]
    before = world.observe(0)
    order = told(world, kind="target", x=near.x, y=near.y)[0]
    assert NUDGES.bias(order, 0, before, world).tolist() == before.tolist()


def test_a_target_that_is_gone_is_no_target(world: ArenaVectorEnv) -> None:
    """When it is shot down the pilot sees things as they are."""
    far = enemies(world)[0]
    order = told(world, kind="target", x=far.x, y=far.y)[0]
    world.state.ships.alive[0, world.state.ships.serial[0] == far.serial] = 0
    before = world.observe(0)
    assert NUDGES.bias(order, 0, before, world) is before


def test_a_pilot_flies_to_its_rally_point(world: ArenaVectorEnv) -> None:
    """Whoever sees a decoy there goes there, and sees things as they are when it has arrived."""
    orders = told(world, seats=(0,), kind="rally", x=80.0, y=80.0)
    began = distance(world, 0, 80.0, 80.0)
    assert began > 2 * ARRIVED
    nearest = began
    for _ in range(20):
        fly(world, orders, 12)
        nearest = min(nearest, distance(world, 0, 80.0, 80.0))
    assert nearest < ARRIVED
    ship = world.state.ships[0, 0]
    ship.x, ship.y = 80.0, 80.0
    before = world.observe(0)
    assert NUDGES.bias(orders[0], 0, before, world) is before


def test_a_pilot_that_holds_stays_nearer_than_one_that_is_free(world: ArenaVectorEnv) -> None:
    """Over ten seconds its mean distance from where it was told to stay is smaller."""
    means = []
    for nudge in ({"kind": "hold"}, {"kind": "release"}):
        world.reset(seed=[5])
        orders = told(world, **nudge)
        x, y = float(world.state.ships[0, 0].x), float(world.state.ships[0, 0].y)
        away = []
        for _ in range(50):
            fly(world, orders, 12)
            away.append(distance(world, 0, x, y))
        means.append(sum(away) / len(away))
    assert means[0] < 2 * LEASH + 50
    assert means[0] < 0.7 * means[1]


def test_formation_is_kept_behind_the_leader(world: ArenaVectorEnv) -> None:
    """The lowest seat alive leads and sees things as they are; the others see their place behind it."""
    orders = told(world, seats=(0, 1, 2), kind="formation")
    leader = world.state.ships[0, 0]
    leader.x, leader.y, leader.cos, leader.sin, leader.heading = 500.0, 350.0, 1.0, 0.0, 0.0
    before = world.observe(0)
    assert NUDGES.bias(orders[0], 0, before, world) is before
    diagonal = math.hypot(world.config.width, world.config.height)
    for seat, side in ((1, 1.0), (2, -1.0)):
        seen = NUDGES.bias(orders[seat], seat, world.observe(seat), world)
        away = distance(world, seat, 500.0 - RANK, 350.0 + side * RANK)
        assert seen[0, 0] == pytest.approx(away / (0.5 * diagonal), rel=1e-5)
    leader.alive = 0
    before = world.observe(1)
    assert NUDGES.bias(orders[1], 1, before, world) is before


def test_a_click_means_an_enemy_or_a_place(world: ArenaVectorEnv) -> None:
    """On an enemy's ship it is a target, elsewhere a rally point; a target must be there."""
    far = enemies(world)[0]
    assert told(world, kind="click", x=far.x + 10, y=far.y)[0]["kind"] == "target"
    empty = next(
        (x, y)
        for x in range(50, 1000, 50)
        for y in range(50, 700, 50)
        if all(math.hypot(ship.x - x, ship.y - y) > 120 for ship in enemies(world))
    )
    assert told(world, kind="click", x=empty[0], y=empty[1])[0] == {"kind": "rally", "x": empty[0], "y": empty[1]}
    with pytest.raises(ConfigError, match="no enemy within 60 px"):
        told(world, kind="target", x=empty[0], y=empty[1])
    with pytest.raises(ConfigError, match="x must be from 0 to 1000"):
        told(world, kind="rally", x=-1.0, y=5.0)
    assert told(world, kind="release") == {}


@pytest.mark.parametrize("raw", [{"kind": "rally"}, {"kind": "dance"}, {"kind": "rally", "x": math.nan, "y": 1.0}])
def test_a_nudge_is_checked(raw: dict[str, Any]) -> None:
    """A kind with a spot needs one, and numbers are finite."""
    with pytest.raises(ConfigError):
        validate(Nudge, raw)
