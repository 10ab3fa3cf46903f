"""A seat for each snake: what those who let players meet rely on, and how boards are shown."""

from __future__ import annotations

import json

import numpy as np
import pytest

from python_training.contracts.seats import NamedSeats, SeatedWorld
from python_training.raster import PALETTES
from python_training.simulators.battlesnake.board.view import draw
from python_training.simulators.battlesnake.config import BattlesnakeConfig
from python_training.simulators.battlesnake.players.scripted import HunterPlayer, TerritorialPlayer
from python_training.simulators.battlesnake.rules.state import ALIVE
from python_training.simulators.battlesnake.vector_env import BattlesnakeVectorEnv

UP, DOWN, LEFT, RIGHT = range(4)


def world(snakes: int = 3, num_envs: int = 2, **settings: object) -> BattlesnakeVectorEnv:
    """Games with a seat for each of so many snakes."""
    env = BattlesnakeVectorEnv(num_envs, BattlesnakeConfig.model_validate(settings).game([0] * snakes))
    env.reset(seed=5)
    return env


def test_every_seat_is_steered_and_seen() -> None:
    """Moves of all seats are made; each seat sees its own snake, and a lost one nothing."""
    env = world()
    assert isinstance(env, SeatedWorld)
    assert isinstance(env, NamedSeats)
    heads = env.games.bodies[:, :, 0].copy()
    env.step_seats(np.array([[UP, DOWN, UP], [DOWN, UP, DOWN]]))
    moved = np.take_along_axis(env.games.bodies, env.games.snakes[:, :, :1], axis=2)[:, :, 0] - heads
    assert moved.tolist() == [[11, -11, 11], [-11, 11, -11]]
    assert not np.array_equal(env.observe(0), env.observe(1))
    round_and_round = [LEFT, UP, RIGHT, DOWN]
    for turn in range(11):
        if not env.games.snakes[0, 0, ALIVE]:
            break
        env.step_seats(np.array([[UP, round_and_round[turn % 4], round_and_round[turn % 4]]] * 2))
    assert not env.games.snakes[0, 0, ALIVE]
    assert not env.observe(0)[0].any()
    assert env.observe(1)[0].any()


def test_a_game_of_seats_goes_on_without_the_first_snake() -> None:
    """It ends with the game; the loss is paid once, and each seat has its own figures."""
    env = world(num_envs=1)
    players = (None, HunterPlayer(), TerritorialPlayer())
    returns, turns, ended = 0.0, 0, False
    died = 0
    while not ended:
        moves = [
            UP if each is None else int(each.act_seat(s, env.observe(s), env)[0]) for s, each in enumerate(players)
        ]
        _, rewards, terminated, truncated, _ = env.step_seats(np.array([moves]))
        turns += 1
        returns += float(rewards[0])
        if not died and not env.games.snakes[0, 0, ALIVE]:
            died = turns
        ended = bool(terminated[0] or truncated[0])
    assert 0 < died < turns
    assert returns == pytest.approx(-1.0 + 0.002 * (died - 1), abs=0.2)
    assert returns < 0
    assert env.seat_figures(0)["turns_survived"].tolist() == [died]
    winners = [s for s in (1, 2) if env.seat_figures(s)["success_rate"][0]]
    assert len(winners) <= 1
    assert max(env.seat_figures(s)["turns_survived"][0] for s in (1, 2)) == turns


def test_moves_of_another_shape_are_refused() -> None:
    """The error says what was expected and what came."""
    with pytest.raises(ValueError, match=r"integers of shape \(2, 3\), got int64 of \(2,\)"):
        world().step_seats(np.array([0, 0]))
    with pytest.raises(ValueError, match="a name for each of 3 seats, got 1"):
        world().name_seats(["one"])


def test_whoever_points_at_a_snake_is_told_of_it() -> None:
    """Every shape is about something known; cells to go to are parts; the lost say in which turn, of what, by whom."""
    env = world(snakes=2, num_envs=1)
    env.name_seats(["first", "second"])
    frame = draw(env, 0)
    about = {shape.about for layer in frame.layers for shape in layer.shapes if shape.about}
    assert {each.partition("/")[0] for each in about} == set(frame.details) == {"snake-0", "snake-1"}
    assert {f"snake-0/{move}" for move in ("up", "down", "left", "right")} <= about
    assert frame.details["snake-1"].title == "second"
    for turn in range(12):
        env.step_seats(np.array([[LEFT, (LEFT, UP, RIGHT, DOWN)[turn % 4]]]))
        frame = draw(env, 0)
        if frame.details["snake-0"].state:
            break
    assert frame.details["snake-0"].state == f"Eliminated in turn {frame.figures['Turn']}: wall-collision"
    assert frame.figures["Result"] == "second won"
    assert frame.figures["Kill feed"] == f"first (wall-collision) @{frame.figures['Turn']}"
    assert not any("/" in shape.about for layer in frame.layers for shape in layer.shapes)
    json.dumps(frame.to_dict(), allow_nan=False)


def test_eight_snakes_have_eight_colours_in_every_palette() -> None:
    """Each seat has a palette name of its own, and no two look the same."""
    frame = draw(world(snakes=8, num_envs=1), 0)
    names = [detail.colour for detail in frame.details.values()]
    for palette in PALETTES.values():
        assert len({palette[name] for name in names}) == 8
