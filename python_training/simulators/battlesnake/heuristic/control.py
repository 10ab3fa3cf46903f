"""Who comes where first (Voronoi control), bodies moving away with time."""

from __future__ import annotations

from python_training.compiled.kernel import lean
from python_training.simulators.battlesnake.heuristic.sight import CONTESTED, NEVER, Scratch, stronger
from python_training.simulators.battlesnake.rules.layout import Layout
from python_training.simulators.battlesnake.rules.rules import segment
from python_training.simulators.battlesnake.rules.state import ALIVE, Games


@lean
def control(games: Games, layout: Layout, g: int, s: int, cell: int, begin: int, scratch: Scratch) -> None:
    """Fill `scratch.areas` with the cells that each seat reaches first if the head of `s` is in `cell` at turn `begin`.

    `begin` is 1 for a move about to be made and 0 for the cell where the head is. The others' heads are where they are.
    Of several that come to a cell at the same turn the longest has it, nobody if two are. Cells of bodies open when the
    body has left them: `scratch.departures` must be those of the position (`departures.depart`).
    """
    queue, distance, owner, areas = scratch.queue, scratch.distance, scratch.owner, scratch.areas
    departures, neighbours = scratch.departures, layout.neighbours
    distance[:] = NEVER
    areas[:] = 0
    end = 0
    for other in range(layout.snakes):
        if other != s and games.snakes[g, other, ALIVE]:
            head = segment(games, layout, g, other, 0)
            distance[head] = 0
            owner[head] = other
            queue[end] = head
            end += 1
    distance[cell] = begin
    owner[cell] = s
    queue[end] = cell
    end += 1
    place = 0
    while place < end:
        here = queue[place]
        place += 1
        holder, turn = owner[here], distance[here] + 1
        if holder == CONTESTED:
            continue
        areas[holder] += 1
        for move in range(4):
            near = neighbours[here, move]
            if distance[near] == NEVER:
                if departures[near] <= turn:
                    distance[near] = turn
                    owner[near] = holder
                    queue[end] = near
                    end += 1
            elif distance[near] == turn and owner[near] != holder:
                owner[near] = stronger(games, g, owner[near], holder)
