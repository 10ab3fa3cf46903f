"""When bodies will have left the cells that they lie on, compiled."""

from __future__ import annotations

from python_training.compiled.kernel import lean
from python_training.simulators.battlesnake.heuristic.sight import Scratch
from python_training.simulators.battlesnake.rules.layout import Layout
from python_training.simulators.battlesnake.rules.rules import segment
from python_training.simulators.battlesnake.rules.state import ALIVE, LENGTH, Games

OFF_BOARD = 30_000
"""Turn at which nobody is left to enter a cell off the board."""


@lean
def depart(games: Games, layout: Layout, g: int, scratch: Scratch) -> None:
    """Fill `scratch.departures` with the turn from now, counted from 1, from which a head may enter each cell.

    0 is a cell that is free. A segment that k others follow is gone k + 1 turns later, so a tail can be followed in
    this very turn, a doubled one in the next. Nobody is taken to eat meanwhile, and where heads will go is not known.
    """
    scratch.departures[:] = 0
    scratch.departures[layout.cells] = OFF_BOARD
    for s in range(layout.snakes):
        if games.snakes[g, s, ALIVE]:
            length = games.snakes[g, s, LENGTH]
            for i in range(length):
                cell = segment(games, layout, g, s, i)
                scratch.departures[cell] = max(scratch.departures[cell], length - i)
