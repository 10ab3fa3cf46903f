"""The compiled engine and the reference agree, on games as they are played and on boards as nobody would play them."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from python_training.simulators.battlesnake.config import BattlesnakeConfig
from python_training.simulators.battlesnake.rules import engine, reference
from python_training.simulators.battlesnake.rules.engine import start_one, turn_one, update_one
from python_training.simulators.battlesnake.rules.layout import layout
from python_training.simulators.battlesnake.rules.modes import MODES, MOVES
from python_training.simulators.battlesnake.rules.reference import Board, Snake
from python_training.simulators.battlesnake.rules.snapshot import board_of, eliminations_of
from python_training.simulators.battlesnake.rules.state import (
    ALIVE,
    COVERED,
    FOOD,
    FOOD_LEFT,
    HAZARDS,
    HEAD,
    LENGTH,
    LIVING,
    MOVE,
    OVER,
    allocate,
)


def covered_as_said(games, table, g):
    """The grid of covered cells counted anew from the bodies."""
    grid = np.zeros(table.cells + 1, dtype=np.int64)
    for s in np.flatnonzero(games.snakes[g, :, ALIVE]):
        head, length = games.snakes[g, s, HEAD], games.snakes[g, s, LENGTH]
        np.add.at(grid, games.bodies[g, s, (head + np.arange(length - 1)) & (table.ring - 1)], 1)
    return grid[: table.cells]


def play_and_compare(turns: int, seed: int) -> int:
    """Play random games in all modes until `turns` turns were compared; returns how many snakes died in them."""
    rng = random.Random(seed)  # noqa: S311 - a game, no secret
    compared = died = 0
    while compared < turns:
        mode = rng.choice(list(MODES))
        config = BattlesnakeConfig(
            mode=mode,
            width=rng.choice((3, 5, 7, 11, 12, 25)),
            height=rng.choice((4, 7, 11, 19, 25)),
            map=rng.choice(("auto", "auto", "standard", "royale")),
            food_spawn_chance=rng.choice((0, 15, 60)),
            minimum_food=rng.choice((0, 1, 6)),
            hazard_damage_per_turn=rng.choice((14, 1, 50, 0, -5)),
            shrink_every_n_turns=rng.choice((1, 5, 25)),
        )
        seats = 1 if mode == "solo" and rng.random() < 0.7 else rng.randint(2, 8)
        if seats > (config.width * config.height) // 2:
            continue
        table, ids = layout(config, seats), [f"s{s}" for s in range(seats)]
        games = allocate(1, table)
        start_one(games, table, 0, rng.randrange(2**63))
        if rng.random() < 0.3:  # hazards that no official map makes, stacked
            games.grids[0, HAZARDS, : table.cells] = [rng.choice((0, 0, 1, 3)) for _ in range(table.cells)]
        careful = rng.random()
        before = board_of(games, table, 0, ids)
        while not games.facts[0, OVER] and compared < turns:
            moves = {}
            for s in np.flatnonzero(games.snakes[0, :, ALIVE]):
                head = games.bodies[0, s, games.snakes[0, s, HEAD]]
                free = [m for m in range(4) if games.grids[0, COVERED, table.neighbours[head, m]] == 0]
                move = rng.choice(free) if free and rng.random() < 0.85 + 0.15 * careful else rng.randrange(4)
                games.snakes[0, s, MOVE] = move
                moves[ids[s]] = MOVES[move]
            expected = reference.play_turn(MODES[mode], before, moves, config.hazard_damage_per_turn)
            turn_one(games, table, 0)
            after = board_of(games, table, 0, ids)
            assert after.snakes == expected.board.snakes
            assert sorted(after.food) == sorted(expected.board.food)
            assert eliminations_of(games, 0, ids) == expected.eliminated
            assert bool(games.facts[0, OVER]) == expected.over
            update_one(games, table, 0)
            before = board_of(games, table, 0, ids)
            compared += 1
            died += len(expected.eliminated)
        np.testing.assert_array_equal(games.grids[0, COVERED, : table.cells], covered_as_said(games, table, 0))
        assert games.facts[0, FOOD_LEFT] == games.grids[0, FOOD].sum()
        assert games.facts[0, LIVING] == games.snakes[0, :, ALIVE].sum()
    return died


def test_they_agree_over_whole_games():
    """Thirty thousand turns of random games in all modes, on many sizes, with up to eight snakes."""
    assert play_and_compare(30_000, seed=1) > 1_000


@pytest.mark.slow
def test_they_agree_over_a_million_turns():
    """The same with a million turns and other seeds."""
    assert sum(play_and_compare(100_000, seed=1000 + k) for k in range(10)) > 20_000


@st.composite
def boards(draw):
    """Boards that no game would reach: bodies over each other, torn, off the board; food and hazards anywhere."""
    width, height = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    off = 1 if draw(st.integers(0, 9)) == 0 else 0
    point = st.tuples(st.integers(-off, width - 1 + off), st.integers(-off, height - 1 + off))
    bodies = draw(st.lists(st.lists(point, min_size=1, max_size=6), max_size=5))
    healths = draw(st.lists(st.integers(-2, 100), min_size=len(bodies), max_size=len(bodies)))
    snakes = tuple(Snake(str(i), healths[i], tuple(body)) for i, body in enumerate(bodies))
    food, hazards = draw(st.lists(point, max_size=6)), draw(st.lists(point, max_size=8))
    return Board(width, height, snakes, tuple(food), tuple(hazards))


@given(
    board=boards(),
    mode=st.sampled_from(list(MODES)),
    moves=st.lists(st.sampled_from([*MOVES, ""]), min_size=5, max_size=5),
    damage=st.sampled_from([14, 0, 1, 100, -10]),
)
@settings(max_examples=600, deadline=None, derandomize=True)
def test_they_agree_on_any_board(board, mode, moves, damage):
    """One turn of one board after another, down to the order of what is left."""
    named = {str(i): move for i, move in enumerate(moves) if move}
    expected = reference.play_turn(MODES[mode], board, named, damage)
    assert engine.play_turn(MODES[mode], board, named, damage) == expected
