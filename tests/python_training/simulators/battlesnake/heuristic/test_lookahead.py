"""Looking ahead is held against the same search written plainly: every reply tried, by the readable rules."""

from __future__ import annotations

import random

import numba
import numpy as np
import pytest

from python_training.simulators.battlesnake.config import BattlesnakeConfig
from python_training.simulators.battlesnake.heuristic.lookahead import (
    DRAWN,
    EVERY_MOVE,
    JUST_THE_BEST,
    LOST,
    TURN_LATER,
    WON,
)
from python_training.simulators.battlesnake.heuristic.policy_heuristic import weigh
from python_training.simulators.battlesnake.heuristic.sight import scratch
from python_training.simulators.battlesnake.heuristic.terms import position_value
from python_training.simulators.battlesnake.players.explain import explain
from python_training.simulators.battlesnake.players.parameters import CRITICAL_HEALTH, LOOKAHEAD_DEPTH, PARAMETERS
from python_training.simulators.battlesnake.players.players import HEURISTIC, Player
from python_training.simulators.battlesnake.rules.layout import layout
from python_training.simulators.battlesnake.rules.modes import MODES, MOVES, STEPS
from python_training.simulators.battlesnake.rules.reference import Board, Snake, default_move, play_turn
from python_training.simulators.battlesnake.rules.snapshot import load
from python_training.simulators.battlesnake.rules.state import MOVE, TURN, allocate

MODE = MODES["standard"]
NOW = 60
"""Turn of the positions."""


@numba.njit
def worth_at_sight(games, table, s, row, memory):
    """What the player's terms say of game 0."""
    return position_value(games, table, 0, s, row, memory)


@numba.njit
def weighed(games, table, s, row, margin, memory):
    """Decide for a snake of game 0."""
    return weigh(games, table, 0, s, row, margin, memory)


def careful(depth):
    """A player that looks so far ahead in any position."""
    row = [parameter.default for parameter in PARAMETERS] + [0.0, 0.0]
    row[CRITICAL_HEALTH] = 100
    row[LOOKAHEAD_DEPTH] = depth
    return Player("careful", HEURISTIC, tuple(row))


def placed(board, turn):
    """A board as game 0, every snake going straight on."""
    config = BattlesnakeConfig.model_construct(width=board.width, height=board.height)
    table = layout(config, len(board.snakes))
    games = allocate(1, table)
    load(games, table, 0, board)
    games.facts[0, TURN] = turn
    for s, snake in enumerate(board.snakes):
        games.snakes[0, s, MOVE] = MOVES.index(default_move(snake.body))
    return games, table


class Plain:
    """The search without pruning and without arrays."""

    def __init__(self, row, depth):
        self.row, self.depth = np.array(row), depth

    def moves(self, board, me):
        """Worth of each legal move, by its name."""
        return {
            move: self.after(board, me, move, 0)
            for move in MOVES
            if free(board, stepped(board.snakes[index(board, me)].head, move))
        }

    def after(self, board, me, move, turn):
        """Worth of a move after the reply that is worst for it."""
        rival = nearest(board, me, 2 * (self.depth - turn))
        usual = {snake.id: usual_move(board, snake) for snake in board.snakes if snake.id != me}
        replies = [usual]
        if rival:
            replies += [{**usual, rival.id: m} for m in MOVES if free(board, stepped(rival.head, m))]
        return min(self.result(board, me, {**reply, me: move}, turn + 1) for reply in replies)

    def result(self, board, me, moves, turn):
        """Worth of the position that these moves lead to."""
        after = play_turn(MODE, board, moves, 14).board
        living = [snake.id for snake in after.snakes]
        if me not in living:
            return DRAWN if not living else LOST + TURN_LATER * (turn - 1)
        if len(living) == 1:
            return WON - TURN_LATER * turn
        if turn == self.depth:
            games, table = placed(after, NOW + turn)
            return worth_at_sight(games, table, index(after, me), self.row, scratch(table))
        head = after.snakes[index(after, me)].head
        own = [self.after(after, me, move, turn) for move in MOVES if free(after, stepped(head, move))]
        return max([LOST + TURN_LATER * turn, *own])


def index(board, me):
    """Place of a snake in the list."""
    return [snake.id for snake in board.snakes].index(me)


def stepped(point, move):
    """Where a move leads."""
    dx, dy = STEPS[MOVES.index(move)]
    return point[0] + dx, point[1] + dy


def free(board, point):
    """On the board, and covered by no body, tails excepted."""
    return board.holds(point) and all(point not in snake.body[:-1] for snake in board.snakes)


def apart(a, b):
    """Steps between two points."""
    return abs(a[0] - b[0]) + abs(a[1] - b[1])


def nearest(board, me, reach):
    """The rival nearest to the own head, None if all are further away."""
    head = board.snakes[index(board, me)].head
    others = [snake for snake in board.snakes if snake.id != me and apart(snake.head, head) <= reach]
    return min(others, key=lambda snake: apart(snake.head, head), default=None)


def usual_move(board, snake):
    """Open cells beyond, food, and no head about that would win; up if nothing is free."""

    def worth(move):
        cell = stepped(snake.head, move)
        openings = sum(free(board, stepped(cell, beyond)) for beyond in MOVES)
        threats = sum(
            other.id != snake.id and len(other.body) >= len(snake.body) and apart(other.head, cell) == 1
            for other in board.snakes
        )
        return 2 * openings + (cell in board.food) - 8 * threats

    return max((move for move in MOVES if free(board, stepped(snake.head, move))), key=worth, default="up")


def played_position(rng, snakes, side):
    """A position out of a game between snakes that make any safe move."""
    starts = rng.sample([(x, y) for x in range(side) for y in range(side) if (x + y) % 2 == 0], snakes)
    bodies = tuple(Snake(str(i), rng.randint(5, 90), (start,) * 3) for i, start in enumerate(starts))
    cells = [(x, y) for x in range(side) for y in range(side)]
    board = Board(side, side, bodies, tuple(rng.sample(cells, 5)))
    for _ in range(rng.randint(3, 14)):
        moves = {}
        for snake in board.snakes:
            safe = [move for move in MOVES if free(board, stepped(snake.head, move))]
            moves[snake.id] = rng.choice(safe or ["up"])
        after = play_turn(MODE, board, moves, 14).board
        if len(after.snakes) < 2:
            break
        board = after
    return board


@pytest.mark.parametrize(("depth", "snakes"), [(1, 2), (2, 2), (3, 2), (1, 3), (2, 4)])
def test_it_finds_what_trying_everything_finds(depth, snakes):
    """The worth of each move is that of the plain search, in duels and among several."""
    rng = random.Random(10 * depth + snakes)  # noqa: S311 - boards, no secret
    player, compared, decided = careful(depth), 0, 0
    plain = Plain(player.parameters, depth)
    while compared < (12 if depth == 3 else 25):
        board = played_position(rng, snakes, rng.choice((5, 7)))
        me = rng.choice(board.snakes).id
        expected = plain.moves(board, me)
        if len(expected) < 2:
            continue
        games, table = placed(board, NOW)
        found = explain(games, table, 0, index(board, me), player)
        assert found.mode == "lookahead"
        assert {each.move for each in found.moves if each.legal} == set(expected)
        for each in found.moves:
            if each.legal:
                lost = expected[each.move] <= LOST + TURN_LATER * depth
                at_sight = each.total if lost else 0.0
                assert each.searched == pytest.approx(expected[each.move] + at_sight, rel=1e-9, abs=1e-6)
        decided += any(abs(value) > 1e8 for value in expected.values())
        compared += 1
    assert decided > 2


@pytest.mark.parametrize("depth", [2, 3, 5])
def test_who_wants_just_the_best_move_gets_it(depth):
    """Moves that are given up early never look better than they are, and the best and its equals are exact."""
    rng = random.Random(depth)  # noqa: S311 - boards, no secret
    row, given_up = np.array(careful(depth).parameters), 0
    for _ in range(60):
        board = played_position(rng, rng.choice((2, 3)), 7)
        games, table = placed(board, NOW)
        exact, hasty = scratch(table), scratch(table)
        weighed(games, table, 0, row, EVERY_MOVE, exact)
        weighed(games, table, 0, row, JUST_THE_BEST, hasty)
        best = exact.sought.max()
        np.testing.assert_array_equal(hasty.sought == best, exact.sought == best)
        assert (hasty.sought[hasty.sought < best] >= exact.sought[hasty.sought < best]).all()
        given_up += (hasty.sought != exact.sought).sum()
    assert given_up > 10


def chosen(board, depth):
    """What the first snake does."""
    games, table = placed(board, NOW)
    return explain(games, table, 0, 0, careful(depth))


def test_it_does_not_step_where_a_longer_head_can_go():
    """The cell between two heads belongs to the longer snake."""
    mine = Snake("a", 90, ((3, 3), (2, 3), (1, 3)))
    rival = Snake("b", 90, ((5, 3), (6, 3), (6, 4), (6, 5)))
    assert chosen(Board(7, 7, (mine, rival)), 1).move != "right"


def test_it_closes_the_door_behind_a_rival():
    """A rival at the wall, one way left: going there first wins, and that is found two turns ahead."""
    rival = Snake("b", 90, ((0, 2), (0, 1), (0, 0)))
    mine = Snake("a", 90, ((1, 3), (1, 2), (1, 1), (1, 0), (2, 0), (3, 0)))
    found = chosen(Board(7, 7, (mine, rival)), 2)
    assert found.move == "left"
    assert worths(found)["left"] > 1e8 > worths(found)["right"]


def test_it_leaves_a_dead_end_while_there_is_time():
    """A blind alley with food in it ends after two cells: not seen one turn ahead, but three."""
    mine = Snake("a", 90, ((2, 0), (3, 0), (4, 0), (5, 0)))
    rival = Snake("b", 90, ((2, 6), (1, 6), (0, 6), (0, 5), (0, 4), (0, 3), (0, 2), (0, 1), (1, 1), (1, 2), (1, 3)))
    board = Board(7, 7, (mine, rival), ((1, 0),))
    assert worths(chosen(board, 1))["left"] > LOST / 2
    assert worths(chosen(board, 3))["left"] == pytest.approx(LOST + 2 * TURN_LATER, abs=1e5)
    assert chosen(board, 3).move == "up"


def test_lost_positions_are_told_apart_at_sight():
    """Where every move loses equally soon, the terms decide."""
    mine = Snake("a", 90, ((1, 0), (1, 1), (0, 1), (0, 2), (0, 3), (0, 4)))
    rival = Snake("b", 90, ((4, 4), (4, 3), (4, 2), (4, 1), (4, 0), (3, 0), (3, 1), (2, 1), (2, 2), (2, 3)))
    found = chosen(Board(5, 5, (mine, rival)), 4)
    assert {each.searched - each.total for each in found.moves if each.legal} == {LOST + TURN_LATER}
    assert found.move == max((each for each in found.moves if each.legal), key=lambda each: each.total).move


def worths(found):
    """What was found for each legal move."""
    return {each.move: each.searched for each in found.moves if each.legal}
