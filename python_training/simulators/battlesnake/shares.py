"""What a position is worth to everybody in it, from 0 to 1, with no parameters: who has won, and who has more room."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from python_training.simulators.battlesnake.compiled import lean
from python_training.simulators.battlesnake.control import control
from python_training.simulators.battlesnake.flood import depart
from python_training.simulators.battlesnake.layout import Layout
from python_training.simulators.battlesnake.rules import segment
from python_training.simulators.battlesnake.sight import Scratch
from python_training.simulators.battlesnake.state import ALIVE, DIED, HEALTH, LENGTH, LIVING, OVER, TURN, Games

_LEAST, _MOST = 0.1, 0.9
"""Bounds of what a game that goes on is worth."""
_ROOM, _LENGTH, _HUNGER = 4.0, 0.25, 0.6
"""Weights of the lead in room, as a share of the board, of each segment of the lead in length, and of hunger."""
_HUNGRY = 30
"""Health below which hunger counts."""


@lean
def share_out(games: Games, layout: Layout, g: int, shares: NDArray[np.float64], scratch: Scratch) -> None:
    """Fill `shares` (snakes,) for game `g`.

    1 for the only one left and 0 for the dead, but half for those who died together as the last. While the game goes
    on, between these by the lead over the best of the others in room (Voronoi control) and in length, and by hunger.
    """
    living, turn = games.facts[g, LIVING], games.facts[g, TURN]
    for s in range(layout.snakes):
        died_last = living == 0 and layout.snakes > 1 and games.snakes[g, s, DIED] == turn
        shares[s] = 0.5 * died_last + games.snakes[g, s, ALIVE]
    if games.facts[g, OVER]:
        return
    first = 0
    while not games.snakes[g, first, ALIVE]:
        first += 1
    depart(games, layout, g, scratch)
    control(games, layout, g, first, segment(games, layout, g, first, 0), 0, scratch)
    for s in range(layout.snakes):
        if games.snakes[g, s, ALIVE]:
            area, length = 0, 0
            for other in range(layout.snakes):
                if other != s and games.snakes[g, other, ALIVE]:
                    area = max(area, scratch.areas[other])
                    length = max(length, games.snakes[g, other, LENGTH])
            lead = _ROOM * (scratch.areas[s] - area) / layout.cells + _LENGTH * (games.snakes[g, s, LENGTH] - length)
            lead -= _HUNGER * max(0.0, 1.0 - games.snakes[g, s, HEALTH] / _HUNGRY)
            shares[s] = _LEAST + (_MOST - _LEAST) / (1.0 + math.exp(-lead))
