"""Asks servers for moves and trusts nothing that they answer.

Redirects are not followed, no cookies are kept, no proxies of the environment used, nothing is decompressed, and an
answer has a greatest size. What the official engine takes for no move (any status but 200, what Go takes for no JSON,
another word than a move, a shout that is no text) is none here either.
"""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Literal, Self

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from python_training.contracts.errors import PaddockError
from python_training.policy import Policy, in_force
from python_training.policy.addresses import permitted
from python_training.simulators.battlesnake.remote.go_json import NoText, Value, read_object
from python_training.simulators.battlesnake.remote.players import RemotePlayer
from python_training.simulators.battlesnake.rules.modes import MOVES

MAX_ANSWER_BYTES: Final = 65_536
_HEADERS: Final = {"Content-Type": "application/json", "Accept": "application/json", "Accept-Encoding": "identity"}
_CONNECT_S: Final = 5.0
"""For an introduction; moves have the game's own timeout."""

Fault = Literal["", "timeout", "error"]


class RemoteError(PaddockError):
    """There is no Battlesnake at a URL."""

    code = "remote_player"


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of asking for a move.

    Attributes:
        move: the move, "" if there was none.
        seconds: until the answer was read, or given up.
        fault: why there is no move.
        message: the fault in words.
    """

    move: str
    seconds: float
    fault: Fault = ""
    message: str = ""


class SnakeClient:
    """Talks to any number of servers at the same time; used as `async with`, within one event loop."""

    def __init__(self, timeout_s: float) -> None:
        self._timeout_s = timeout_s

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, resolver=_Resolver(in_force())),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers=_HEADERS,
            timeout=aiohttp.ClientTimeout(total=None),
            auto_decompress=False,
            trust_env=False,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def introduce(self, player: RemotePlayer) -> Mapping[str, Value]:
        """What GET / says of a snake; raises RemoteError unless it speaks version 1 of the API."""
        try:
            async with asyncio.timeout(_CONNECT_S):
                told = await self._ask("GET", f"{player.name}/", None)
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
            raise RemoteError(f"No Battlesnake answers at {player.name}: {_words(error)}.", field="player") from None
        version = told.get("apiversion", "")
        if version not in ("1", NoText("1")):
            raise RemoteError(f'{player.name}: expected apiversion "1", got {_shown(version)}.', field="player")
        return told

    async def move(self, player: RemotePlayer, body: bytes) -> Reply:
        """Ask for a move; whatever happens is told by the reply."""
        began = time.perf_counter()
        fault: Fault = "error"
        try:
            async with asyncio.timeout(self._timeout_s):
                told = await self._ask("POST", f"{player.name}/move", body)
            move, shout = told.get("move", ""), told.get("shout", "")
            if isinstance(move, str) and move in MOVES and isinstance(shout, str):
                return Reply(move, time.perf_counter() - began)
            wrong = move if isinstance(shout, str) else shout
            message = f"expected {'a move' if wrong is move else 'a text as shout'}, got {_shown(wrong)}"
        except TimeoutError:
            fault, message = "timeout", f"no answer within {self._timeout_s:g} s"
        except (aiohttp.ClientError, OSError, ValueError) as error:
            message = _words(error)
        return Reply("", time.perf_counter() - began, fault, message)

    async def tell(self, player: RemotePlayer, what: Literal["start", "end"], body: bytes) -> None:
        """Tell of a game's start or end; as in the official engine, what is answered does not matter."""
        try:
            async with asyncio.timeout(self._timeout_s), self._request("POST", f"{player.name}/{what}", body):
                pass
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError):
            pass

    async def _ask(self, method: str, url: str, body: bytes | None) -> Mapping[str, Value]:
        """The JSON object that is answered, as Go reads it; raises ValueError for anything else."""
        async with self._request(method, url, body) as response:
            if response.status != 200:
                raise ValueError(f"status {response.status}")
            text = bytearray()
            async for chunk in response.content.iter_any():
                text += chunk
                if len(text) > MAX_ANSWER_BYTES:
                    raise ValueError(f"an answer of more than {MAX_ANSWER_BYTES:,} bytes")
        return read_object(bytes(text))

    def _request(self, method: str, url: str, body: bytes | None) -> Any:
        return self._session.request(method, url, data=body, allow_redirects=False)


class _Resolver(AbstractResolver):
    """Finds hosts as the system does, and leaves out where the policy does not let a host's name lead."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._system = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """As AbstractResolver; raises OSError for a host that leads nowhere else."""
        found = await self._system.resolve(host, port, family)
        if self._policy.unrestricted:
            return found
        usable = set(permitted(host, (each["host"] for each in found), self._policy.networks))
        if not usable:
            raise OSError(None, f"{host} leads into a private network that is not allowed")
        return [each for each in found if each["host"] in usable]

    async def close(self) -> None:
        """Release the system's resolver."""
        await self._system.close()


def _shown(value: Value) -> str:
    return (value.source if isinstance(value, NoText) else json.dumps(value))[:80]


def _words(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, aiohttp.ClientConnectorError):
        return error.strerror or str(error.os_error)
    return str(error)[:200] or type(error).__name__
