"""What compiled policies see of a board: nearest food, room, dangerous heads, territory."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from python_training.compiled.generator import integer
from python_training.compiled.kernel import inlined, lean
from python_training.simulators.battlesnake.heuristic.memory import (
    MOST_TURNS_AHEAD,
    Frames,
    Paths,
    Tree,
    frames,
    paths,
    tree,
)
from python_training.simulators.battlesnake.players.parameters import TERMS
from python_training.simulators.battlesnake.rules.layout import Layout
from python_training.simulators.battlesnake.rules.rules import segment
from python_training.simulators.battlesnake.rules.state import (
    ALIVE,
    COVERED,
    FIRST_SNAKE_STREAM,
    FOOD,
    LENGTH,
    NOBODY,
    Games,
    allocate,
    zeros,
)

CONTESTED = -2
"""In `Scratch.owner`: several snakes of equal length come there first."""
NEVER = -1
UNSAFE = -1e9
"""Score of a move that runs into a wall or a body."""


class Scratch(NamedTuple):
    """Working memory of one thread; nothing in it outlives a decision.

    Attributes:
        queue: (cells + 1,) int16, cells in the order in which a search came to them.
        distance: (cells + 1,) int16, steps from where a search began, NEVER where it did not come.
        owner: (cells + 1,) int16, the seat that reaches a cell first, or the first move of the way there.
        scores: (4,) float64, what the moves are worth at sight.
        terms: (5, len(TERMS)) float64, the same by term; row 4 is for positions looked at (`terms`).
        rooms: (5,) int32, cells within reach in each of these.
        situation: (8,) float64, what holds for all moves of a position (`survey`).
        areas: (snakes,) int32, cells that each seat reaches first (`control`).
        departures: (cells + 1,) int16, the turn from which a head may enter a cell (`departures.depart`).
        paths: what a search for a path remembers (`astar`).
        spare: games in which moves are tried, MOST_TURNS_AHEAD + 1 places (`lookahead`, `mcts`).
        frames: of `lookahead`.
        sought: (4,) float64, what these found the moves to be worth.
        tree: the tree of `mcts`.
    """

    queue: NDArray[np.int16]
    distance: NDArray[np.int16]
    owner: NDArray[np.int16]
    scores: NDArray[np.float64]
    terms: NDArray[np.float64]
    rooms: NDArray[np.int32]
    situation: NDArray[np.float64]
    areas: NDArray[np.int32]
    departures: NDArray[np.int16]
    paths: Paths
    spare: Games
    frames: Frames
    sought: NDArray[np.float64]
    tree: Tree


def scratch(layout: Layout) -> Scratch:
    """Working memory for boards of this layout."""
    queue, distance, owner, departures = (zeros((layout.cells + 1,), np.int16) for _ in range(4))
    return Scratch(
        queue,
        distance,
        owner,
        scores=zeros((4,), np.float64),
        terms=zeros((5, len(TERMS)), np.float64),
        rooms=zeros((5,), np.int32),
        situation=zeros((8,), np.float64),
        areas=zeros((layout.snakes,), np.int32),
        departures=departures,
        paths=paths(layout),
        spare=allocate(MOST_TURNS_AHEAD + 1, layout),
        frames=frames(),
        sought=zeros((4,), np.float64),
        tree=tree(layout),
    )


@lean
def best_move(games: Games, g: int, s: int, scratch: Scratch) -> int:
    """The move of the highest score; among equals the snake's own stream decides."""
    best, ties = 0, 1
    for move in range(1, 4):
        if scratch.scores[move] > scratch.scores[best]:
            best, ties = move, 1
        elif scratch.scores[move] == scratch.scores[best]:
            ties += 1
            if integer(games.rng[g, FIRST_SNAKE_STREAM + s], ties) == 0:
                best = move
    return best


@lean
def nearest_food(games: Games, layout: Layout, g: int, s: int, turned: int, scratch: Scratch) -> int:
    """The food that the head of `s` reaches in the fewest steps over cells not covered now; NOBODY if none.

    `scratch.owner` of it is the first move of the way, `scratch.distance` its length. Of ways equally long it takes the
    one whose moves come first, counted from move `turned`.
    """
    scratch.distance[:] = NEVER
    head = segment(games, layout, g, s, 0)
    scratch.distance[head] = 0
    scratch.queue[0] = head
    begin, end = 0, 1
    while begin < end:
        cell = scratch.queue[begin]
        begin += 1
        for k in range(4):
            move = (k + turned) & 3
            near = layout.neighbours[cell, move]
            if scratch.distance[near] == NEVER and games.grids[g, COVERED, near] == 0:
                scratch.distance[near] = scratch.distance[cell] + 1
                scratch.owner[near] = move if cell == head else scratch.owner[cell]
                if games.grids[g, FOOD, near] > 0:
                    return near  # type: ignore[no-any-return]  # an int of the table's kind
                scratch.queue[end] = near
                end += 1
    return NOBODY


@lean
def room(games: Games, layout: Layout, g: int, cell: int, scratch: Scratch) -> int:
    """How many cells hang together with `cell`, itself included, over cells not covered now."""
    scratch.distance[:] = NEVER
    scratch.distance[cell] = 0
    scratch.queue[0] = cell
    begin, end = 0, 1
    while begin < end:
        here = scratch.queue[begin]
        begin += 1
        for move in range(4):
            near = layout.neighbours[here, move]
            if scratch.distance[near] == NEVER and games.grids[g, COVERED, near] == 0:
                scratch.distance[near] = 0
                scratch.queue[end] = near
                end += 1
    return end


@lean
def longest_rival_head(games: Games, layout: Layout, g: int, s: int, cell: int) -> int:
    """Length of the longest other snake that can move into `cell` this turn, 0 if none can."""
    longest = 0
    for other in range(layout.snakes):
        if other != s and games.snakes[g, other, ALIVE]:
            head = segment(games, layout, g, other, 0)
            for move in range(4):
                if layout.neighbours[head, move] == cell:
                    longest = max(longest, games.snakes[g, other, LENGTH])
    return longest


@lean
def longest_rival(games: Games, layout: Layout, g: int, s: int) -> int:
    """Length of the longest other living snake, 0 if there is none."""
    longest = 0
    for other in range(layout.snakes):
        if other != s and games.snakes[g, other, ALIVE]:
            longest = max(longest, games.snakes[g, other, LENGTH])
    return longest


@lean
def territory(games: Games, layout: Layout, g: int, s: int, first: int, scratch: Scratch) -> tuple[int, int, int]:
    """Who comes where first if `s` goes to the cell `first` now: own cells, others' cells, steps to the next own food.

    Cells that several reach at the same time go to the longest of them, to nobody if that is not one. The third number
    is 0 where no own cell has food.
    """
    scratch.distance[:] = NEVER
    end = 0
    for other in range(layout.snakes):
        if other != s and games.snakes[g, other, ALIVE]:
            head = segment(games, layout, g, other, 0)
            scratch.distance[head] = 0
            scratch.owner[head] = other
            scratch.queue[end] = head
            end += 1
    scratch.distance[first] = 1
    scratch.owner[first] = s
    scratch.queue[end] = first
    end += 1
    begin, mine, theirs, meal = 0, 0, 0, 0
    while begin < end:
        cell = scratch.queue[begin]
        begin += 1
        owner, step = scratch.owner[cell], scratch.distance[cell]
        if owner == CONTESTED:
            continue
        if owner == s:
            mine += 1
            if meal == 0 and games.grids[g, FOOD, cell] > 0:
                meal = step
        elif step > 0:
            theirs += 1
        for move in range(4):
            near = layout.neighbours[cell, move]
            if games.grids[g, COVERED, near] > 0:
                continue
            if scratch.distance[near] == NEVER:
                scratch.distance[near] = step + 1
                scratch.owner[near] = owner
                scratch.queue[end] = near
                end += 1
            elif scratch.distance[near] == step + 1 and scratch.owner[near] != owner:
                scratch.owner[near] = stronger(games, g, scratch.owner[near], owner)
    return mine, theirs, meal


@inlined
def stronger(games: Games, g: int, holder: int, rival: int) -> int:
    """Which of two seats that come to a cell at the same time has it: the longer one, CONTESTED where neither is."""
    if holder == CONTESTED:
        return CONTESTED
    held, wanted = games.snakes[g, holder, LENGTH], games.snakes[g, rival, LENGTH]
    if held == wanted:
        return CONTESTED
    return rival if wanted > held else holder
