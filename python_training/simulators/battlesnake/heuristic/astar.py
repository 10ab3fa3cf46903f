"""A* through space and time: how many turns a head needs to a cell when bodies move away meanwhile, compiled.

A state is a cell and the turn at which the head is there. A cell is entered only once the bodies on the board have left
it, and never where the snake's own body, drawn along the path so far, still is: whoever goes the path that was found
meets nobody who does not come in the way. Waiting is impossible, so a snake that must lose turns goes round, which is
why states, unlike cells, are many and their number is limited.

Estimates are whole turns and never fall along a path, so the open states lie on piles, one for each estimate of the
whole path; of equal estimates the one found last is expanded first, which is the one nearest to the target.
"""

from __future__ import annotations

from python_training.compiled.kernel import inlined, lean
from python_training.simulators.battlesnake.heuristic.memory import HORIZON, MOST_NODES, WORD, Paths
from python_training.simulators.battlesnake.heuristic.sight import NEVER, Scratch
from python_training.simulators.battlesnake.rules.layout import Layout
from python_training.simulators.battlesnake.rules.state import NOBODY

_DOWN = 1


@lean
def path_cost(
    layout: Layout, start: int, target: int, begin: int, length: int, max_nodes: int, scratch: Scratch
) -> int:
    """The turn from now at which a head that is in `start` at turn `begin` can be in `target`; NEVER if none is found.

    `scratch.departures` must be those of the position (`departures.depart`).

    Args:
        layout: of the game.
        start: a cell of the board, not looked at for bodies.
        target: a cell of the board.
        begin: 0 for the cell in which the head is now, 1 for a move about to be made.
        length: segments of the snake, so many turns its path stays closed to itself.
        max_nodes: states to expand before giving up, at most MOST_NODES.
        scratch: `paths` is worked in.
    """
    paths, departures, neighbours = scratch.paths, scratch.departures, layout.neighbours
    paths.piles[:] = NOBODY
    paths.seen[:] = 0
    best = begin + steps_between(layout, start, target)
    _pile(paths, 0, start, begin, NOBODY, best)
    found, expanded, most = 1, 0, min(max_nodes, MOST_NODES)
    last = len(paths.piles)
    while expanded < most:
        while best < last and paths.piles[best] == NOBODY:
            best += 1
        if best == last:
            return NEVER
        state = paths.piles[best]
        paths.piles[best] = paths.next[state]
        cell, turn = int(paths.cell[state]), int(paths.turn[state]) + 1
        if cell == target:
            return turn - 1
        expanded += 1
        if turn >= HORIZON:
            continue
        word, bit = turn // WORD, 1 << (turn % WORD)
        for move in range(4):
            near = neighbours[cell, move]
            if departures[near] > turn or paths.seen[near, word] & bit:
                continue
            if _been_there(paths, state, near, turn - length):
                continue
            paths.seen[near, word] |= bit
            _pile(paths, found, near, turn, state, turn + steps_between(layout, near, target))
            found += 1
    return NEVER


@inlined
def _pile(paths: Paths, state: int, cell: int, turn: int, parent: int, estimate: int) -> None:
    """Note a state and lay it on the pile of its estimate."""
    paths.cell[state] = cell
    paths.turn[state] = turn
    paths.parent[state] = parent
    paths.next[state] = paths.piles[estimate]
    paths.piles[estimate] = state


@inlined
def _been_there(paths: Paths, state: int, cell: int, since: int) -> bool:
    """Whether the path to `state` led over `cell` after turn `since`: the own body is still there."""
    while state != NOBODY and paths.turn[state] > since:
        if paths.cell[state] == cell:
            return True
        state = paths.parent[state]
    return False


@inlined
def steps_between(layout: Layout, a: int, b: int) -> int:
    """Steps from cell to cell on an empty board, the shorter way round where it wraps."""
    x, y = abs(a % layout.width - b % layout.width), abs(a // layout.width - b // layout.width)
    if layout.neighbours[0, _DOWN] != layout.cells:
        x, y = min(x, layout.width - x), min(y, layout.height - y)
    return x + y
