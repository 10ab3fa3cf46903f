"""What lies on a board, as shapes: cells, hazards, food, snakes with heads and eyes, health."""

from __future__ import annotations

import math

from python_training.contracts.view import Shape
from python_training.simulators.battlesnake.rules.layout import Layout
from python_training.simulators.battlesnake.rules.modes import MAX_HEALTH, MOVES, STEPS
from python_training.simulators.battlesnake.rules.reference import Point
from python_training.simulators.battlesnake.rules.snapshot import body_of, points_of
from python_training.simulators.battlesnake.rules.state import (
    ALIVE,
    DIED,
    FOOD,
    HAZARDS,
    HEALTH,
    MOVE,
    OVER,
    TURN,
    Games,
)

STRIP = 1.2
"""Height of the strip above the board."""
_OFF_BOARD = (-1, -1)
_BODY, _HEAD, _GAP = 0.62, 0.8, 0.05
_GONE = 0.35
"""Opacity of a snake in the turn in which it is eliminated."""
_HUNGRY = 30


def key(s: int) -> str:
    """Key of the snake in seat `s` among a frame's details."""
    return f"snake-{s}"


def colour(s: int) -> str:
    """Palette name of the snake in seat `s`."""
    return f"player-{s + 1}"


def board(table: Layout) -> list[Shape]:
    """The cells."""
    width, height, side = float(table.width), float(table.height), 1 - _GAP
    cells = [
        Shape("rect", x=x + 0.5, y=y + 0.5, w=side, h=side, fill="ground")
        for y in range(table.height)
        for x in range(table.width)
    ]
    return [Shape("rect", x=width / 2, y=height / 2, w=width, h=height, fill="ground-alt"), *cells]


def hazards(games: Games, table: Layout, g: int) -> list[Shape]:
    """Hatched cells; stacked hazards lie over each other, so that they look darker."""
    shapes: list[Shape] = []
    for x, y in points_of(games, table, g, HAZARDS):
        shapes.append(Shape("rect", x=x + 0.5, y=y + 0.5, w=1 - _GAP, h=1 - _GAP, fill="warn", alpha=0.22))
        for shift in (0.25, 0.75, 1.25, 1.75):
            low, high = max(shift - 0.97, 0.03), min(shift, 0.97)
            points = ((low, shift - low), (high, shift - high))
            shapes.append(
                Shape("polyline", x=float(x), y=float(y), points=points, stroke="warn", width=0.045, alpha=0.55)
            )
    return shapes


def choices(games: Games, table: Layout, g: int) -> list[Shape]:
    """Where each living head can go; nothing is drawn there, but one may point at it."""
    shapes: list[Shape] = []
    if games.facts[g, OVER]:
        return shapes
    for s in range(table.snakes):
        if games.snakes[g, s, ALIVE]:
            x, y = body_of(games, table, g, s)[0]
            for move, cell in enumerate(table.neighbours[y * table.width + x].tolist()):
                if cell != table.cells:
                    cx, cy = cell % table.width + 0.5, cell // table.width + 0.5
                    shapes.append(Shape("rect", x=cx, y=cy, w=1.0, h=1.0, about=f"{key(s)}/{MOVES[move]}"))
    return shapes


def food(games: Games, table: Layout, g: int) -> list[Shape]:
    """Apples: the only thing on the board that is round."""
    shapes: list[Shape] = []
    for x, y in points_of(games, table, g, FOOD):
        shapes.append(Shape("circle", x=x + 0.5, y=y + 0.46, r=0.24, fill="bad"))
        stalk = ((0.0, 0.0), (0.1, 0.16))
        shapes.append(Shape("polyline", x=x + 0.5, y=y + 0.66, points=stalk, stroke="good", width=0.09))
    return shapes


def snakes(games: Games, table: Layout, g: int) -> list[Shape]:
    """The living, and pale the ones that were eliminated in this turn, with a cross over their heads."""
    living: list[Shape] = []
    gone: list[Shape] = []
    crosses: list[Shape] = []
    for s in range(table.snakes):
        snake = games.snakes[g, s]
        body = body_of(games, table, g, s)
        if snake[ALIVE]:
            living += _snake(body, s, _facing(body, int(snake[MOVE])), 1.0)
        elif snake[DIED] == games.facts[g, TURN]:
            x, y = _last_head(table, body, int(snake[MOVE]))
            crosses += [
                Shape("polyline", x=x, y=y, points=((-0.24, slope), (0.24, -slope)), stroke="bad", width=0.13)
                for slope in (-0.24, 0.24)
            ]
            on_board = [point for point in body if point != _OFF_BOARD]
            gone += _snake(on_board, s, _facing(on_board, int(snake[MOVE])), _GONE)
    return [*gone, *living, *crosses]


def _snake(body: list[Point], s: int, facing: int, alpha: float) -> list[Shape]:
    """A body as a thick line with a head of eyes; the second segment says the number of the seat."""
    if not body:
        return []
    about, fill = key(s), colour(s)
    shapes: list[Shape] = []
    for run in _runs(body):
        points = [(x + 0.5, y + 0.5) for x, y in run]
        if len(points) > 1:
            shapes.append(Shape("polyline", points=points, stroke=fill, width=_BODY, alpha=alpha, about=about))
        # Round ends, which not every drawer of lines makes; through a pale one the line would show.
        for x, y in dict.fromkeys((points[0], points[-1])) if alpha == 1 or len(points) == 1 else ():
            shapes.append(Shape("circle", x=x, y=y, r=_BODY / 2, fill=fill, alpha=alpha, about=about))
    x, y = body[0][0] + 0.5, body[0][1] + 0.5
    angle = math.atan2(STEPS[facing][1], STEPS[facing][0])
    shapes.append(
        Shape("sprite", x=x, y=y, w=_HEAD, h=_HEAD, angle=angle, fill=fill, alpha=alpha, about=about),
    )
    ahead, aside = (math.cos(angle), math.sin(angle)), (-math.sin(angle), math.cos(angle))
    for side in (-0.2, 0.2):
        eye = (x + 0.14 * ahead[0] + side * aside[0], y + 0.14 * ahead[1] + side * aside[1])
        pupil = (eye[0] + 0.05 * ahead[0], eye[1] + 0.05 * ahead[1])
        shapes.append(Shape("circle", x=eye[0], y=eye[1], r=0.135, fill="ground", alpha=alpha))
        shapes.append(Shape("circle", x=pupil[0], y=pupil[1], r=0.07, fill="text", alpha=alpha))
    if len(body) > 1 and body[1] != body[0]:
        nx, ny = body[1]
        number = Shape("text", x=nx + 0.5, y=ny + 0.5, text=str(s + 1), size=0.42, fill="ground", alpha=alpha)
        shapes.append(number)
    return shapes


def _facing(body: list[Point], move: int) -> int:
    """Where a snake looks: the way from neck to head; at the start, where both lie in one cell, up."""
    if len(body) > 1 and body[0] != body[1]:
        step = (body[0][0] - body[1][0], body[0][1] - body[1][1])
        if step in STEPS:
            return STEPS.index(step)
        return move  # across the edge of a wrapped board
    return 0


def _last_head(table: Layout, body: list[Point], move: int) -> tuple[float, float]:
    """Where the head of a snake that died lies, or, for one that left the board, where it left it."""
    if body[0] != _OFF_BOARD:
        return body[0][0] + 0.5, body[0][1] + 0.5
    x, y = next((point for point in body if point != _OFF_BOARD), (0, 0))
    dx, dy = STEPS[move]
    return x + 0.5 + 0.4 * dx, y + 0.5 + 0.4 * dy


def _runs(body: list[Point]) -> list[list[Point]]:
    """The body cut where it crosses the edge of a wrapped board."""
    runs = [[body[0]]]
    for point, last in zip(body[1:], body, strict=False):
        if abs(point[0] - last[0]) + abs(point[1] - last[1]) > 1:
            runs.append([])
        runs[-1].append(point)
    return runs


def healths(games: Games, table: Layout, g: int) -> list[Shape]:
    """A bar for each seat with its number, red where health is low, and a cross for who is gone."""
    shapes: list[Shape] = []
    width, y = table.width / table.snakes, table.height + STRIP / 2
    for s in range(table.snakes):
        snake = games.snakes[g, s]
        left, right = s * width + 0.1, (s + 1) * width - 0.1
        fade = 1.0 if snake[ALIVE] else _GONE
        shapes.append(
            Shape("sprite", x=left + 0.28, y=y, w=0.56, h=0.56, fill=colour(s), alpha=fade, about=key(s)),
        )
        shapes.append(Shape("text", x=left + 0.28, y=y, text=str(s + 1), size=0.4, fill="ground", alpha=fade))
        left += 0.66
        full = max(right - left, 0.1)
        health = max(int(snake[HEALTH]), 0) if snake[ALIVE] else 0
        share = min(health / MAX_HEALTH, 1.0)
        bar = Shape("rect", x=left + full / 2, y=y, w=full, h=0.5, fill="ground", alpha=fade, about=key(s))
        shapes.append(bar)
        if share > 0:
            fill = "bad" if health <= _HUNGRY else "good"
            shapes.append(Shape("rect", x=left + full * share / 2, y=y, w=full * share, h=0.5, fill=fill, alpha=0.8))
        said = str(health) if snake[ALIVE] else "✕"
        shapes.append(Shape("text", x=left + full / 2, y=y, text=said, size=0.4, fill="text", alpha=max(fade, 0.6)))
    return shapes
