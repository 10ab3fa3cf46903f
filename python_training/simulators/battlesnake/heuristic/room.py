"""How much room a patient snake has: cells that hang together now, and those that open while it lives on them."""

from __future__ import annotations

from python_training.compiled.kernel import inlined, lean
from python_training.simulators.battlesnake.heuristic.sight import NEVER, Scratch
from python_training.simulators.battlesnake.rules.layout import Layout

_OPEN = 1
"""Turn of departure up to which a cell can be entered in the next turn."""
_PATIENCE = 0.7
"""Turns that a snake can spend in each cell of its room: it never fills one without leaving gaps."""


@lean
def room(layout: Layout, cell: int, max_cells: int, scratch: Scratch) -> tuple[int, int]:
    """Count cells within reach of a head in `cell`, that one included: those open now, and with those that will open.

    A body closes a cell until it has left it. It opens in time where the cells in reach so far last for as many turns
    as that takes (`_PATIENCE`); then what lies behind it is in reach too. Both counts stop at `max_cells`.
    `scratch.departures` must be those of the position (`departures.depart`).
    """
    queue, seen, departures = scratch.queue, scratch.distance, scratch.departures
    seen[:] = NEVER
    seen[layout.cells] = 0
    seen[cell] = 0
    queue[0] = cell
    end, closed = _spread(layout, 0, 1, layout.cells, max_cells, scratch)
    open_now = end
    waiting = True
    while waiting and end < max_cells:
        waiting = False
        lasts, begin = _PATIENCE * end, end
        place = closed + 1
        while place <= layout.cells and end < max_cells:
            if departures[queue[place]] <= lasts:
                # It joins the open cells; the first of the closed ones takes its place.
                opening = queue[place]
                queue[place] = queue[closed + 1]
                closed += 1
                queue[end] = opening
                end += 1
                waiting = True
            place += 1
        end, closed = _spread(layout, begin, end, closed, max_cells, scratch)
    return min(open_now, max_cells), min(end, max_cells)


@inlined
def _spread(layout: Layout, begin: int, end: int, closed: int, max_cells: int, scratch: Scratch) -> tuple[int, int]:
    """Go on from the cells `queue[begin:end]`; closed ones beside them are noted from the end of the queue down."""
    queue, seen, departures, neighbours = scratch.queue, scratch.distance, scratch.departures, layout.neighbours
    while begin < end and end < max_cells:
        here = queue[begin]
        begin += 1
        for move in range(4):
            near = neighbours[here, move]
            if seen[near] == NEVER:
                seen[near] = 0
                if departures[near] > _OPEN:
                    queue[closed] = near
                    closed -= 1
                else:
                    queue[end] = near
                    end += 1
    return end, closed
