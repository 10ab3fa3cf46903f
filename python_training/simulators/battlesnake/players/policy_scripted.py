"""Four scripted players, each with one idea more than the one before: hungry, space-filler, hunter, territorial.

Their parameters are named in `players.py`, in the order of the columns read here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from python_training.compiled.generator import integer
from python_training.compiled.kernel import lean
from python_training.simulators.battlesnake.heuristic.sight import (
    UNSAFE,
    Scratch,
    best_move,
    longest_rival,
    longest_rival_head,
    nearest_food,
    room,
    territory,
)
from python_training.simulators.battlesnake.players.policy_random_safe import random_safe
from python_training.simulators.battlesnake.rules.layout import Layout
from python_training.simulators.battlesnake.rules.rules import segment
from python_training.simulators.battlesnake.rules.state import (
    ALIVE,
    COVERED,
    FIRST_SNAKE_STREAM,
    HEALTH,
    LENGTH,
    NOBODY,
    Games,
)

_APPETITE, _DANGER, _CHASE, _TERRITORY, _RIVALS, _CRAMPED = range(6)
"""Columns of a parameter row."""


@lean
def hungry(games: Games, layout: Layout, g: int, s: int, parameters: NDArray[np.float64], scratch: Scratch) -> int:
    """The shortest way to the nearest food when health falls below the appetite; else any safe move."""
    wished = NOBODY
    if games.snakes[g, s, HEALTH] < parameters[_APPETITE]:
        wished = _way_to_food(games, layout, g, s, scratch)
    return random_safe(games, layout, g, s) if wished == NOBODY else wished


@lean
def _way_to_food(games: Games, layout: Layout, g: int, s: int, scratch: Scratch) -> int:
    """The first move to the nearest food, NOBODY if there is none; of ways equally long not always the same one."""
    turned = integer(games.rng[g, FIRST_SNAKE_STREAM + s], 4)
    food = nearest_food(games, layout, g, s, turned, scratch)
    return NOBODY if food == NOBODY else scratch.owner[food]


@lean
def space_filler(
    games: Games, layout: Layout, g: int, s: int, parameters: NDArray[np.float64], scratch: Scratch
) -> int:
    """Room first: never into less than the own length if there is more; gives way to heads, and eats when hungry."""
    head, length = segment(games, layout, g, s, 0), games.snakes[g, s, LENGTH]
    wished = NOBODY
    if games.snakes[g, s, HEALTH] < parameters[_APPETITE]:
        wished = _way_to_food(games, layout, g, s, scratch)
    for move in range(4):
        cell = layout.neighbours[head, move]
        if games.grids[g, COVERED, cell] > 0:
            scratch.scores[move] = UNSAFE
            continue
        score = 2.0 * min(room(games, layout, g, cell, scratch), length) + (move == wished)
        if longest_rival_head(games, layout, g, s, cell) >= length:
            score -= parameters[_DANGER]
        scratch.scores[move] = score
    return best_move(games, g, s, scratch)


@lean
def hunter(games: Games, layout: Layout, g: int, s: int, parameters: NDArray[np.float64], scratch: Scratch) -> int:
    """Room first; away from heads that would win, towards the nearest head that would lose, to food in between."""
    head, length = segment(games, layout, g, s, 0), games.snakes[g, s, LENGTH]
    prey = _nearest_prey(games, layout, g, s)
    wished = NOBODY
    if prey == NOBODY or games.snakes[g, s, HEALTH] < parameters[_APPETITE]:
        wished = _way_to_food(games, layout, g, s, scratch)
    for move in range(4):
        cell = layout.neighbours[head, move]
        if games.grids[g, COVERED, cell] > 0:
            scratch.scores[move] = UNSAFE
            continue
        score = 20.0 * min(room(games, layout, g, cell, scratch), length) + 10.0 * (move == wished)
        if prey != NOBODY and wished == NOBODY:
            score -= parameters[_CHASE] * _steps_between(layout, cell, segment(games, layout, g, prey, 0))
        if longest_rival_head(games, layout, g, s, cell) >= length:
            score -= parameters[_DANGER]
        scratch.scores[move] = score
    return best_move(games, g, s, scratch)


@lean
def _nearest_prey(games: Games, layout: Layout, g: int, s: int) -> int:
    """The nearest snake shorter than `s`, NOBODY if none is."""
    head, prey, nearest = segment(games, layout, g, s, 0), NOBODY, 0
    for other in range(layout.snakes):
        if other != s and games.snakes[g, other, ALIVE] and games.snakes[g, other, LENGTH] < games.snakes[g, s, LENGTH]:
            steps = _steps_between(layout, head, segment(games, layout, g, other, 0))
            if prey == NOBODY or steps < nearest:
                prey, nearest = other, steps
    return prey


@lean
def _steps_between(layout: Layout, a: int, b: int) -> int:
    """Steps from cell to cell on an empty board without wrapping."""
    return abs(a % layout.width - b % layout.width) + abs(a // layout.width - b // layout.width)


@lean
def territorial(games: Games, layout: Layout, g: int, s: int, parameters: NDArray[np.float64], scratch: Scratch) -> int:
    """Goes where it comes first to more cells than the others do (Voronoi control), with food and heads in mind."""
    head, length = segment(games, layout, g, s, 0), games.snakes[g, s, LENGTH]
    rival = longest_rival(games, layout, g, s)
    starving = games.snakes[g, s, HEALTH] < parameters[_APPETITE]
    appetite = 60.0 if starving else 30.0 if length <= rival + 1 else 4.0
    for move in range(4):
        cell = layout.neighbours[head, move]
        if games.grids[g, COVERED, cell] > 0:
            scratch.scores[move] = UNSAFE
            continue
        mine, theirs, meal = territory(games, layout, g, s, cell, scratch)
        score = parameters[_TERRITORY] * mine - parameters[_RIVALS] * theirs
        if meal > 0:
            score += appetite / meal
        score -= parameters[_CRAMPED] * max(length - room(games, layout, g, cell, scratch), 0)
        threat = longest_rival_head(games, layout, g, s, cell)
        if threat >= length:
            score -= parameters[_DANGER]
        elif threat > 0:
            score += parameters[_CHASE]
        scratch.scores[move] = score
    return best_move(games, g, s, scratch)
