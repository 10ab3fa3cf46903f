"""Many games at once over threads; what came of them does not depend on how many."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from python_training.simulators.battlesnake.config import BattlesnakeConfig
from python_training.simulators.battlesnake.heuristic.sight import scratch
from python_training.simulators.battlesnake.play.games import play_games
from python_training.simulators.battlesnake.players.players import Player, tables
from python_training.simulators.battlesnake.rules.layout import layout
from python_training.simulators.battlesnake.rules.state import allocate

_CHUNKS_EACH, _LARGEST_CHUNK = 16, 1024
"""A thread takes so many chunks of games, one after the other: the last ones end at about the same time, and the GIL,
needed for the hand-over, is hardly ever wanted by two at once.
"""


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
    chunk = min(max(len(seeds) // (threads * _CHUNKS_EACH), 1), _LARGEST_CHUNK)
    begins = iter(range(0, len(seeds), chunk))  # whichever thread is free takes the next; taking one is atomic

    def work(_: int) -> None:
        games, memory = allocate(1, table), scratch(table)
        for begin in begins:
            span = slice(begin, begin + chunk)
            play_games(games, table, seats[span], seeds[span], policies, parameters, memory, turns[span], fates[span])

    if threads == 1:
        work(0)
    else:
        with ThreadPoolExecutor(threads, thread_name_prefix="games") as pool:
            list(pool.map(work, range(threads)))
    return results_of(turns, fates)
