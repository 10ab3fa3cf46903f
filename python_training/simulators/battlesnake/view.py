"""One game as a ViewFrame: a cell is one unit; above the board stands a strip with everybody's health."""

from __future__ import annotations

from typing import Any, Protocol

from python_training.contracts.view import Layer, Shape, ViewFrame
from python_training.simulators.battlesnake.config import BattlesnakeConfig
from python_training.simulators.battlesnake.layout import Layout
from python_training.simulators.battlesnake.modes import CAUSES, MAX_HEALTH
from python_training.simulators.battlesnake.reference import Point
from python_training.simulators.battlesnake.snapshot import body_of, points_of
from python_training.simulators.battlesnake.state import (
    ALIVE,
    CAUSE,
    EPISODE,
    FOOD,
    HAZARDS,
    HEALTH,
    LENGTH,
    TURN,
    Games,
)

COLOURS = ("accent", "accent-2", "accent-3", "good", "warn", "zone-a", "zone-b", "zone-c")
"""Of the snakes, by seat."""
STRIP = 1.2
"""Height of the strip above the board."""
_HUNGRY = 30


class Drawable(Protocol):
    """What there is to draw: a BattlesnakeVectorEnv is one."""

    num_envs: int
    config: BattlesnakeConfig
    layout: Layout
    games: Games


def draw(world: Any, index: int) -> ViewFrame:
    """The board of game `index` of `world`, a BattlesnakeVectorEnv: hazards, food, snakes and their health."""
    env: Drawable = world.unwrapped
    if not 0 <= index < env.num_envs:
        raise IndexError(f"There are {env.num_envs} games, got index {index}.")
    table, games = env.layout, env.games
    names = ["You", *env.config.opponents]
    figures: dict[str, str | float | int] = {"Turn": int(games.facts[index, TURN])}
    for s, name in enumerate(names):
        snake = games.snakes[index, s]
        state = f"length {snake[LENGTH]}, health {snake[HEALTH]}" if snake[ALIVE] else f"died: {CAUSES[snake[CAUSE]]}"
        figures[f"{s + 1} {name}"] = state
    return ViewFrame(
        t=float(games.facts[index, TURN]),
        width=table.width,
        height=table.height + STRIP,
        layers=(
            Layer("board", _board(table), still=True),
            Layer("hazards", _hazards(games, table, index)),
            Layer("food", _food(games, table, index)),
            Layer("snakes", _snakes(games, table, index)),
            Layer("health", _healths(games, table, index)),
        ),
        figures=figures,
        episode=int(games.facts[index, EPISODE]),
    )


def _board(table: Layout) -> list[Shape]:
    width, height = float(table.width), float(table.height)
    lines = [
        *(Shape("polyline", x=float(x), points=((0.0, 0.0), (0.0, height))) for x in range(table.width + 1)),
        *(Shape("polyline", y=float(y), points=((0.0, 0.0), (width, 0.0))) for y in range(table.height + 1)),
    ]
    grid = [
        Shape("polyline", x=line.x, y=line.y, points=line.points, stroke="line", width=0.02, alpha=0.35)
        for line in lines
    ]
    return [Shape("rect", x=width / 2, y=height / 2, w=width, h=height, fill="ground"), *grid]


def _hazards(games: Games, table: Layout, g: int) -> list[Shape]:
    """Stacked hazards lie over each other, so that they look darker."""
    points = points_of(games, table, g, HAZARDS)
    return [Shape("rect", x=x + 0.5, y=y + 0.5, w=1.0, h=1.0, fill="muted", alpha=0.3) for x, y in points]


def _food(games: Games, table: Layout, g: int) -> list[Shape]:
    return [Shape("circle", x=x + 0.5, y=y + 0.5, r=0.22, fill="bad") for x, y in points_of(games, table, g, FOOD)]


def _snakes(games: Games, table: Layout, g: int) -> list[Shape]:
    shapes: list[Shape] = []
    for s in range(table.snakes):
        if not games.snakes[g, s, ALIVE]:
            continue
        body, colour = body_of(games, table, g, s), COLOURS[s]
        for run in _runs(body):
            points = [(x + 0.5, y + 0.5) for x, y in run]
            if len(points) > 1:
                shapes.append(Shape("polyline", points=points, stroke=colour, width=0.6))
        shapes += [Shape("circle", x=x + 0.5, y=y + 0.5, r=0.3, fill=colour) for x, y in dict.fromkeys(body)]
        x, y = body[0]
        shapes.append(Shape("circle", x=x + 0.5, y=y + 0.5, r=0.42, fill=colour, id=f"head-{s}"))
        shapes.append(Shape("circle", x=x + 0.5, y=y + 0.5, r=0.16, fill="ground", id=f"eye-{s}"))
    return shapes


def _runs(body: list[Point]) -> list[list[Point]]:
    """The body cut where it crosses the edge of a wrapped board."""
    runs = [[body[0]]]
    for point, last in zip(body[1:], body, strict=False):
        if abs(point[0] - last[0]) + abs(point[1] - last[1]) > 1:
            runs.append([])
        runs[-1].append(point)
    return runs


def _healths(games: Games, table: Layout, g: int) -> list[Shape]:
    shapes: list[Shape] = []
    width, y = table.width / table.snakes, table.height + STRIP / 2
    for s in range(table.snakes):
        left, full = s * width + 0.1, width - 0.2
        health = int(games.snakes[g, s, HEALTH]) if games.snakes[g, s, ALIVE] else 0
        share = min(max(health / MAX_HEALTH, 0.0), 1.0)
        shapes.append(Shape("rect", x=left + full / 2, y=y, w=full, h=0.5, stroke="line", width=0.03))
        if share > 0:
            fill = "bad" if health <= _HUNGRY else COLOURS[s]
            shapes.append(Shape("rect", x=left + full * share / 2, y=y, w=full * share, h=0.5, fill=fill))
        shapes.append(Shape("text", x=left + full / 2, y=y, text=str(health), size=0.4, fill="text"))
    return shapes
