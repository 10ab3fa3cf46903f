"""The heuristic player: 31 parameters, three ways to decide.

Where the position is critical (`hybrid.critical_*`) it looks ahead, in late duels it searches a tree, and otherwise it
takes the move whose terms sum up to most.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from python_training.compiled.generator import WORD, next_word
from python_training.compiled.kernel import lean, shared
from python_training.simulators.battlesnake.heuristic.astar import steps_between
from python_training.simulators.battlesnake.heuristic.departures import depart
from python_training.simulators.battlesnake.heuristic.lookahead import JUST_THE_BEST, lookahead
from python_training.simulators.battlesnake.heuristic.mcts import mcts
from python_training.simulators.battlesnake.heuristic.sight import UNSAFE, Scratch
from python_training.simulators.battlesnake.heuristic.survey import survey
from python_training.simulators.battlesnake.heuristic.terms import NEXT, evaluate
from python_training.simulators.battlesnake.players.parameters import (
    CRITICAL_HEALTH,
    CRITICAL_NEARBY_ENEMIES,
    CRITICAL_SPACE_RATIO,
    LOOKAHEAD_DEPTH,
    TIE_SEED,
    TURN_THRESHOLD,
    USE_MCTS,
)
from python_training.simulators.battlesnake.rules.layout import Layout
from python_training.simulators.battlesnake.rules.rules import segment
from python_training.simulators.battlesnake.rules.state import (
    ALIVE,
    COVERED,
    FIRST_SNAKE_STREAM,
    HEALTH,
    LENGTH,
    LIVING,
    TURN,
    Games,
)

GREEDY, LOOKAHEAD, MCTS = range(3)
WAYS = ("greedy", "lookahead", "mcts")
"""Names of the ways to decide, by number."""
_NEARBY = 4
"""Steps to a head up to which an enemy is nearby."""
_EQUAL = 1e-6
"""Moves whose worth differs by no more than this are equals."""


@shared
def heuristic(games: Games, layout: Layout, g: int, s: int, parameters: NDArray[np.float64], scratch: Scratch) -> int:
    """The move of the heuristic player whose row is `parameters` (33,)."""
    way = weigh(games, layout, g, s, parameters, JUST_THE_BEST, scratch)
    return best(games, g, s, parameters, scratch.scores if way == GREEDY else scratch.sought)


@shared
def weigh(
    games: Games,
    layout: Layout,
    g: int,
    s: int,
    parameters: NDArray[np.float64],
    margin: float,
    scratch: Scratch,
) -> int:
    """Choose a way to decide and go it; returns which.

    Fills `scratch.scores` with what the moves are worth at sight and `scratch.terms` with that by term. A search puts
    what it found into `scratch.sought`, exact for moves within `margin` of the best (`lookahead.lookahead`). Both are
    UNSAFE for moves that hit a wall or a body.
    """
    moves = score_moves(games, layout, g, s, parameters, scratch)
    if moves < 2:
        return GREEDY
    way = _way(games, layout, g, s, parameters, scratch)
    if way == LOOKAHEAD:
        lookahead(games, layout, g, s, parameters, margin, scratch)
    elif way == MCTS:
        mcts(games, layout, g, s, parameters, scratch)
    return way


@lean
def score_moves(games: Games, layout: Layout, g: int, s: int, parameters: NDArray[np.float64], scratch: Scratch) -> int:
    """Fill `scratch.scores` with the sums of the terms at sight; returns how many moves are legal."""
    depart(games, layout, g, scratch)
    survey(games, layout, g, s, parameters, scratch)
    head, legal = segment(games, layout, g, s, 0), 0
    for move in range(4):
        cell = layout.neighbours[head, move]
        if games.grids[g, COVERED, cell] > 0:
            scratch.scores[move] = UNSAFE
            scratch.rooms[move] = 0
            scratch.terms[move] = 0.0
        else:
            scratch.scores[move] = evaluate(games, layout, g, s, cell, NEXT, move, parameters, scratch)
            legal += 1
    return legal


@lean
def _way(games: Games, layout: Layout, g: int, s: int, parameters: NDArray[np.float64], scratch: Scratch) -> int:
    """How to decide, after `score_moves`."""
    late = games.facts[g, TURN] >= parameters[TURN_THRESHOLD]
    if parameters[USE_MCTS] > 0.0 and late and games.facts[g, LIVING] == 2 and layout.last_standing == 1:
        return MCTS
    if parameters[LOOKAHEAD_DEPTH] < 1.0:
        return GREEDY
    if games.snakes[g, s, HEALTH] <= parameters[CRITICAL_HEALTH]:
        return LOOKAHEAD
    room = 0
    for move in range(4):
        room = max(room, scratch.rooms[move])
    if room <= parameters[CRITICAL_SPACE_RATIO] * games.snakes[g, s, LENGTH]:
        return LOOKAHEAD
    head, nearby = segment(games, layout, g, s, 0), 0
    for other in range(layout.snakes):
        if other != s and games.snakes[g, other, ALIVE]:
            nearby += steps_between(layout, head, segment(games, layout, g, other, 0)) <= _NEARBY
    return LOOKAHEAD if nearby >= parameters[CRITICAL_NEARBY_ENEMIES] else GREEDY


@lean
def best(games: Games, g: int, s: int, parameters: NDArray[np.float64], scores: NDArray[np.float64]) -> int:
    """The move of the highest score (4,); among equals the snake's own stream and the player's seed of ties decide."""
    highest, equals = UNSAFE, 0
    for move in range(4):
        highest = max(highest, scores[move])
    for move in range(4):
        equals += scores[move] >= highest - _EQUAL
    chosen = 0
    if equals > 1:
        word = int(next_word(games.rng[g, FIRST_SNAKE_STREAM + s])) ^ (int(parameters[TIE_SEED]) * _SPREAD & WORD)
        # Mixed once more (the finaliser of MurmurHash3): else of two equal moves a seed's first bit would decide alone,
        # and there would be no more than two different players.
        word = (word ^ (word >> 16)) * 0x85EBCA6B & WORD
        word = (word ^ (word >> 13)) * 0xC2B2AE35 & WORD
        chosen = ((word ^ (word >> 16)) * equals) >> 32
    for move in range(4):
        if scores[move] >= highest - _EQUAL:
            if chosen == 0:
                return move
            chosen -= 1
    return 0


_SPREAD = 0x9E3779B1
"""Spreads the seed of ties over all bits of a word."""
