"""How much room there is, bodies moving away with time: a flood fill through space and turns, compiled."""

from __future__ import annotations

from python_training.compiled.kernel import lean
from python_training.simulators.battlesnake.heuristic.sight import NEVER, Scratch
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


@lean
def flood(layout: Layout, cell: int, begin: int, max_cells: int, scratch: Scratch) -> int:
    """Count the cells within reach of a head that is in `cell` at turn `begin`, that cell included.

    Fills breadth first, one step a turn, and enters a cell only once the bodies have left it; `scratch.departures` must
    be those of the position (`depart`). Stops at `max_cells`, as if there were no more.

    Args:
        layout: of the game.
        cell: where the head is at turn `begin`; 0 cells are within its reach where it cannot be there then.
        begin: 1 for a move about to be made, 0 for the cell in which a head is now.
        max_cells: at least 1.
        scratch: `distance` is filled with the turn at which each cell is reached, NEVER where none is.
    """
    distance, queue = scratch.distance, scratch.queue
    departures, neighbours = scratch.departures, layout.neighbours
    distance[:] = NEVER
    if begin > 0 and departures[cell] > begin:
        return 0
    distance[cell] = begin
    queue[0] = cell
    here, end = 0, 1
    while here < end and end < max_cells:
        turn = distance[queue[here]] + 1
        for move in range(4):
            near = neighbours[queue[here], move]
            if distance[near] == NEVER and departures[near] <= turn and end < max_cells:
                distance[near] = turn
                queue[end] = near
                end += 1
        here += 1
    return end
