"""Random-safe: any move that does not run into a wall or a body."""

from __future__ import annotations

from python_training.compiled.generator import integer
from python_training.compiled.kernel import inlined
from python_training.simulators.battlesnake.rules.layout import Layout
from python_training.simulators.battlesnake.rules.rules import segment
from python_training.simulators.battlesnake.rules.state import COVERED, FIRST_SNAKE_STREAM, Games

UP = 0


@inlined
def random_safe(games: Games, layout: Layout, g: int, s: int) -> int:
    """Evenly one of the moves to cells on the board that no living body covers, tails excepted; else up."""
    head = segment(games, layout, g, s, 0)
    safe, count = 0, 0
    for move in range(4):
        if games.grids[g, COVERED, layout.neighbours[head, move]] == 0:
            safe |= move << (2 * count)
            count += 1
    if count == 0:
        return UP
    return (safe >> (2 * integer(games.rng[g, FIRST_SNAKE_STREAM + s], count))) & 3
