"""The tree search wins what is won, avoids what is lost, follows from the game alone and keeps within its budget."""

from __future__ import annotations

import numpy as np
import pytest

from python_training.simulators.battlesnake.config import BattlesnakeConfig
from python_training.simulators.battlesnake.heuristic.lookahead import CERTAIN
from python_training.simulators.battlesnake.heuristic.mcts import POSITIONS_PER_MS, ROLLOUT_TURNS
from python_training.simulators.battlesnake.heuristic.sight import UNSAFE, scratch
from python_training.simulators.battlesnake.players.explain import explain, explain_seat
from python_training.simulators.battlesnake.players.parameters import (
    LOOKAHEAD_DEPTH,
    MCTS_ITERATIONS,
    MCTS_TIMEOUT_MS,
    PARAMETERS,
    TURN_THRESHOLD,
    USE_MCTS,
)
from python_training.simulators.battlesnake.players.players import HEURISTIC, Player
from python_training.simulators.battlesnake.rules.engine import start_one, turn_one
from python_training.simulators.battlesnake.rules.layout import layout
from python_training.simulators.battlesnake.rules.reference import Board, Snake
from python_training.simulators.battlesnake.rules.snapshot import load
from python_training.simulators.battlesnake.rules.state import TURN, Games, allocate

ALWAYS = {TURN_THRESHOLD: 50, USE_MCTS: 1}


def searching(iterations=200, milliseconds=500, depth=0):
    """A player that searches a tree in late games; by default without looking ahead before."""
    row = [parameter.default for parameter in PARAMETERS] + [0.0, 0.0]
    changes = {**ALWAYS, MCTS_ITERATIONS: iterations, MCTS_TIMEOUT_MS: milliseconds, LOOKAHEAD_DEPTH: depth}
    for column, value in changes.items():
        row[column] = value
    return Player("searching", HEURISTIC, tuple(row))


def placed(board, seed=0):
    """A board as game 0, with streams of `seed`."""
    config = BattlesnakeConfig.model_construct(width=board.width, height=board.height)
    table = layout(config, len(board.snakes))
    games = allocate(1, table)
    start_one(games, table, 0, seed)
    load(games, table, 0, board)
    games.facts[0, TURN] = 200
    return games, table


def visits(board, player, seed=0):
    """The move chosen and the visits of each legal one."""
    games, table = placed(board, seed)
    found = explain(games, table, 0, 0, player)
    assert found.mode == "mcts"
    return found.move, {each.move: int(each.searched) for each in found.moves if each.legal}


DOOR = Board(
    7,
    7,
    (
        Snake("a", 90, ((1, 3), (1, 2), (1, 1), (1, 0), (2, 0), (3, 0))),
        Snake("b", 90, ((0, 2), (0, 1), (0, 0))),
    ),
)
"""The rival has one way left, along the wall; whoever goes there first, being longer, wins."""

ALLEY = Board(
    7,
    7,
    (
        Snake("a", 90, ((2, 0), (3, 0), (4, 0), (5, 0))),
        Snake("b", 90, ((2, 6), (1, 6), (0, 6), (0, 5), (0, 4), (0, 3), (0, 2), (0, 1), (1, 1), (1, 2), (1, 3))),
    ),
    ((1, 0),),
)
"""Food to the left, in a blind alley of two cells."""


@pytest.mark.parametrize("seed", range(8))
def test_a_forced_win_is_taken(seed):
    """Whatever it draws, most visits go to the move that wins at once."""
    move, counts = visits(DOOR, searching(), seed)
    assert move == "left"
    assert counts["left"] > 0.45 * sum(counts.values())


def test_what_lookahead_sees_to_be_won_is_not_searched():
    """The win a turn away is taken for certain, without a playout."""
    move, found = visits(DOOR, searching(depth=1))
    assert move == "left"
    assert found["left"] > CERTAIN


def test_what_lookahead_sees_to_be_lost_is_not_searched():
    """With three turns looked ahead the blind alley gets no visit at all."""
    assert visits(ALLEY, searching(depth=3))[1]["left"] == 0


@pytest.mark.parametrize("seed", range(8))
def test_a_forced_loss_is_avoided(seed):
    """The blind alley is tried a few times and left."""
    move, counts = visits(ALLEY, searching(), seed)
    assert move == "up"
    assert counts["left"] < 0.3 * sum(counts.values())


def test_a_snake_about_to_starve_eats():
    """With three health left the food three steps away is the only way to live on."""
    mine = Snake("a", 3, ((5, 5), (5, 4), (5, 3)))
    rival = Snake("b", 90, ((0, 0), (0, 1), (0, 2)))
    moves = [visits(Board(11, 11, (mine, rival), ((5, 8),)), searching(), seed)[0] for seed in range(5)]
    assert moves == ["up"] * 5


@pytest.mark.parametrize(("iterations", "milliseconds"), [(50, 500), (200, 500), (200, 100), (120, 100)])
def test_both_budgets_count(iterations, milliseconds):
    """There are as many playouts as asked for, unless the turns that stand for the time run out before."""
    board = Board(11, 11, (Snake("a", 90, ((2, 2),) * 3), Snake("b", 90, ((8, 8),) * 3)), ((5, 5),))
    count = sum(visits(board, searching(iterations, milliseconds))[1].values())
    positions = milliseconds * POSITIONS_PER_MS
    assert count <= iterations
    assert count == iterations or positions / (ROLLOUT_TURNS + 8) < count <= positions / (ROLLOUT_TURNS + 1) + 1
    assert (count == iterations) == (milliseconds == 500)


def test_a_decision_follows_from_the_game_alone():
    """The same position and streams give the same visits, whatever the memory held; another stream gives others."""
    board = Board(11, 11, (Snake("a", 90, ((2, 2),) * 3), Snake("b", 90, ((8, 8),) * 3)), ((5, 5),))
    games, table = placed(board)
    row = np.array(searching().parameters)
    memory, found = scratch(table), []
    for k in range(3):
        copy = Games(*(array.copy() for array in games))
        if k == 1:
            turn_one(copy, table, 0)
        explain_seat(copy, table, 0, 0, HEURISTIC, row, memory, 7 if k < 2 else 8)
        found.append(memory.sought.copy())
        if k == 1:
            copy = Games(*(array.copy() for array in games))
            explain_seat(copy, table, 0, 0, HEURISTIC, row, memory, 7)
            np.testing.assert_array_equal(found[0], memory.sought)
    assert (found[0] != found[2]).any()


def test_the_game_itself_is_left_as_it_was():
    """Nothing but the snake's own stream moves on."""
    games, table = placed(DOOR)
    before = Games(*(array.copy() for array in games))
    explain_seat(games, table, 0, 0, HEURISTIC, np.array(searching().parameters), scratch(table), -1)
    for name in ("bodies", "snakes", "grids", "facts"):
        np.testing.assert_array_equal(getattr(games, name), getattr(before, name))
    changed = (games.rng[0] != before.rng[0]).any(axis=1)
    assert changed.tolist() == [False, False, True, False]


def test_moves_that_hit_something_are_never_searched():
    """They carry the mark of what is unsafe."""
    games, table = placed(DOOR)
    memory = scratch(table)
    explain_seat(games, table, 0, 0, HEURISTIC, np.array(searching().parameters), memory, 1)
    assert memory.sought[1] == UNSAFE
    assert (memory.sought[[0, 2, 3]] >= 1).all()
