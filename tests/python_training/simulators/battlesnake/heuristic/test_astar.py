"""Paths through space and time, held against plain searches in Python and against the rules."""

from __future__ import annotations

import random

import numba
import pytest

from python_training.simulators.battlesnake.config import BattlesnakeConfig
from python_training.simulators.battlesnake.heuristic.astar import path_cost
from python_training.simulators.battlesnake.heuristic.departures import depart
from python_training.simulators.battlesnake.heuristic.memory import MOST_NODES
from python_training.simulators.battlesnake.heuristic.sight import NEVER, scratch
from python_training.simulators.battlesnake.rules import reference
from python_training.simulators.battlesnake.rules.layout import layout
from python_training.simulators.battlesnake.rules.modes import MODES, MOVES, STEPS
from python_training.simulators.battlesnake.rules.reference import Board, Snake
from python_training.simulators.battlesnake.rules.snapshot import load
from python_training.simulators.battlesnake.rules.state import allocate


@numba.njit
def departures_of(games, layout, scratch):
    """Fill the turns from which the cells of game 0 can be entered."""
    depart(games, layout, 0, scratch)


@numba.njit
def path_of(games, layout, start, target, begin, length, max_nodes, scratch):
    """Turn at which `target` is reached in game 0."""
    depart(games, layout, 0, scratch)
    return path_cost(layout, start, target, begin, length, max_nodes, scratch)


class Place:
    """A board in the engine's arrays, with the searches in terms of points."""

    def __init__(self, board: Board, mode: str = "standard") -> None:
        config = BattlesnakeConfig.model_construct(mode=mode, width=board.width, height=board.height, map="empty")
        self.board = board
        self.layout = layout(config, max(len(board.snakes), 1))
        self.games, self.memory = allocate(1, self.layout), scratch(self.layout)
        load(self.games, self.layout, 0, board)

    def cell(self, point):
        """The number of a point's cell."""
        return point[1] * self.board.width + point[0]

    def departure(self, point):
        """The turn from which a head may enter a point."""
        departures_of(self.games, self.layout, self.memory)
        return self.memory.departures[self.cell(point)]

    def path(self, start, target, begin=1, length=3, nodes=MOST_NODES):
        """The turn at which the target is reached."""
        args = (self.cell(start), self.cell(target), begin, length, nodes, self.memory)
        return path_of(self.games, self.layout, *args)


def free_from(board, point):
    """The turn from which a head may enter a point, read off the bodies."""
    return max((len(s.body) - i for s in board.snakes for i, at in enumerate(s.body) if at == point), default=0)


def neighbours(board, point, wrapped=False):
    """Points beside a point, in the order of the moves."""
    found = []
    for dx, dy in STEPS:
        x, y = point[0] + dx, point[1] + dy
        if wrapped:
            x, y = x % board.width, y % board.height
        if board.holds((x, y)):
            found.append((x, y))
    return found


def plain_path(board, start, target, begin, length, wrapped=False, turns=40):
    """The turn of arrival by trying all paths that do not meet themselves, all of a turn at a time."""
    paths = [(start,)]
    for turn in range(begin, turns):
        if any(path[-1] == target for path in paths):
            return turn
        paths = [
            (*path, near)
            for path in paths
            for near in neighbours(board, path[-1], wrapped)
            if free_from(board, near) <= turn + 1 and near not in path[max(0, len(path) + 1 - length) :]
        ]
        if not paths or len(paths) > 50_000:
            return NEVER
    return NEVER


def random_board(rng, width, height, snakes=2, longest=9):
    """Snakes that lie as they might in a game, some of them with a doubled tail."""
    taken, bodies = set(), []
    for _ in range(snakes):
        free = [(x, y) for x in range(width) for y in range(height) if (x, y) not in taken]
        body = [rng.choice(free)]
        taken.add(body[0])
        for _ in range(rng.randrange(longest)):
            on = [p for p in neighbours(Board(width, height, ()), body[-1]) if p not in taken]
            if not on:
                break
            body.append(rng.choice(on))
            taken.add(body[-1])
        if rng.random() < 0.3:
            body.append(body[-1])
        bodies.append(tuple(body))
    return Board(width, height, tuple(Snake(str(i), 90, body) for i, body in enumerate(bodies)))


def test_a_tail_is_followed_at_once_and_a_doubled_one_a_turn_later():
    """In a ring of bodies the tail is the door; after a meal it opens one turn later."""
    ring = ((1, 1), (1, 0), (0, 0), (0, 1))
    assert Place(Board(7, 7, (Snake("a", 90, ring),))).departure((0, 1)) == 1
    assert Place(Board(7, 7, (Snake("a", 90, (*ring, (0, 1))),))).departure((0, 1)) == 2
    assert [Place(Board(7, 7, (Snake("a", 90, ring),))).departure(point) for point in ((1, 1), (3, 3))] == [4, 0]


@pytest.mark.parametrize("mode", ["standard", "wrapped"])
def test_a_path_is_as_short_as_any(mode):
    """The turn of arrival is that of all possible paths tried one after the other, wherever one is found in time."""
    rng = random.Random(4)  # noqa: S311
    found = late = 0
    for _ in range(250):
        board = random_board(rng, rng.randint(3, 5), rng.randint(3, 4), rng.randint(1, 2), longest=7)
        head, length = board.snakes[0].head, len(board.snakes[0].body)
        target = (rng.randrange(board.width), rng.randrange(board.height))
        expected = plain_path(board, head, target, 0, length, mode == "wrapped", turns=14)
        got = Place(board, mode).path(head, target, begin=0, length=length)
        if expected != NEVER:
            assert got == NEVER or got >= expected
            found += got == expected
            late += got != expected
    assert found > 150
    assert late <= 2  # of the ways to be in a cell at a turn one is kept, so a path may, rarely, be missed


def test_a_path_can_be_walked():
    """Whoever keeps to the turns promised lives: the rules are played along, the other's head standing still."""
    rng = random.Random(5)  # noqa: S311
    walked = 0
    for _ in range(200):
        board = random_board(rng, 7, 7, 2)
        mine = board.snakes[0]
        food = (rng.randrange(7), rng.randrange(7))
        promised = Place(board).path(mine.head, food, begin=0, length=len(mine.body))
        if promised in (NEVER, 0):
            continue
        at, passed = board, 0
        while at.snakes[0].head != food:
            length = len(at.snakes[0].body)
            place = Place(at)
            steps = [
                (place.path(near, food, begin=1, length=length), move)
                for move, near in zip(MOVES, _all_neighbours(at.snakes[0].head), strict=True)
                if at.holds(near) and free_from(at, near) <= 1
            ]
            left, move = min((turns, move) for turns, move in steps if turns != NEVER)
            assert left <= promised - passed
            turn = reference.play_turn(MODES["solo"], _alone(at), {mine.id: move}, 0)
            assert turn.eliminated == ()
            passed += 1
            at = Board(7, 7, (*turn.board.snakes, *_shrunk(at.snakes[1:])))
        assert passed <= promised
        walked += 1
    assert walked > 100


def _all_neighbours(point):
    return [(point[0] + dx, point[1] + dy) for dx, dy in STEPS]


def _alone(board):
    return Board(board.width, board.height, board.snakes[:1])


def _shrunk(snakes):
    """What is left of others after a turn, if their heads stand still: a segment less each."""
    return tuple(Snake(s.id, s.health, s.body[:-1]) for s in snakes if len(s.body) > 1)


def test_a_path_goes_round_where_a_body_will_not_leave_in_time():
    """A wall of body is passed through when it has gone, and round where that is quicker."""
    own = Snake("a", 90, ((2, 6), (1, 6), (0, 6)))
    tail_above = Snake("b", 90, tuple((3, y) for y in range(7)))
    tail_below = Snake("b", 90, tuple((3, y) for y in range(6, -1, -1)))
    assert Place(Board(7, 7, (own, tail_above))).path((2, 6), (4, 6), begin=0) == 2
    assert Place(Board(7, 7, (own, tail_below))).path((2, 6), (4, 6), begin=0) == 8


def test_a_snake_goes_in_circles_until_a_door_opens_if_it_is_short_enough():
    """In a room of four cells a snake of four follows its tail; one of five would run into itself."""
    own = Snake("a", 90, ((0, 0), (0, 1), (1, 1), (1, 0)))
    door = Snake("b", 90, ((2, 0), (2, 1), (3, 1), (3, 0), (3, 0), (3, 0), (3, 0)))
    place = Place(Board(4, 2, (own, door)))
    assert place.path((0, 0), (2, 1), begin=0, length=4) == 7
    assert place.path((0, 0), (2, 1), begin=0, length=5) == NEVER


def test_the_limit_of_nodes_counts():
    """What a thousand states find, a hundred may not; an unreachable cell ends the search."""
    rng = random.Random(6)  # noqa: S311
    outcomes = set()
    for _ in range(200):
        board = random_board(rng, 11, 11, 2, longest=40)
        target = (rng.randrange(11), rng.randrange(11))
        few, many = (Place(board).path(board.snakes[0].head, target, begin=0, nodes=n) for n in (100, 1000))
        outcomes.add((few == many, many == NEVER))
        assert few in (many, NEVER)
    assert (False, False) in outcomes


def test_points_beside_each_other_are_one_turn_apart_across_the_border():
    """Distances go round where the board wraps."""
    board = Board(11, 11, (Snake("a", 90, ((0, 5), (1, 5), (2, 5))),))
    assert Place(board, "wrapped").path((0, 5), (10, 5), begin=0) == 1
    assert Place(board).path((0, 5), (10, 5), begin=0) == 12
