"""What a move, or a position, is worth to the heuristic player: one number for each of the TERMS, compiled.

Rooms and shares are counted in cells that can be reached; points are what the parameters say. The sum of the terms is
what moves are compared by.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from python_training.compiled.kernel import inlined, shared
from python_training.simulators.battlesnake.heuristic.astar import path_cost, steps_between
from python_training.simulators.battlesnake.heuristic.control import control
from python_training.simulators.battlesnake.heuristic.departures import depart
from python_training.simulators.battlesnake.heuristic.room import room as room_ahead
from python_training.simulators.battlesnake.heuristic.sight import NEVER, Scratch
from python_training.simulators.battlesnake.heuristic.survey import CAUTIOUS, EARLY, HUNGER, TARGET, survey
from python_training.simulators.battlesnake.players.parameters import (
    CENTER_CONTROL,
    CUTOFF,
    FOOD_TRAP,
    FOOD_TRAP_THRESHOLD,
    HEAD_COLLISION,
    MAX_ASTAR_NODES,
    MAX_DEPTH,
    PURSUIT_2,
    SPACE,
    SPACE_CUTOFF_THRESHOLD,
    TERMS,
    TRAP_CRITICAL,
    TRAP_MODERATE,
    TRAP_SEVERE,
    TRAPPED_RATIO,
    TRAPPING_WEIGHT,
    URGENCY_NORMAL,
    WALL_PENALTY,
)
from python_training.simulators.battlesnake.players.parameters import FOOD as FOOD_WEIGHT
from python_training.simulators.battlesnake.rules.layout import Layout
from python_training.simulators.battlesnake.rules.rules import segment
from python_training.simulators.battlesnake.rules.state import (
    ALIVE,
    FOOD,
    HAZARDS,
    HEALTH,
    LENGTH,
    NOBODY,
    Games,
)

(
    _SPACE,
    _HEAD_COLLISION,
    _CENTER_CONTROL,
    _WALL_PENALTY,
    _CUTOFF,
    _FOOD,
    _TRAPS,
    _FOOD_TRAP,
    _PURSUIT,
    _TRAPPING,
    _HAZARD,
) = range(len(TERMS))
NOW: Any = np.int64(0)
NEXT: Any = np.int64(1)
"""What `begin` may be. Literals would be types of their own, and everything compiled once more for each."""
HERE: Any = np.int64(4)
"""Row of `Scratch.terms` for a position looked at."""
_SEVERE_RATIO, _MODERATE_RATIO = 1.5, 2.0
"""Room over own length below which it is severe, and moderate; critical is below 1."""
_OPENS_LATER = 0.25
"""What a cell that a body will leave in time counts, beside one that is open."""
_FARTHEST_PREY = 5
_GROWTH = 1.25
"""What a segment is worth in good health, as a share of the weight of food."""


@shared
def position_value(
    games: Games, layout: Layout, g: int, s: int, parameters: NDArray[np.float64], scratch: Scratch
) -> float:
    """What the position is worth to the living snake `s`: the sum of its terms where its head is. Draws nothing.

    Works in every part of `scratch` but what the searches that ask keep their own state in.
    """
    depart(games, layout, g, scratch)
    survey(games, layout, g, s, parameters, scratch)
    return evaluate(games, layout, g, s, segment(games, layout, g, s, 0), NOW, HERE, parameters, scratch)


@shared
def evaluate(
    games: Games,
    layout: Layout,
    g: int,
    s: int,
    cell: int,
    begin: int,
    place: int,
    parameters: NDArray[np.float64],
    scratch: Scratch,
) -> float:
    """What it is worth that the head of `s` is in `cell` at turn `begin`, term by term; returns the sum.

    Fills the row `place` of `scratch.terms` and `scratch.rooms`. `begin` is NEXT for a move about to be made and NOW
    for the cell where the head is. `scratch.departures` and `scratch.situation` must be those of the position.
    """
    row = scratch.terms[place]
    length, caution = games.snakes[g, s, LENGTH], scratch.situation[CAUTIOUS]
    open_now, in_time = room_ahead(layout, cell, int(parameters[MAX_DEPTH]), scratch)
    room = open_now + _OPENS_LATER * (in_time - open_now)
    scratch.rooms[place] = int(room)
    row[_SPACE] = parameters[SPACE] * open_now / layout.cells
    row[_TRAPS] = -caution * _trap(room / length, parameters)
    row[_CENTER_CONTROL] = parameters[CENTER_CONTROL] * scratch.situation[EARLY] * _centrality(layout, cell)
    row[_WALL_PENALTY] = -parameters[WALL_PENALTY] * _walls(layout, cell)
    row[_FOOD] = _food(games, layout, g, s, cell, begin, parameters, scratch)
    if begin == NEXT:
        row[_HEAD_COLLISION] = -caution * parameters[HEAD_COLLISION] * _stronger_heads(games, layout, g, s, cell)
        filled = games.grids[g, FOOD, cell] > 0 and length + 1 > parameters[FOOD_TRAP_THRESHOLD] * room
        row[_FOOD_TRAP] = -caution * parameters[FOOD_TRAP] if filled else 0.0
        row[_HAZARD] = -parameters[TRAP_CRITICAL] * _harm(games, layout, g, s, cell)
    else:
        row[_HEAD_COLLISION], row[_FOOD_TRAP], row[_HAZARD] = 0.0, 0.0, 0.0
    row[_CUTOFF], row[_PURSUIT], row[_TRAPPING] = 0.0, 0.0, 0.0
    if layout.snakes > 1:
        control(games, layout, g, s, cell, begin, scratch)
        _rivals(games, layout, g, s, cell, place, parameters, scratch)
    total = 0.0
    for value in row:
        total += value
    return total


@inlined
def _trap(ratio: float, parameters: NDArray[np.float64]) -> float:
    """The price of so much room over own length."""
    if ratio < 1.0:
        return parameters[TRAP_CRITICAL] * (2.0 - ratio)  # type: ignore[no-any-return]  # a float64
    if ratio < _SEVERE_RATIO:
        return parameters[TRAP_SEVERE]  # type: ignore[no-any-return]
    if ratio < _MODERATE_RATIO:
        return parameters[TRAP_MODERATE]  # type: ignore[no-any-return]
    return 0.0


@inlined
def _centrality(layout: Layout, cell: int) -> float:
    """1 in the middle of the board, 0 in a corner."""
    x, y = 2 * (cell % layout.width) - layout.width + 1, 2 * (cell // layout.width) - layout.height + 1
    return 1.0 - (abs(x) + abs(y)) / (layout.width + layout.height - 2)


@inlined
def _walls(layout: Layout, cell: int) -> int:
    """Walls beside a cell, and one more in a corner."""
    walls = 0
    for move in range(4):
        walls += layout.neighbours[cell, move] == layout.cells
    return walls + (walls > 1)


@inlined
def _food(
    games: Games,
    layout: Layout,
    g: int,
    s: int,
    cell: int,
    begin: int,
    parameters: NDArray[np.float64],
    scratch: Scratch,
) -> float:
    """The food to go for, by hunger and by the turns to it; where the snake is already, also what it has eaten."""
    hunger, length, value = scratch.situation[HUNGER], games.snakes[g, s, LENGTH], 0.0
    target = int(scratch.situation[TARGET])
    if target != NOBODY:
        share = int(parameters[MAX_ASTAR_NODES]) // 4  # of each move
        turns = path_cost(layout, cell, target, begin, length, share, scratch)
        if turns != NEVER:
            value = hunger / (turns + 1 - begin)
    if begin == NOW:
        # A meal behind it must be worth more than the same meal ahead, or who looks ahead would never eat.
        value += _GROWTH * parameters[URGENCY_NORMAL] * length - hunger
    return parameters[FOOD_WEIGHT] * value  # type: ignore[no-any-return]


@inlined
def _stronger_heads(games: Games, layout: Layout, g: int, s: int, cell: int) -> int:
    """How many others of at least the own length can move into `cell` this turn."""
    heads = 0
    for other in range(layout.snakes):
        if (
            other != s
            and games.snakes[g, other, ALIVE]
            and games.snakes[g, other, LENGTH] >= games.snakes[g, s, LENGTH]
        ):
            head = segment(games, layout, g, other, 0)
            for move in range(4):
                heads += layout.neighbours[head, move] == cell
    return heads


@inlined
def _harm(games: Games, layout: Layout, g: int, s: int, cell: int) -> float:
    """Share of the snake's health that the hazards of a cell take, at most 1."""
    hazards = games.grids[g, HAZARDS, cell]
    if hazards == 0 or games.grids[g, FOOD, cell] > 0:
        return 0.0
    share = hazards * layout.hazard_damage / max(games.snakes[g, s, HEALTH] - 1, 1)
    return min(max(share, 0.0), 1.0)  # type: ignore[no-any-return]


@inlined
def _rivals(
    games: Games,
    layout: Layout,
    g: int,
    s: int,
    cell: int,
    place: int,
    parameters: NDArray[np.float64],
    scratch: Scratch,
) -> None:
    """The terms that are about the other snakes, from `scratch.areas`."""
    row, length = scratch.terms[place], games.snakes[g, s, LENGTH]
    reached = 0
    for seat in range(layout.snakes):
        reached += scratch.areas[seat]
    mine = scratch.areas[s]
    row[_CUTOFF] = parameters[CUTOFF] * (2 * mine - reached) / reached
    nearest = _FARTHEST_PREY + 1
    for other in range(layout.snakes):
        if other == s or not games.snakes[g, other, ALIVE]:
            continue
        theirs, theirs_long = scratch.areas[other], games.snakes[g, other, LENGTH]
        if theirs < parameters[TRAPPED_RATIO] * theirs_long:
            row[_TRAPPING] += parameters[TRAPPING_WEIGHT]
        else:
            cut = 1.0 - theirs / (parameters[SPACE_CUTOFF_THRESHOLD] * reached)
            row[_TRAPPING] += parameters[TRAPPING_WEIGHT] * max(cut, 0.0)
        if theirs_long < length:
            nearest = min(nearest, steps_between(layout, cell, segment(games, layout, g, other, 0)))
    if nearest <= _FARTHEST_PREY:
        row[_PURSUIT] = parameters[PURSUIT_2 + max(nearest - 2, 0)]
