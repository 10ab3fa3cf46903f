"""N games as a few flat arrays. A game is one index into each, so copying it copies four slices."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray

from python_training.simulators.battlesnake.rules.layout import Layout

HEAD, LENGTH, HEALTH, ALIVE, MOVE, CAUSE, BY, DIED = range(8)
"""Columns of `Games.snakes`."""
TURN, LIVING, FOOD_LEFT, OVER, SHRINKS, LOW_X, HIGH_X, LOW_Y, HIGH_Y, EPISODE = range(10)
"""Columns of `Games.facts`."""
COVERED, FOOD, HAZARDS = range(3)
"""Grids of `Games.grids`."""
MAP_STREAM, HAZARD_STREAM, FIRST_SNAKE_STREAM = range(3)
"""Rows of a game's `Games.rng`."""
OFF_BOARD_COVER = 1_000
NOBODY = -1
_CACHE_LINE = 64


class Games(NamedTuple):
    """N games of one layout. Everything that the future depends on is here.

    Attributes:
        bodies: (N, snakes, ring) int16, cells of the segments; segment i lies at [(head + i) & (ring - 1)].
        snakes: (N, snakes, 8) int32. HEAD is the place of the first segment in the ring; LENGTH, HEALTH; ALIVE 0 or 1;
            MOVE the number of the move to make; CAUSE of death (0 while alive); BY whom, by seat (NOBODY); DIED in
            which turn.
        grids: (N, 3, cells + 1) int16. COVERED counts the segments of living bodies on a cell without each body's last
            one (the cell that the tail leaves this turn), FOOD and HAZARDS how often each lies there.
        facts: (N, 10) int32. TURN, LIVING snakes, FOOD_LEFT on the board, OVER 0 or 1, SHRINKS of the hazards so far
            and the rectangle LOW_X ... HIGH_Y that they leave, EPISODE counts games played in this place.
        rng: (N, 2 + snakes, 4) int64: MAP_STREAM places snakes and food, HAZARD_STREAM hazards, then one for each
            snake's own draws; see `generator`.
    """

    bodies: NDArray[np.int16]
    snakes: NDArray[np.int32]
    grids: NDArray[np.int16]
    facts: NDArray[np.int32]
    rng: NDArray[np.int64]


def zeros(shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
    """Zeros on cache lines of their own.

    A game's facts are 40 bytes, and a turn takes a fraction of a microsecond: threads whose arrays share a line would
    spend it taking the line from each other's core.
    """
    size = math.prod(shape) * np.dtype(dtype).itemsize
    lines = np.zeros(-size % _CACHE_LINE + size + _CACHE_LINE, dtype=np.uint8)
    begin = -lines.ctypes.data % _CACHE_LINE
    return lines[begin : begin + size].view(dtype).reshape(shape)


def allocate(count: int, layout: Layout) -> Games:
    """Room for `count` games; all of it zero but the cover off the board."""
    games = Games(
        bodies=zeros((count, layout.snakes, layout.ring), np.int16),
        snakes=zeros((count, layout.snakes, 8), np.int32),
        grids=zeros((count, 3, layout.cells + 1), np.int16),
        facts=zeros((count, 10), np.int32),
        rng=zeros((count, FIRST_SNAKE_STREAM + layout.snakes, 4), np.int64),
    )
    games.grids[:, COVERED, layout.cells] = OFF_BOARD_COVER
    return games
