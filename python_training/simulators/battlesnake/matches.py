"""Many games at once over threads; what came of them does not depend on how many."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from python_training.simulators.battlesnake.config import BattlesnakeConfig
from python_training.simulators.battlesnake.games import play_games
from python_training.simulators.battlesnake.layout import Layout, layout
from python_training.simulators.battlesnake.players import Player, tables
from python_training.simulators.battlesnake.sight import scratch
from python_training.simulators.battlesnake.state import allocate

_CHUNK = 64
"""Games that a thread takes at a time: few enough that no thread waits long for the last one."""


@dataclass(frozen=True, slots=True)
class Results:
    """What came of G games of S snakes.

    Attributes:
        turns: (G,) int32, how long each lasted.
        alive: (G, S) bool, who lived at the end.
        cause: (G, S) int32, index into `modes.CAUSES`.
        by: (G, S) int32, the seat that a death is credited to, -1 for nobody.
        died: (G, S) int32, the turn of death.
        length: (G, S) int32, segments at the end, or at death.
    """

    turns: NDArray[np.int32]
    alive: NDArray[np.bool_]
    cause: NDArray[np.int32]
    by: NDArray[np.int32]
    died: NDArray[np.int32]
    length: NDArray[np.int32]

    @property
    def winner(self) -> NDArray[np.int64]:
        """(G,) the only seat alive at the end, -1 for a draw."""
        return np.where(self.alive.sum(axis=1) == 1, self.alive.argmax(axis=1), -1)


def results_of(turns: NDArray[np.int32], fates: NDArray[np.int32]) -> Results:
    """What the columns of `fates` (see `games.play_games`) say."""
    return Results(turns, fates[:, :, 0] > 0, *(fates[:, :, column] for column in range(1, 5)))


def play(
    config: BattlesnakeConfig,
    players: Sequence[Player],
    seats: NDArray[np.int64],
    seeds: NDArray[np.int64],
    *,
    threads: int = 1,
) -> Results:
    """Play one game for each seed.

    Args:
        config: of all games; its opponents and rewards are not looked at.
        players: who takes part.
        seats: (G, S) index into `players` of who sits where.
        seeds: (G,) from 0 to 2**63 - 1.
        threads: how many cores to use.
    """
    table = layout(config, seats.shape[1])
    policies, parameters = tables(players)
    turns = np.zeros(len(seeds), dtype=np.int32)
    fates = np.zeros((*seats.shape, 5), dtype=np.int32)
    seats, seeds = np.ascontiguousarray(seats, dtype=np.int64), np.ascontiguousarray(seeds, dtype=np.int64)

    def work(begin: int) -> None:
        span = slice(begin, begin + _CHUNK)
        _play_span(table, policies, parameters, seats[span], seeds[span], turns[span], fates[span])

    begins = range(0, len(seeds), _CHUNK)
    if threads == 1:
        for begin in begins:
            work(begin)
    else:
        with ThreadPoolExecutor(threads, thread_name_prefix="games") as pool:
            list(pool.map(work, begins))
    return results_of(turns, fates)


def _play_span(
    table: Layout,
    policies: NDArray[np.int64],
    parameters: NDArray[np.float64],
    seats: NDArray[np.int64],
    seeds: NDArray[np.int64],
    turns: NDArray[np.int32],
    fates: NDArray[np.int32],
) -> None:
    play_games(allocate(1, table), table, seats, seeds, policies, parameters, scratch(table), turns, fates)
