"""Between the engine's arrays and boards that can be read: load a board into a game, and read a game out as a board."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from python_training.simulators.battlesnake.rules.layout import Layout
from python_training.simulators.battlesnake.rules.modes import CAUSES
from python_training.simulators.battlesnake.rules.reference import Board, Elimination, Point, Snake
from python_training.simulators.battlesnake.rules.state import (
    ALIVE,
    BY,
    CAUSE,
    COVERED,
    DIED,
    FOOD,
    FOOD_LEFT,
    HAZARDS,
    HEAD,
    HEALTH,
    LENGTH,
    LIVING,
    NOBODY,
    OVER,
    TURN,
    Games,
)


def fits(board: Board, layout: Layout) -> bool:
    """Whether the arrays hold this board: everything lies on it and there is room for all segments."""
    return (
        (board.width, board.height) == (layout.width, layout.height)
        and len(board.snakes) <= layout.snakes
        and all(len(snake.body) + len(board.food) < layout.ring for snake in board.snakes)
        and all(board.holds(point) for point in board.food)
        and all(board.holds(point) for point in board.hazards)
        and all(board.holds(point) for snake in board.snakes for point in snake.body)
    )


def load(games: Games, layout: Layout, g: int, board: Board) -> None:
    """Make game `g` what `board` shows, with snakes in the seats 0, 1, ...

    The board must fit, but for segments of bodies that lie off it: they lie in the cell that stands for there.
    """
    width = board.width
    grids = games.grids[g]
    grids[:, : layout.cells] = 0
    games.snakes[g] = 0
    games.snakes[g, :, BY] = NOBODY
    for s, snake in enumerate(board.snakes):
        cells = np.array(
            [y * width + x if board.holds((x, y)) else layout.cells for x, y in snake.body], dtype=np.int16
        )
        games.bodies[g, s, : len(cells)] = cells
        games.snakes[g, s, LENGTH] = len(cells)
        games.snakes[g, s, HEALTH] = snake.health
        games.snakes[g, s, ALIVE] = 1
        np.add.at(grids[COVERED], cells[:-1], 1)
    for grid, points in ((FOOD, board.food), (HAZARDS, board.hazards)):
        if points:
            grids[grid, : layout.cells] = np.bincount([y * width + x for x, y in points], minlength=layout.cells)
    games.facts[g, TURN] = 0
    games.facts[g, LIVING] = len(board.snakes)
    games.facts[g, FOOD_LEFT] = len(board.food)
    games.facts[g, OVER] = len(board.snakes) <= layout.last_standing


def body_of(games: Games, layout: Layout, g: int, s: int) -> list[Point]:
    """The segments of snake `s` of game `g` from head to tail; (-1, -1) stands for a cell off the board."""
    head, length = int(games.snakes[g, s, HEAD]), int(games.snakes[g, s, LENGTH])
    places = (head + np.arange(length)) & (layout.ring - 1)
    cells: list[int] = games.bodies[g, s, places].tolist()
    return [(-1, -1) if cell == layout.cells else (cell % layout.width, cell // layout.width) for cell in cells]


def points_of(games: Games, layout: Layout, g: int, grid: int) -> tuple[Point, ...]:
    """What lies on a grid (FOOD or HAZARDS) of game `g`, row by row, each as often as it counts."""
    counts = games.grids[g, grid, : layout.cells]
    cells: list[int] = np.repeat(np.flatnonzero(counts), counts[counts > 0]).tolist()
    return tuple((cell % layout.width, cell // layout.width) for cell in cells)


def board_of(games: Games, layout: Layout, g: int, ids: Sequence[str]) -> Board:
    """Game `g` as a board; `ids` names the seats."""
    snakes = tuple(
        Snake(ids[s], int(games.snakes[g, s, HEALTH]), tuple(body_of(games, layout, g, s)))
        for s in range(len(ids))
        if games.snakes[g, s, ALIVE]
    )
    food, hazards = (points_of(games, layout, g, grid) for grid in (FOOD, HAZARDS))
    return Board(layout.width, layout.height, snakes, food, hazards)


def eliminations_of(games: Games, g: int, ids: Sequence[str]) -> tuple[Elimination, ...]:
    """Who died in the last turn of game `g`, in the order of seats."""
    turn = games.facts[g, TURN]
    deaths: list[Elimination] = []
    for s, id_ in enumerate(ids):
        snake = games.snakes[g, s]
        if snake[CAUSE] and snake[DIED] == turn:
            deaths.append(Elimination(id_, CAUSES[snake[CAUSE]], ids[snake[BY]] if snake[BY] != NOBODY else ""))
    return tuple(deaths)
