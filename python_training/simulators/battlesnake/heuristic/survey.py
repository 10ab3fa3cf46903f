"""What holds for all moves of a position at once: hunger, the food to go for, how late and how cautious it is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from python_training.compiled.kernel import inlined, lean
from python_training.simulators.battlesnake.heuristic.astar import steps_between
from python_training.simulators.battlesnake.heuristic.sight import Scratch, longest_rival
from python_training.simulators.battlesnake.players.parameters import (
    CAUTION,
    CRITICAL_HEALTH,
    TURN_THRESHOLD,
    URGENCY_CRITICAL,
    URGENCY_LOW,
    URGENCY_NORMAL,
)
from python_training.simulators.battlesnake.rules.layout import Layout
from python_training.simulators.battlesnake.rules.rules import segment
from python_training.simulators.battlesnake.rules.state import (
    ALIVE,
    FOOD,
    FOOD_LEFT,
    HEALTH,
    LENGTH,
    NOBODY,
    TURN,
    Games,
)

TARGET, HUNGER, CAUTIOUS, EARLY = range(4)
"""Columns of `Scratch.situation`: the food to go for (a cell or NOBODY), factors on food, risks and the centre."""

LOW_ABOVE_CRITICAL = 30
"""Health is low up to this much above critical."""
_STARVING, _PECKISH, _BEHIND, _SATED = 2.5, 1.5, 1.5, 0.25
"""Hunger before urgency: in critical health, in low health, in good health but not the longest, and else."""
_LEAD = 2
"""Segments more than the longest rival that are enough."""
_LATE_CENTER = 0.2
"""What is left of the centre's worth in the late game."""


@lean
def survey(games: Games, layout: Layout, g: int, s: int, parameters: NDArray[np.float64], scratch: Scratch) -> None:
    """Fill `scratch.situation` for the living snake `s`."""
    threshold = parameters[TURN_THRESHOLD]
    lateness = min(games.facts[g, TURN] / threshold, 1.0)
    scratch.situation[EARLY] = 1.0 - (1.0 - _LATE_CENTER) * lateness
    scratch.situation[CAUTIOUS] = parameters[CAUTION] if lateness >= 1.0 else 1.0
    scratch.situation[HUNGER] = _hunger(games, layout, g, s, parameters)
    scratch.situation[TARGET] = _target(games, layout, g, s)


@inlined
def _hunger(games: Games, layout: Layout, g: int, s: int, parameters: NDArray[np.float64]) -> float:
    health, critical = games.snakes[g, s, HEALTH], parameters[CRITICAL_HEALTH]
    if health <= critical:
        return _STARVING * parameters[URGENCY_CRITICAL]  # type: ignore[no-any-return]  # a float64
    if health <= critical + LOW_ABOVE_CRITICAL:
        return _PECKISH * parameters[URGENCY_LOW]  # type: ignore[no-any-return]
    behind = games.snakes[g, s, LENGTH] < longest_rival(games, layout, g, s) + _LEAD
    return (_BEHIND if behind else _SATED) * parameters[URGENCY_NORMAL]  # type: ignore[no-any-return]


@lean
def _target(games: Games, layout: Layout, g: int, s: int) -> int:
    """The nearest food that no rival is nearer to (nor as near and as long), else the nearest; NOBODY if none lies."""
    left = games.facts[g, FOOD_LEFT]
    head, length = segment(games, layout, g, s, 0), games.snakes[g, s, LENGTH]
    target, fewest, own = NOBODY, 0, False
    cell = 0
    while left > 0 and cell < layout.cells:
        portions = games.grids[g, FOOD, cell]
        if portions > 0:
            left -= portions
            steps = steps_between(layout, head, cell)
            first = True
            for other in range(layout.snakes):
                if other != s and games.snakes[g, other, ALIVE]:
                    theirs = steps_between(layout, segment(games, layout, g, other, 0), cell)
                    if theirs < steps or (theirs == steps and games.snakes[g, other, LENGTH] >= length):
                        first = False
            if target == NOBODY or first > own or (first == own and steps < fewest):
                target, fewest, own = cell, steps, first
        cell += 1
    return target
