"""One game in which some seats are played elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final, Literal

from python_training.simulators.battlesnake.remote.client import Reply, SnakeClient
from python_training.simulators.battlesnake.remote.contact import Contact
from python_training.simulators.battlesnake.remote.documents import GameNames, documents
from python_training.simulators.battlesnake.remote.players import RemotePlayer
from python_training.simulators.battlesnake.rules.engine import start_one, turn_one, update_one
from python_training.simulators.battlesnake.rules.layout import Layout
from python_training.simulators.battlesnake.rules.modes import MOVES
from python_training.simulators.battlesnake.rules.state import ALIVE, MOVE, OVER, TURN, Games

FIRST_MOVE: Final = MOVES.index("up")
"""What a snake does that never answered."""


class RemoteGame:
    """Steps a game turn by turn; a snake without a valid answer in time repeats its last move, at first up."""

    def __init__(
        self,
        layout: Layout,
        named: GameNames,
        elsewhere: Mapping[int, RemotePlayer],
        contacts: Mapping[str, Contact],
        client: SnakeClient,
    ) -> None:
        """Of the layout and names given; `elsewhere` says by seat who is asked, `contacts` notes how it answered."""
        self._layout = layout
        self._named = named
        self._elsewhere = elsewhere
        self._contacts = contacts
        self._client = client
        self._last_moves = dict.fromkeys(elsewhere, FIRST_MOVE)
        self._latencies_ms = [0] * layout.snakes

    async def play(self, games: Games, seed: int, decide: Callable[[], Awaitable[object]]) -> None:
        """Play the game of `seed` to its end in place 0 of `games`; `decide` fills the moves of those who play here."""
        start_one(games, self._layout, 0, seed)
        await self._tell_all(games, "start")
        facts = games.facts[0]
        while not facts[OVER] and facts[TURN] < self._layout.max_turns:
            asked = [s for s in self._elsewhere if games.snakes[0, s, ALIVE]]
            requests = self._documents(games, asked)
            replies = [self._client.move(self._elsewhere[s], body) for s, body in zip(asked, requests, strict=True)]
            _, answered = await asyncio.gather(decide(), asyncio.gather(*replies))
            for s, reply in zip(asked, answered, strict=True):
                games.snakes[0, s, MOVE] = self._taken(s, reply)
            turn_one(games, self._layout, 0)
            update_one(games, self._layout, 0)
        await self._tell_all(games, "end")

    def _taken(self, s: int, reply: Reply) -> int:
        """Note a reply; returns the number of the move that it comes to."""
        contact = self._contacts[self._elsewhere[s].name]
        contact.moves += 1
        if reply.fault == "timeout":
            contact.timeouts += 1
        elif reply.fault == "error":
            contact.errors += 1
            contact.last_error = reply.message
        if not reply.fault:
            contact.seconds.append(reply.seconds)
            self._last_moves[s] = MOVES.index(reply.move)
        self._latencies_ms[s] = max(1, round(1000 * reply.seconds))
        return self._last_moves[s]

    async def _tell_all(self, games: Games, what: Literal["start", "end"]) -> None:
        seats = list(self._elsewhere)
        bodies = self._documents(games, seats)
        told = (self._client.tell(self._elsewhere[s], what, body) for s, body in zip(seats, bodies, strict=True))
        await asyncio.gather(*told)

    def _documents(self, games: Games, seats: Sequence[int]) -> list[bytes]:
        return documents(games, self._layout, self._named, seats, self._latencies_ms)
