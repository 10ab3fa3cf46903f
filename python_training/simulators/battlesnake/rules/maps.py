"""What the official maps do, compiled: place the snakes, their first food, new food, and the growing hazards."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from python_training.compiled.generator import integer, seed_stream
from python_training.compiled.kernel import inlined, lean, subroutine
from python_training.simulators.battlesnake.rules.layout import MAP_EMPTY, MAP_ROYALE, Layout
from python_training.simulators.battlesnake.rules.modes import MAX_HEALTH, START_LENGTH
from python_training.simulators.battlesnake.rules.rules import segment
from python_training.simulators.battlesnake.rules.state import (
    ALIVE,
    BY,
    CAUSE,
    COVERED,
    DIED,
    FIRST_SNAKE_STREAM,
    FOOD,
    FOOD_LEFT,
    HAZARD_STREAM,
    HAZARDS,
    HEAD,
    HEALTH,
    HIGH_X,
    HIGH_Y,
    LENGTH,
    LIVING,
    LOW_X,
    LOW_Y,
    MAP_STREAM,
    MOVE,
    NOBODY,
    OVER,
    SHRINKS,
    TURN,
    Games,
)

SMALLEST_FIXED_SIDE = 7
"""Square boards from this side on have fixed starting points."""
_SMALL_BOARD = 11 * 11
_ROOM_FOR_FOOD = 4
"""On boards smaller than that, up to so many snakes find food beside their start."""
_TRIES = 24


@subroutine
def start(games: Games, layout: Layout, g: int, seed: int) -> None:
    """Set up a new game in place `g`: everything in it is drawn from `seed` (0 to 2**63 - 1)."""
    games.grids[g, COVERED, : layout.cells] = 0
    games.grids[g, FOOD] = 0
    games.grids[g, HAZARDS] = 0
    facts = games.facts[g]
    facts[TURN] = 0
    facts[LIVING] = layout.snakes
    facts[FOOD_LEFT] = 0
    facts[OVER] = layout.snakes <= layout.last_standing
    facts[SHRINKS] = 0
    facts[LOW_X] = 0
    facts[HIGH_X] = layout.width - 1
    facts[LOW_Y] = 0
    facts[HIGH_Y] = layout.height - 1
    for stream in range(FIRST_SNAKE_STREAM + layout.snakes):
        seed_stream(games.rng[g, stream], seed, stream)
    fixed = layout.width == layout.height and layout.width >= SMALLEST_FIXED_SIDE
    if fixed:
        _place_at_fixed_points(games, layout, g)
    else:
        for s in range(layout.snakes):
            _place(games, layout, g, s, _even_free_cell(games, layout, g))
    if layout.map != MAP_EMPTY:
        if fixed:
            _place_first_food(games, layout, g)
        else:
            place_food(games, layout, g, layout.snakes)


@inlined
def update(games: Games, layout: Layout, g: int) -> None:
    """What the map does after a turn: food, and on the royale map hazards. A game that is over is left as it is."""
    if layout.map == MAP_EMPTY or games.facts[g, OVER]:
        return
    if games.facts[g, FOOD_LEFT] < layout.minimum_food:
        place_food(games, layout, g, layout.minimum_food - games.facts[g, FOOD_LEFT])
    elif layout.food_spawn_chance > 0 and 100 - integer(games.rng[g, MAP_STREAM], 100) < layout.food_spawn_chance:
        place_food(games, layout, g, 1)
    if layout.map == MAP_ROYALE and games.facts[g, TURN] % layout.shrink_every == 0:
        _shrink(games, layout, g)


@lean
def place_food(games: Games, layout: Layout, g: int, count: int) -> None:
    """Put food into `count` free cells, none beside a living head; fewer where there are fewer.

    Draws cells until one is free, which is as even as drawing among the free ones, and looks them all up where that
    takes too long.
    """
    rng = games.rng[g, MAP_STREAM]
    for _ in range(count):
        found = NOBODY
        for _ in range(_TRIES):
            cell = integer(rng, layout.cells)
            if _may_have_food(games, layout, g, cell):
                found = cell
                break
        if found == NOBODY:
            free = 0
            for cell in range(layout.cells):
                free += _may_have_food(games, layout, g, cell)
            if free == 0:
                return
            chosen = integer(rng, free)
            for cell in range(layout.cells):
                if _may_have_food(games, layout, g, cell):
                    if chosen == 0:
                        found = cell
                    chosen -= 1
        _add_food(games, g, found)


@lean
def _may_have_food(games: Games, layout: Layout, g: int, cell: int) -> bool:
    if games.grids[g, COVERED, cell] > 0 or games.grids[g, FOOD, cell] > 0:
        return False
    for s in range(layout.snakes):
        if games.snakes[g, s, ALIVE]:
            if segment(games, layout, g, s, games.snakes[g, s, LENGTH] - 1) == cell:
                return False
            head = segment(games, layout, g, s, 0)
            for move in range(4):
                if layout.beside[head, move] == cell:
                    return False
    return True


@lean
def _add_food(games: Games, g: int, cell: int) -> None:
    games.grids[g, FOOD, cell] += 1
    games.facts[g, FOOD_LEFT] += 1


@lean
def _place(games: Games, layout: Layout, g: int, s: int, cell: int) -> None:
    """Put snake `s` into a cell, all its segments in one heap, and bring it to life."""
    snake = games.snakes[g, s]
    snake[HEAD] = 0
    snake[LENGTH] = START_LENGTH
    snake[HEALTH] = MAX_HEALTH
    snake[ALIVE] = 1
    snake[MOVE] = 0
    snake[CAUSE] = 0
    snake[BY] = NOBODY
    snake[DIED] = 0
    for i in range(START_LENGTH):
        games.bodies[g, s, i] = cell
    games.grids[g, COVERED, cell] += START_LENGTH - 1


@lean
def _shuffle(rng: NDArray[np.int64], points: NDArray[np.int64], low: int, count: int) -> None:
    for i in range(count - 1, 0, -1):
        j = integer(rng, i + 1)
        points[low + i], points[low + j] = points[low + j], points[low + i]


@subroutine
def _place_at_fixed_points(games: Games, layout: Layout, g: int) -> None:
    """Corners first or cardinal points first, each group in random order."""
    rng = games.rng[g, MAP_STREAM]
    low, middle, high = 1, (layout.width - 1) // 2, layout.width - 2
    points = np.empty(8, dtype=np.int64)
    points[0], points[1] = low * layout.width + low, high * layout.width + low
    points[2], points[3] = low * layout.width + high, high * layout.width + high
    points[4], points[5] = middle * layout.width + low, low * layout.width + middle
    points[6], points[7] = high * layout.width + middle, middle * layout.width + high
    _shuffle(rng, points, 0, 4)
    _shuffle(rng, points, 4, 4)
    first = 4 * integer(rng, 2)
    for s in range(layout.snakes):
        _place(games, layout, g, s, points[(first + s) % 8])


@lean
def _even_free_cell(games: Games, layout: Layout, g: int) -> int:
    """A random cell of one colour of the chessboard that no snake is on; the config sees to it that there is one."""
    free = 0
    for cell in range(layout.cells):
        free += (cell % layout.width + cell // layout.width) % 2 == 0 and games.grids[g, COVERED, cell] == 0
    chosen = integer(games.rng[g, MAP_STREAM], free)
    for cell in range(layout.cells):
        if (cell % layout.width + cell // layout.width) % 2 == 0 and games.grids[g, COVERED, cell] == 0:
            if chosen == 0:
                return cell
            chosen -= 1
    return 0


@subroutine
def _place_first_food(games: Games, layout: Layout, g: int) -> None:
    """Food diagonal to each head on its outer side, never in a corner, and one in the middle of the board."""
    rng = games.rng[g, MAP_STREAM]
    centre_x, centre_y = (layout.width - 1) // 2, (layout.height - 1) // 2
    centre = centre_y * layout.width + centre_x
    choices = np.empty(4, dtype=np.int64)
    if layout.snakes <= _ROOM_FOR_FOOD or layout.cells >= _SMALL_BOARD:
        for s in range(layout.snakes):
            head = segment(games, layout, g, s, 0)
            head_x, head_y = head % layout.width, head // layout.width
            count = 0
            for diagonal in range(4):
                x, y = head_x + 2 * (diagonal // 2) - 1, head_y + 2 * (diagonal % 2) - 1
                cell = y * layout.width + x
                outer = _further_out(x, head_x, centre_x) or _further_out(y, head_y, centre_y)
                corner = (x == 0 or x == layout.width - 1) and (y == 0 or y == layout.height - 1)
                if outer and not corner and cell != centre and games.grids[g, FOOD, cell] == 0:
                    choices[count] = cell
                    count += 1
            if count:
                _add_food(games, g, choices[integer(rng, count)])
    if games.grids[g, COVERED, centre] == 0 and games.grids[g, FOOD, centre] == 0:
        _add_food(games, g, centre)


@lean
def _further_out(value: int, head: int, centre: int) -> bool:
    return value < head < centre or centre < head < value


@lean
def _shrink(games: Games, layout: Layout, g: int) -> None:
    """Move one random side of the hazards' rectangle inwards by a row or column, which becomes hazardous."""
    facts = games.facts[g]
    facts[SHRINKS] += 1
    side = integer(games.rng[g, HAZARD_STREAM], 4)
    if side == 0:
        facts[LOW_X] += 1
    elif side == 1:
        facts[HIGH_X] -= 1
    elif side == 2:
        facts[LOW_Y] += 1
    else:
        facts[HIGH_Y] -= 1
    for cell in range(layout.cells):
        x, y = cell % layout.width, cell // layout.width
        inside = facts[LOW_X] <= x <= facts[HIGH_X] and facts[LOW_Y] <= y <= facts[HIGH_Y]
        games.grids[g, HAZARDS, cell] = 0 if inside else 1
