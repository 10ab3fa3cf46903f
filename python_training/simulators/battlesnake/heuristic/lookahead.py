"""Looking some turns ahead against the nearest rival, who is taken to see the own move first (paranoid), compiled.

A turn is a move of the snake's own and the rival's best reply to it, alpha-beta pruned; the rules then play both, with
the usual moves of everybody else (`trials.usual_move`). A rival too far away to meet the snake within the turns left
makes its usual move as well. Positions at the end are worth what the player's terms say. No food appears meanwhile:
what the map will draw is not known.

The search keeps its own stack (`memory.Frames`): what Numba keeps on disk of a function that calls itself cannot be
loaded again.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from python_training.compiled.kernel import inlined, lean
from python_training.simulators.battlesnake.heuristic.memory import MOST_TURNS_AHEAD, Frames
from python_training.simulators.battlesnake.heuristic.sight import UNSAFE, Scratch
from python_training.simulators.battlesnake.heuristic.terms import position_value
from python_training.simulators.battlesnake.play.trials import copy_game, expect_moves, nearest_rival, play_out
from python_training.simulators.battlesnake.players.parameters import LOOKAHEAD_DEPTH
from python_training.simulators.battlesnake.rules.layout import Layout
from python_training.simulators.battlesnake.rules.rules import segment
from python_training.simulators.battlesnake.rules.state import ALIVE, COVERED, LIVING, MOVE, NOBODY, OVER, Games

WON, DRAWN, LOST = 5e8, -2e8, -5e8
"""Worth of games that end within the turns looked at; terms stay below 1e6."""
TURN_LATER = 1e7
"""What it is worth to lose, and what it costs to win, a turn later."""
CERTAIN = 1e8
"""What is worth so much more or less than nothing is decided."""
_INFINITE = 1e9
JUST_THE_BEST: Any = np.float64(1.0)
"""A margin for those who want no more than the best move. Equals must stay equals, so it is not 0."""
EVERY_MOVE: Any = np.float64(2 * _INFINITE)
"""A margin that nothing is worse by. Literals would be types of their own, and everything compiled for each."""
_NOT_YET = 2 * _INFINITE
_OWN, _REPLY = range(2)
"""Columns of `Frames.tried` and `Frames.usual`."""
_ALPHA, _BETA, _BEST, _WORST = range(4)
"""Columns of `Frames.bounds`."""


@lean
def lookahead(
    games: Games,
    layout: Layout,
    g: int,
    s: int,
    parameters: NDArray[np.float64],
    margin: float,
    scratch: Scratch,
) -> None:
    """Fill `scratch.sought` with what each move of the living snake `s` is worth `hybrid.lookahead_depth` turns later.

    UNSAFE for a move that hits something now. Moves that lose equally soon are told apart by `scratch.scores`, which
    must hold their worth at sight. Draws nothing. What is worth less than the best by more than `margin` may be told as
    any number below that, which takes a fraction of the time: JUST_THE_BEST and EVERY_MOVE are margins.
    """
    depth = min(int(parameters[LOOKAHEAD_DEPTH] + 0.5), MOST_TURNS_AHEAD)
    copy_game(games, g, scratch.spare, 0, layout)
    best = -_INFINITE
    scratch.sought[:] = _NOT_YET
    for _ in range(4):
        move = _most_promising(scratch)
        if scratch.scores[move] == UNSAFE:
            scratch.sought[move] = UNSAFE
            continue
        value = 0.0 if depth < 1 else _worth(layout, s, move, depth, best - margin, parameters, scratch)
        best = max(best, value)
        if value <= LOST + TURN_LATER * depth:
            value += scratch.scores[move]
        scratch.sought[move] = value


@inlined
def _most_promising(scratch: Scratch) -> int:
    """Of the moves not sought yet the one worth most at sight: the better the first ones, the sooner the rest fail."""
    best = NOBODY
    for move in range(4):
        if scratch.sought[move] == _NOT_YET and (best == NOBODY or scratch.scores[move] > scratch.scores[best]):
            best = move
    return best


@lean
def _worth(
    layout: Layout, s: int, move: int, depth: int, least: float, parameters: NDArray[np.float64], scratch: Scratch
) -> float:
    """Worth to `s` of its `move` in place 0, `depth` turns later: exact above `least`, else a number up to it."""
    games, bounds = scratch.spare, scratch.frames.bounds
    place = 0
    _enter(layout, s, place, depth, least, _INFINITE, scratch)
    _take_up(games, s, place, move, scratch.frames)
    scratch.frames.tried[place, _OWN] = 4  # no other move is tried here
    while True:
        if _next_try(layout, s, place, scratch):
            copy_game(games, place, games, place + 1, layout)
            play_out(games, layout, place + 1)
            value = _ended(games, layout, s, place + 1)
            if value == 0.0:
                if place + 1 < depth:
                    alpha = max(bounds[place, _ALPHA], bounds[place, _BEST])
                    beta = min(bounds[place, _BETA], bounds[place, _WORST])
                    place += 1
                    _enter(layout, s, place, depth, alpha, beta, scratch)
                    continue
                value = position_value(games, layout, place + 1, s, parameters, scratch)
        elif place == 0:
            return bounds[place, _BEST]  # type: ignore[no-any-return]  # a float64
        else:
            value = bounds[place, _BEST]
            place -= 1
        bounds[place, _WORST] = min(bounds[place, _WORST], value)


@lean
def _enter(layout: Layout, s: int, place: int, depth: int, alpha: float, beta: float, scratch: Scratch) -> None:
    """Begin to look at the position in `place`."""
    games, frames = scratch.spare, scratch.frames
    expect_moves(games, layout, place, s)
    rival = nearest_rival(games, layout, place, s, 2 * (depth - place))
    frames.rival[place] = rival
    frames.usual[place, _OWN] = games.snakes[place, s, MOVE]
    frames.usual[place, _REPLY] = games.snakes[place, rival, MOVE] if rival != NOBODY else 0
    frames.tried[place, _OWN] = 0
    frames.tried[place, _REPLY] = 4
    frames.bounds[place, _ALPHA] = alpha
    frames.bounds[place, _BETA] = beta
    frames.bounds[place, _BEST] = LOST + TURN_LATER * place  # of a snake without a move
    frames.bounds[place, _WORST] = -_INFINITE


@lean
def _next_try(layout: Layout, s: int, place: int, scratch: Scratch) -> bool:
    """Put the next moves to try into `place`: another reply, else another own move; False where none matters any more.

    Replies matter until one makes the move no better than another (alpha), moves until one is better than what the
    rival will let it come to (beta).
    """
    games, frames = scratch.spare, scratch.frames
    bounds = frames.bounds[place]
    while True:
        if bounds[_WORST] > max(bounds[_ALPHA], bounds[_BEST]) and _next_reply(games, layout, place, frames):
            return True
        bounds[_BEST] = max(bounds[_BEST], bounds[_WORST])
        bounds[_WORST] = -_INFINITE
        if bounds[_BEST] >= bounds[_BETA] or not _next_move(games, layout, s, place, frames):
            return False


@lean
def _next_reply(games: Games, layout: Layout, place: int, frames: Frames) -> bool:
    """Let the rival intend its next reply, the usual one first, for a good one prunes most; False after the last."""
    rival = int(frames.rival[place])
    while frames.tried[place, _REPLY] < 4:
        k = int(frames.tried[place, _REPLY])
        frames.tried[place, _REPLY] += 1
        reply = int(frames.usual[place, _REPLY]) ^ k
        if rival == NOBODY:
            return k == 0
        if k == 0 or _free(games, layout, place, rival, reply):
            games.snakes[place, rival, MOVE] = reply
            return True
    return False


@lean
def _next_move(games: Games, layout: Layout, s: int, place: int, frames: Frames) -> bool:
    """Take up the next own move, straight on first; False after the last."""
    while frames.tried[place, _OWN] < 4:
        move = int(frames.usual[place, _OWN]) ^ int(frames.tried[place, _OWN])
        frames.tried[place, _OWN] += 1
        if _free(games, layout, place, s, move):
            _take_up(games, s, place, move, frames)
            return True
    return False


@lean
def _take_up(games: Games, s: int, place: int, move: int, frames: Frames) -> None:
    games.snakes[place, s, MOVE] = move
    frames.tried[place, _REPLY] = 0
    frames.bounds[place, _WORST] = _INFINITE


@inlined
def _free(games: Games, layout: Layout, place: int, s: int, move: int) -> bool:
    """Whether a move of `s` runs into nothing that is there now."""
    cell = layout.neighbours[segment(games, layout, place, s, 0), move]
    return games.grids[place, COVERED, cell] == 0  # type: ignore[no-any-return]  # a bool of the array's own kind


@lean
def _ended(games: Games, layout: Layout, s: int, place: int) -> float:
    """Worth of a game that ended for `s` after `place` turns, 0 where it goes on."""
    if not games.snakes[place, s, ALIVE]:
        if games.facts[place, LIVING] == 0 and layout.snakes > 1:
            return DRAWN
        return LOST + TURN_LATER * (place - 1)
    return WON - TURN_LATER * place if games.facts[place, OVER] else 0.0
