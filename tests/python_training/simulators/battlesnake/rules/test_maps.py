"""What the maps do: starting points, first food, later food and hazards."""

from __future__ import annotations

import numpy as np
import pytest

from python_training.simulators.battlesnake.config import BattlesnakeConfig
from python_training.simulators.battlesnake.rules.engine import start_one, update_one
from python_training.simulators.battlesnake.rules.layout import layout
from python_training.simulators.battlesnake.rules.snapshot import board_of
from python_training.simulators.battlesnake.rules.state import FOOD, FOOD_LEFT, HAZARDS, TURN, allocate


def begun(seed=0, snakes=2, **settings):
    """A game that was just set up, with its board."""
    table = layout(BattlesnakeConfig(**settings), snakes)
    games = allocate(1, table)
    start_one(games, table, 0, seed)
    return games, table, board_of(games, table, 0, [str(s) for s in range(snakes)])


@pytest.mark.parametrize("side", [7, 11, 19, 21, 25])
def test_snakes_start_stacked_in_corners_or_at_cardinal_points(side):
    """Length 3, health 100; the first four share a kind of starting point, and both kinds come up first."""
    low, middle, high = 1, (side - 1) // 2, side - 2
    corners = {(x, y) for x in (low, high) for y in (low, high)}
    cardinals = {(low, middle), (middle, low), (middle, high), (high, middle)}
    seen = set()
    for seed in range(30):
        _, _, board = begun(seed, snakes=8, width=side, height=side)
        heads = [snake.head for snake in board.snakes]
        assert all(snake.body == (snake.head,) * 3 and snake.health == 100 for snake in board.snakes)
        assert set(heads) == corners | cardinals
        assert set(heads[:4]) in (corners, cardinals)
        seen.add(heads[0] in corners)
    assert seen == {True, False}


def test_first_food_lies_outwards_of_each_head_and_in_the_middle():
    """Diagonal to the head, further from the centre on one axis, never in a corner; and one in the centre."""
    for seed in range(40):
        _, _, board = begun(seed, snakes=4)
        assert (5, 5) in board.food
        assert len(board.food) == 5
        for snake in board.snakes:
            x, y = snake.head
            near = [(fx, fy) for fx, fy in board.food if abs(fx - x) == abs(fy - y) == 1]
            assert near
            assert all(abs(fx - 5) > abs(x - 5) or abs(fy - 5) > abs(y - 5) for fx, fy in near)
        assert not {(0, 0), (0, 10), (10, 0), (10, 10)} & set(board.food)


def test_a_crowded_small_board_has_food_in_the_middle_only():
    """More than four snakes on 7 x 7."""
    assert begun(snakes=5, width=7, height=7)[2].food == ((3, 3),)


def test_on_other_boards_snakes_start_anywhere_on_one_colour():
    """Rectangles have no fixed points: different cells of one colour, as many pieces of food as snakes."""
    for seed in range(20):
        _, _, board = begun(seed, snakes=6, width=9, height=4)
        heads = [snake.head for snake in board.snakes]
        assert len(set(heads)) == 6
        assert all((x + y) % 2 == 0 for x, y in heads)
        assert len(board.food) <= 6


@pytest.mark.parametrize("mode", ["constrictor", "wrapped_constrictor"])
def test_the_empty_map_has_no_food(mode):
    """It belongs to the constrictor modes."""
    assert begun(mode=mode)[2].food == ()


def test_fifteen_percent_are_fourteen():
    """Food appears when 100 - (0 to 99) is below the chance; with enough food on the board nothing else adds any."""
    games, table, _ = begun(minimum_food=0)
    appeared = 0
    for _ in range(20_000):
        before = games.facts[0, FOOD_LEFT]
        update_one(games, table, 0)
        appeared += games.facts[0, FOOD_LEFT] > before
        games.grids[0, FOOD] = 0
        games.facts[0, FOOD_LEFT] = 0
    assert appeared / 20_000 == pytest.approx(0.14, abs=0.01)


def test_food_is_topped_up_to_the_minimum_and_never_beside_a_head():
    """Also where nearly all the board is full: then as much as there is room for."""
    games, table, board = begun(minimum_food=200, width=11, height=11)
    update_one(games, table, 0)
    after = board_of(games, table, 0, ["0", "1"])
    heads = [snake.head for snake in after.snakes]
    new = set(after.food) - set(board.food)
    assert all(abs(x - hx) + abs(y - hy) > 1 for x, y in new for hx, hy in heads)
    blocked = {(hx + dx, hy + dy) for hx, hy in heads for dx, dy in ((0, 0), (1, 0), (-1, 0), (0, 1), (0, -1))}
    assert len(set(after.food)) == len(after.food) == 121 - len(blocked)


def test_food_appears_evenly():
    """Every free cell is as likely as any other."""
    games, table, _ = begun(food_spawn_chance=100, minimum_food=1)
    counts = np.zeros(table.cells)
    for _ in range(30_000):
        games.grids[0, FOOD] = 0
        games.facts[0, FOOD_LEFT] = 0
        update_one(games, table, 0)
        counts += games.grids[0, FOOD, : table.cells]
    free = counts[counts > 0]
    assert len(free) == 121 - 10
    assert ((free - free.mean()) ** 2 / free.mean()).sum() < 2 * len(free)


def test_royale_hazards_close_in_by_a_row_or_column_at_a_time():
    """Every 25 turns one side moves; before that there is no hazard, and one lost cell stays lost."""
    games, table, _ = begun(mode="royale", shrink_every_n_turns=25)
    last = 0
    for turn in range(1, 300):
        games.facts[0, TURN] = turn
        update_one(games, table, 0)
        now = int((games.grids[0, HAZARDS] > 0).sum())
        if turn % 25:
            assert now == last
        else:
            assert last < now <= last + 11
        last = now


def test_equal_seeds_give_equal_boards():
    """And different seeds different ones."""
    boards = [begun(seed)[2] for seed in (1, 1, 2)]
    assert boards[0] == boards[1] != boards[2]
