"""What searches remember while they search: made once for a thread, so that no decision allocates."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from python_training.simulators.battlesnake.rules.layout import Layout
from python_training.simulators.battlesnake.rules.state import zeros

MOST_TURNS_AHEAD = 5
"""Turns that the lookahead simulates at most, each in a place of its own."""
MOST_PLAYOUTS = 200
"""Playouts of the tree search at most; each adds one node to the tree."""
MOST_NODES = 1_000
"""States that a search for a path expands at most."""
HORIZON = 128
"""Turns after which a search for a path gives up: nobody lives longer on one meal."""
WORD = 32
"""Turns whose bits share a number in `Paths.seen`."""


class Paths(NamedTuple):
    """What a search for a path through space and time remembers of its states (cell, turn).

    Attributes:
        cell: (S,) int16, of each state.
        turn: (S,) int16, at which the head is there.
        parent: (S,) int32, the state that it was reached from.
        next: (S,) int32, the state below it on its pile, NOBODY at the bottom.
        piles: (P,) int32, for each estimate of the whole path's turns the top of a pile of states.
        seen: (cells + 1, HORIZON / WORD) int64, a bit for each turn at which the cell was reached.
    """

    cell: NDArray[np.int16]
    turn: NDArray[np.int16]
    parent: NDArray[np.int32]
    next: NDArray[np.int32]
    piles: NDArray[np.int32]
    seen: NDArray[np.int64]


class Frames(NamedTuple):
    """Where a lookahead stands in each of the turns that it is trying out.

    Attributes:
        tried: (D, 2) int8, how many of the own moves and how many replies to the present one were taken up.
        bounds: (D, 4) float64, ALPHA and BETA within which a worth matters, BEST of the own moves so far and WORST of
            the replies to the present one so far.
        usual: (D, 2) int8, the own last move and the usual one of the rival, which are tried first.
        rival: (D,) int8, whose replies are tried, NOBODY where nobody is near enough.
    """

    tried: NDArray[np.int8]
    bounds: NDArray[np.float64]
    usual: NDArray[np.int8]
    rival: NDArray[np.int8]


class Tree(NamedTuple):
    """The tree that MCTS grows. Node 0 is the position to decide on; others are told by the moves that led to them.

    Attributes:
        visits: (N, snakes, 4) int32, how often each snake chose each move there.
        totals: (N, snakes, 4) float64, what it got for it in all.
        moves: (N,) int64, the moves of all seats that lead here from the parent, two bits each.
        child: (N,) int32, the first child, NOBODY if there is none.
        sibling: (N,) int32, the parent's next child.
        path: (N,) int32, the nodes of the playout under way.
        chosen: (N, snakes) int8, the moves made in them, NOBODY for a dead snake.
        share: (snakes,) float64, what the playout is worth to each seat.
        prior: (4,) float64, how likely each own move in node 0 is the best before it was searched, 0 for none.
    """

    visits: NDArray[np.int32]
    totals: NDArray[np.float64]
    moves: NDArray[np.int64]
    child: NDArray[np.int32]
    sibling: NDArray[np.int32]
    path: NDArray[np.int32]
    chosen: NDArray[np.int8]
    share: NDArray[np.float64]
    prior: NDArray[np.float64]


def paths(layout: Layout) -> Paths:
    """Room for searches on boards of this layout."""
    states = 4 * MOST_NODES + 1  # every state that is expanded finds at most four
    cell, turn = (zeros((states,), np.int16) for _ in range(2))
    parent, below = (zeros((states,), np.int32) for _ in range(2))
    piles = zeros((HORIZON + layout.width + layout.height,), np.int32)
    return Paths(cell, turn, parent, below, piles, zeros((layout.cells + 1, HORIZON // WORD), np.int64))


def frames() -> Frames:
    """Room for MOST_TURNS_AHEAD turns."""
    tried, usual = (zeros((MOST_TURNS_AHEAD, 2), np.int8) for _ in range(2))
    bounds = zeros((MOST_TURNS_AHEAD, 4), np.float64)
    return Frames(tried, bounds, usual, zeros((MOST_TURNS_AHEAD,), np.int8))


def tree(layout: Layout) -> Tree:
    """Room for a tree of games of this layout."""
    nodes = MOST_PLAYOUTS + 1
    child, sibling, path = (zeros((nodes,), np.int32) for _ in range(3))
    return Tree(
        zeros((nodes, layout.snakes, 4), np.int32),
        zeros((nodes, layout.snakes, 4), np.float64),
        zeros((nodes,), np.int64),
        child,
        sibling,
        path,
        zeros((nodes, layout.snakes), np.int8),
        zeros((layout.snakes,), np.float64),
        zeros((4,), np.float64),
    )
