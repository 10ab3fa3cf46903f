"""Trying moves out in spare games: a copy of a position, and where the others will probably go, compiled."""

from __future__ import annotations

from python_training.compiled.kernel import lean
from python_training.simulators.battlesnake.heuristic.astar import steps_between
from python_training.simulators.battlesnake.rules.layout import Layout
from python_training.simulators.battlesnake.rules.rules import play_turn, segment
from python_training.simulators.battlesnake.rules.state import ALIVE, COVERED, FOOD, HEAD, LENGTH, MOVE, NOBODY, Games

_RISK, _OPENING, _MEAL = 8, 2, 1
"""What a usual move is judged by: price of a head that would win, worth of a free cell beyond, worth of food."""


@lean
def copy_game(source: Games, g: int, target: Games, place: int, layout: Layout) -> None:
    """Make game `place` of `target` what game `g` of `source` is, all but its random streams.

    Who tries moves out must not see what the game will draw.
    """
    for grid in range(source.grids.shape[1]):
        for cell in range(source.grids.shape[2]):
            target.grids[place, grid, cell] = source.grids[g, grid, cell]
    for fact in range(source.facts.shape[1]):
        target.facts[place, fact] = source.facts[g, fact]
    mask = layout.ring - 1
    for s in range(layout.snakes):
        for column in range(source.snakes.shape[2]):
            target.snakes[place, s, column] = source.snakes[g, s, column]
        if source.snakes[g, s, ALIVE]:
            head = source.snakes[g, s, HEAD]
            for i in range(source.snakes[g, s, LENGTH]):
                target.bodies[place, s, (head + i) & mask] = source.bodies[g, s, (head + i) & mask]


@lean
def play_out(games: Games, layout: Layout, g: int) -> None:
    """Apply the rules to game `g` once. Not part of its callers as `rules.play_turn` is: that took long to compile."""
    play_turn(games, layout, g)


@lean
def expect_moves(games: Games, layout: Layout, g: int, s: int) -> None:
    """Let every living snake but `s` intend its usual move (`usual_move`)."""
    for other in range(layout.snakes):
        if other != s and games.snakes[g, other, ALIVE]:
            games.snakes[g, other, MOVE] = usual_move(games, layout, g, other)


@lean
def usual_move(games: Games, layout: Layout, g: int, s: int) -> int:
    """What a careful snake does without much thought: away from heads that would win, to open cells, to food beside it.

    Of moves equally good the first; up where every move hits something.
    """
    head, length = segment(games, layout, g, s, 0), games.snakes[g, s, LENGTH]
    best, most, up = NOBODY, 0, 0
    for move in range(4):
        cell = layout.neighbours[head, move]
        if games.grids[g, COVERED, cell] > 0:
            continue
        worth = _MEAL if games.grids[g, FOOD, cell] > 0 else 0
        for beyond in range(4):
            if games.grids[g, COVERED, layout.neighbours[cell, beyond]] == 0:
                worth += _OPENING
        for other in range(layout.snakes):
            if other != s and games.snakes[g, other, ALIVE] and games.snakes[g, other, LENGTH] >= length:
                near = steps_between(layout, segment(games, layout, g, other, 0), cell) == 1
                worth -= _RISK * near
        if best == NOBODY or worth > most:
            best, most = move, worth
    return up if best == NOBODY else best


@lean
def nearest_rival(games: Games, layout: Layout, g: int, s: int, reach: int) -> int:
    """The living snake whose head is nearest to that of `s`, NOBODY where none is within `reach` steps."""
    head, rival, fewest = segment(games, layout, g, s, 0), NOBODY, reach + 1
    for other in range(layout.snakes):
        if other != s and games.snakes[g, other, ALIVE]:
            steps = steps_between(layout, head, segment(games, layout, g, other, 0))
            if steps < fewest:
                rival, fewest = other, steps
    return rival
