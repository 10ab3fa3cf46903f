"""Games in which servers elsewhere take part: many at the same time, stepped turn by turn by our engine.

All requests of a turn go out together, as in the official engine. The players that play here decide in threads, so that
no server waits for them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from python_training.simulators.battlesnake.config import BattlesnakeConfig
from python_training.simulators.battlesnake.heuristic.sight import scratch
from python_training.simulators.battlesnake.play.games import decide_one
from python_training.simulators.battlesnake.play.matches import Results, results_of
from python_training.simulators.battlesnake.players.players import SCRIPTED, Player, tables
from python_training.simulators.battlesnake.remote.client import SnakeClient
from python_training.simulators.battlesnake.remote.contact import Contact
from python_training.simulators.battlesnake.remote.documents import game_names
from python_training.simulators.battlesnake.remote.game import RemoteGame
from python_training.simulators.battlesnake.remote.players import RemotePlayer
from python_training.simulators.battlesnake.rules.layout import layout
from python_training.simulators.battlesnake.rules.state import ALIVE, BY, CAUSE, DIED, LENGTH, TURN, allocate

_STAND_IN = SCRIPTED["random-safe"]
"""Fills the row of whoever plays elsewhere; its moves are overwritten by the answers."""


class RemoteMatches:
    """The games of one call, and what came of those that are over."""

    def __init__(
        self,
        config: BattlesnakeConfig,
        players: Sequence[Player | RemotePlayer],
        seats: NDArray[np.int64],
        seeds: NDArray[np.int64],
        contacts: Mapping[str, Contact],
        *,
        timeout_ms: int,
    ) -> None:
        """As `matches.play` takes them, with servers among the players.

        Args:
            config: of all games.
            players: who takes part.
            seats: (G, S) index into `players` of who sits where.
            seeds: (G,) from 0 to 2**63 - 1.
            contacts: notes how each server answered; has an entry for each one's name.
            timeout_ms: how long a server has for a move, the way there and back included.
        """
        self._config = config
        self._players = players
        self._seats = np.ascontiguousarray(seats, dtype=np.int64)
        self._seeds = seeds
        self._contacts = contacts
        self._timeout_ms = timeout_ms
        self._table = layout(config, seats.shape[1])
        self._policies, self._parameters = tables(
            [_STAND_IN if isinstance(player, RemotePlayer) else player for player in players]
        )
        self._turns = np.zeros(len(seeds), dtype=np.int32)
        self._fates = np.zeros((*seats.shape, 5), dtype=np.int32)

    def play(self, *, threads: int, at_once: int) -> Results:
        """Play them all, `at_once` at the same time; raises RemoteError if a server does not introduce itself first."""
        asyncio.run(self._play(threads, at_once))
        return results_of(self._turns, self._fates)

    async def _play(self, threads: int, at_once: int) -> None:
        pending = iter(range(len(self._seeds)))
        with ThreadPoolExecutor(threads, "players") as pool:
            async with SnakeClient(self._timeout_ms / 1000) as client:
                for player in self._players:
                    if isinstance(player, RemotePlayer):
                        await client.introduce(player)
                async with asyncio.TaskGroup() as group:
                    for _ in range(min(at_once, len(self._seeds))):
                        group.create_task(self._play_some(pending, client, pool))

    async def _play_some(self, pending: Iterator[int], client: SnakeClient, pool: ThreadPoolExecutor) -> None:
        """Play games one after the other until none is left."""
        loop = asyncio.get_running_loop()
        games, memory = allocate(1, self._table), scratch(self._table)
        for k in pending:
            seats = self._seats[k]
            sitting = [self._players[player] for player in seats]
            elsewhere = {s: player for s, player in enumerate(sitting) if isinstance(player, RemotePlayer)}
            named = game_names(self._config, [player.name for player in sitting], int(self._seeds[k]), self._timeout_ms)
            turn = (games, self._table, 0, seats, self._policies, self._parameters, memory)

            async def decide(turn: tuple[object, ...] = turn) -> None:
                await loop.run_in_executor(pool, decide_one, *turn)

            await RemoteGame(self._table, named, elsewhere, self._contacts, client).play(
                games, int(self._seeds[k]), decide
            )
            self._turns[k] = games.facts[0, TURN]
            self._fates[k] = games.snakes[0][:, (ALIVE, CAUSE, BY, DIED, LENGTH)]
