"""One game as a ViewFrame: a cell is one unit; above the board stands a strip with everybody's health."""

from __future__ import annotations

from typing import Any, Protocol

from python_training.contracts.details import Detail, Gauge
from python_training.contracts.view import Layer, ViewFrame
from python_training.simulators.battlesnake.board.drawing import (
    STRIP,
    board,
    choices,
    colour,
    food,
    hazards,
    healths,
    key,
    snakes,
)
from python_training.simulators.battlesnake.config import BattlesnakeConfig
from python_training.simulators.battlesnake.rules.layout import Layout
from python_training.simulators.battlesnake.rules.modes import CAUSES, MAX_HEALTH
from python_training.simulators.battlesnake.rules.state import (
    ALIVE,
    BY,
    CAUSE,
    DIED,
    EPISODE,
    FOOD_LEFT,
    HEALTH,
    LENGTH,
    LIVING,
    NOBODY,
    OVER,
    TURN,
    Games,
)


class Drawable(Protocol):
    """What there is to draw: a BattlesnakeVectorEnv is one."""

    num_envs: int
    config: BattlesnakeConfig
    layout: Layout
    games: Games
    names: tuple[str, ...]


def draw(world: Any, index: int) -> ViewFrame:
    """The board of game `index` of `world`, a BattlesnakeVectorEnv: hazards, food, snakes and their health."""
    env: Drawable = world.unwrapped
    if not 0 <= index < env.num_envs:
        raise IndexError(f"There are {env.num_envs} games, got index {index}.")
    table, games = env.layout, env.games
    return ViewFrame(
        t=float(games.facts[index, TURN]),
        width=table.width,
        height=table.height + STRIP,
        layers=(
            Layer("board", board(table), still=True),
            Layer("hazards", hazards(games, table, index)),
            Layer("choices", choices(games, table, index)),
            Layer("food", food(games, table, index)),
            Layer("snakes", snakes(games, table, index)),
            Layer("health", healths(games, table, index)),
        ),
        figures=_figures(env, index),
        episode=int(games.facts[index, EPISODE]),
        details={key(s): _detail(env, index, s) for s in range(table.snakes)},
    )


def _figures(env: Drawable, g: int) -> dict[str, str | float | int]:
    facts = env.games.facts[g]
    figures: dict[str, str | float | int] = {"Turn": int(facts[TURN]), "Food": int(facts[FOOD_LEFT])}
    for s, name in enumerate(env.names):
        snake = env.games.snakes[g, s]
        alive = f"length {snake[LENGTH]}, health {snake[HEALTH]}"
        figures[f"{s + 1} {name}"] = alive if snake[ALIVE] else f"died: {CAUSES[snake[CAUSE]]}"
    if facts[OVER] or facts[TURN] >= env.layout.max_turns:
        figures["Result"] = _result(env, g)
    deaths = [s for s in range(env.layout.snakes) if not env.games.snakes[g, s, ALIVE]]
    if deaths:
        deaths.sort(key=lambda s: -int(env.games.snakes[g, s, DIED]))
        figures["Kill feed"] = ", ".join(_loss(env, g, s) for s in deaths)
    return figures


def _result(env: Drawable, g: int) -> str:
    living = [name for s, name in enumerate(env.names) if env.games.snakes[g, s, ALIVE]]
    if env.layout.last_standing and len(living) == 1:
        return f"{living[0]} won"
    return "over" if env.layout.snakes == 1 else "draw"


def _loss(env: Drawable, g: int, s: int) -> str:
    """Such as "killer › loser (cause) @turn"; without a killer where nobody is credited."""
    snake = env.games.snakes[g, s]
    loser = f"{env.names[s]} ({CAUSES[snake[CAUSE]]}) @{snake[DIED]}"
    return loser if snake[BY] in (NOBODY, s) else f"{env.names[snake[BY]]} › {loser}"


def _detail(env: Drawable, g: int, s: int) -> Detail:
    snake, facts = env.games.snakes[g, s], env.games.facts[g]
    state = ""
    if not snake[ALIVE]:
        by = "" if snake[BY] in (NOBODY, s) else f" by {env.names[snake[BY]]}"
        state = f"Eliminated in turn {snake[DIED]}: {CAUSES[snake[CAUSE]]}{by}"
    elif facts[OVER] and facts[LIVING] == 1 and env.layout.last_standing:
        state = f"Won in turn {facts[TURN]}"
    health = max(int(snake[HEALTH]), 0) if snake[ALIVE] else 0
    return Detail(
        title=env.names[s],
        seat=s,
        colour=colour(s),
        state=state,
        gauges=(Gauge("Health", health, MAX_HEALTH),),
        facts={"Length": int(snake[LENGTH])},
    )
