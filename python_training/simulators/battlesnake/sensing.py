"""What a learning snake is told of its game: a row of numbers, compiled."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from python_training.compiled.kernel import lean
from python_training.simulators.battlesnake.heuristic.sight import (
    Scratch,
    longest_rival,
    longest_rival_head,
    nearest_food,
    room,
    territory,
)
from python_training.simulators.battlesnake.rules.layout import Layout
from python_training.simulators.battlesnake.rules.modes import MAX_HEALTH, MAX_SNAKES
from python_training.simulators.battlesnake.rules.rules import segment
from python_training.simulators.battlesnake.rules.state import (
    ALIVE,
    COVERED,
    HAZARDS,
    HEALTH,
    LENGTH,
    LIVING,
    NOBODY,
    TURN,
    Games,
)

PER_MOVE, GENERAL = 8, 5
OBSERVATION_SIZE = 4 * PER_MOVE + GENERAL
_MANY_HAZARDS = 4
_MUCH_LONGER = 10


@lean
def observe(games: Games, layout: Layout, g: int, s: int, scratch: Scratch, out: NDArray[np.float32]) -> None:
    """Fill `out` (37,) float32 for snake `s` of game `g`; `env.BattlesnakeEnv` has the table. All 0 for the dead."""
    out[:] = 0.0
    if not games.snakes[g, s, ALIVE]:
        return
    head, length = segment(games, layout, g, s, 0), games.snakes[g, s, LENGTH]
    food = nearest_food(games, layout, g, s, 0, scratch)  # draws nothing: looking on changes no game
    if food != NOBODY:
        out[scratch.owner[food] * PER_MOVE] = 1.0 / scratch.distance[food]
    for move in range(4):
        cell = layout.neighbours[head, move]
        if games.grids[g, COVERED, cell] > 0:
            continue
        place = move * PER_MOVE
        free = room(games, layout, g, cell, scratch)
        mine, theirs, _ = territory(games, layout, g, s, cell, scratch)
        rival = longest_rival_head(games, layout, g, s, cell)
        out[place + 1] = 1.0
        out[place + 2] = free / layout.cells
        out[place + 3] = min(free / length, 1.0)
        out[place + 4] = (mine - theirs) / layout.cells
        out[place + 5] = rival >= length
        out[place + 6] = 0 < rival < length
        out[place + 7] = min(games.grids[g, HAZARDS, cell] / _MANY_HAZARDS, 1.0)
    general = 4 * PER_MOVE
    out[general] = games.snakes[g, s, HEALTH] / MAX_HEALTH
    out[general + 1] = min(length / layout.cells, 1.0)
    out[general + 2] = min(max((length - longest_rival(games, layout, g, s)) / _MUCH_LONGER, -1.0), 1.0)
    out[general + 3] = (games.facts[g, LIVING] - 1) / (MAX_SNAKES - 1)
    out[general + 4] = games.facts[g, TURN] / layout.max_turns
