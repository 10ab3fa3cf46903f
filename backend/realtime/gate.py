"""Between Engine.IO and the handlers: what a client sends costs little, is answered, and must not come too often."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import socketio.packet
from pydantic import BaseModel

from backend.errors import BadRequestError, RateLimitedError
from backend.realtime.messages import Message
from backend.realtime.outbox import Outbox
from python_training.contracts.config import validate
from python_training.contracts.errors import PaddockError, UnknownNameError

log = logging.getLogger("paddock.realtime")

MAX_AT_ONCE = 4
"""Commands of one connection that may wait for their answer at once."""

LOOK_FOR_ROOM_S = 0.05

_ASKED = re.compile(r"2(?:/,)?(\d{0,15})\[")
"""How an event begins; the number is the one under which the client expects an answer."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What an event is acknowledged with, and what is done once that is on its way."""

    data: dict[str, Any]
    then: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class Handling:
    """How one event is handled.

    `handle(sid, address, asked)` runs where the client's packets are read, so that the next ones wait for it, unless it
    `waits` for others.
    """

    model: type[BaseModel]
    handle: Callable[[str, str, Any], Reply]
    waits: Callable[[Any], bool] = lambda _asked: False


@dataclass(frozen=True, slots=True)
class Limits:
    """How often a client may do things. Each is called with whose doing it is, and raises RateLimitedError.

    Attributes:
        packets: by connection; each message, before it is even decoded.
        frames: by connection; each frame of the transport that is no message.
        refusals: by connection; each packet that was refused. One too many ends the connection.
        joins: by connection; each join and watch.
        joins_of_address: by address, the same.
        commands: by address; each command.
        inputs: by address; each input to a game.
    """

    packets: Callable[[str], None]
    frames: Callable[[str], None]
    refusals: Callable[[str], None]
    joins: Callable[[str], None]
    joins_of_address: Callable[[str], None]
    commands: Callable[[str], None]
    inputs: Callable[[str], None]


class Server(Protocol):
    """What of socketio.Server is used; it ships no types."""

    eio: Any
    manager: Any

    def start_background_task(self, target: Callable[..., Any], *args: Any) -> Any:
        """Run a function in the background."""

    def sleep(self, seconds: float) -> Any:
        """Wait without keeping others from running."""


@dataclass(slots=True)
class _Connection:
    """One connection, and the commands of it that wait for an answer."""

    id: str
    address: str
    socket: Any  # engineio.Socket
    busy: int = 0

    @property
    def outbox(self) -> Outbox:
        """What waits for the client."""
        outbox: Outbox = self.socket.queue
        return outbox


class Gate:
    """Takes packets in place of Socket.IO, which would start a task for each, however many and whatever is in them.

    Every event is answered: by its handler, or with `{ok: false, state: "refused", message, error}`; an event that
    expects no answer is refused by the message `refused {event?, error}`. A client that does not read its answers is
    not read either until it does. One that is refused time and again is disconnected, and nobody else.
    """

    def __init__(
        self,
        server: Server,
        handlings: dict[str, Handling],
        limits: Limits,
        *,
        queue_bytes: int,
        max_connections: int,
    ) -> None:
        self._server = server
        self._handlings = handlings
        self._limits = limits
        self._queue_bytes = queue_bytes
        self._max_connections = max_connections
        self._connections: dict[str, _Connection] = {}
        self._of_address: Counter[str] = Counter()
        self._connect = server.eio.handlers["connect"]
        self._message = server.eio.handlers["message"]
        self._disconnect = server.eio.handlers["disconnect"]
        server.eio.on("connect", self.connect)
        server.eio.on("message", self.receive)
        server.eio.on("disconnect", self.disconnect)

    def outbox(self, sid: str) -> Outbox:
        """The queue of the connection that carries a Socket.IO client."""
        return self._connections[self._server.manager.eio_sid_from_sid(sid, "/")].outbox

    def connect(self, id: str, environ: dict[str, Any]) -> Any:
        """Admit a connection, unless its address has too many."""
        address = environ.get("REMOTE_ADDR") or "unknown"
        if self._of_address[address] >= self._max_connections:
            return f"More than {self._max_connections} connections from {address}."
        connection = _Connection(id, address, self._server.eio.sockets[id])
        connection.outbox.bind(lambda: connection.socket.upgraded)
        self._connections[id] = connection
        self._of_address[address] += 1
        return self._connect(id, environ)

    def disconnect(self, id: str, reason: str) -> None:
        """Forget a connection with all that waits for it."""
        connection = self._connections.pop(id, None)
        if connection is None:
            return
        self._of_address[connection.address] -= 1
        if not self._of_address[connection.address]:
            del self._of_address[connection.address]
        self._disconnect(id, reason)
        if reason == self._server.eio.reason.PING_TIMEOUT:
            connection.outbox.clear()
            connection.outbox.abort()  # its writer may wait for a client that reads nothing

    def receive(self, id: str, packet: str | bytes) -> None:
        """Handle one packet, or refuse it."""
        connection = self._connections.get(id)
        if connection is None or connection.socket.closed:
            return
        asked = _ASKED.match(packet) if isinstance(packet, str) else None
        number = int(asked[1]) if asked and asked[1] else None
        try:
            self._limits.packets(id)
            if isinstance(packet, str) and packet[:1] in ("0", "1"):
                self._message(id, packet)  # into the namespace, and out of it
            elif isinstance(packet, str) and packet[:1] == "3":
                pass  # nothing that is sent asks for an acknowledgement
            else:
                self._event(connection, number, _decoded(packet))
        except (PaddockError, _MalformedError) as error:
            self._refuse(connection, number, error)
        except Exception:
            log.exception("A packet could not be handled.")
            self._refuse(connection, number, PaddockError("This failed; the server's log has the reason."))
        self._server.sleep(0)  # a client's packets that have arrived already are not taken in one go

    def _event(self, connection: _Connection, number: int | None, data: list[Any]) -> None:
        name, arguments = data[0], data[1:]
        sid = self._server.manager.sid_from_eio_sid(connection.id, "/")
        if sid is None or not self._server.manager.is_connected(sid, "/"):
            raise BadRequestError("Connect to the namespace / first.")
        handling = self._handlings.get(name)
        if handling is None:
            raise UnknownNameError.among("event", name[:100], self._handlings, field="event")
        if len(arguments) > 1:
            raise BadRequestError(f"{name} has one argument, got {len(arguments)}.")
        asked = validate(handling.model, arguments[0] if arguments else None)
        if not handling.waits(asked):
            self._handle(connection, number, handling, sid, asked)
            return
        if connection.busy >= MAX_AT_ONCE:
            raise RateLimitedError(f"{MAX_AT_ONCE} commands of yours wait for their answer.", retry_after_s=1.0)
        connection.busy += 1

        def handle_and_answer() -> None:
            try:
                self._handle(connection, number, handling, sid, asked)
            except RateLimitedError as error:
                self._refuse(connection, number, error)
            except Exception:
                log.exception("An event could not be handled.")
                self._refuse(connection, number, PaddockError("This failed; the server's log has the reason."))
            finally:
                connection.busy -= 1

        self._server.start_background_task(handle_and_answer)

    def _handle(self, connection: _Connection, number: int | None, handling: Handling, sid: str, asked: Any) -> None:
        try:
            reply = handling.handle(sid, connection.address, asked)
        except RateLimitedError:
            raise
        except PaddockError as error:
            self._tell_refusal(connection, number, error)
            return
        if number is not None:
            self._answer(connection, number, reply.data)
        reply.then()

    def _answer(self, connection: _Connection, number: int, data: dict[str, Any]) -> None:
        """Acknowledge an event; waits while the client does not read."""
        message = Message.acknowledgement(number, data)
        while connection.outbox.bytes + message.bytes > self._queue_bytes and not connection.socket.closed:
            self._server.sleep(LOOK_FOR_ROOM_S)
        if not connection.socket.closed:
            connection.outbox.put(message)

    def _refuse(self, connection: _Connection, number: int | None, error: PaddockError) -> None:
        try:
            self._limits.refusals(connection.id)
        except RateLimitedError:
            log.info("A client at %s is disconnected: it was refused time and again.", connection.address)
            self._server.start_background_task(self._end, connection, error)
            return
        self._tell_refusal(connection, number, error)

    def _tell_refusal(self, connection: _Connection, number: int | None, error: PaddockError) -> None:
        if number is not None:
            self._answer(connection, number, refusal(error))
        elif connection.outbox.bytes < self._queue_bytes // 2:
            connection.outbox.put(Message.event("refused", {"error": error.to_dict()}))

    def _end(self, connection: _Connection, error: PaddockError) -> None:
        """Say why, if the client listens, and cut it off."""
        connection.outbox.put(Message.event("refused", {"error": error.to_dict()}))
        connection.socket.close(wait=False, reason=self._server.eio.reason.SERVER_DISCONNECT)
        connection.outbox.join()
        connection.outbox.clear()
        connection.outbox.abort()


class _MalformedError(BadRequestError):
    """A packet that is no Socket.IO event."""

    code = "malformed"


def refusal(error: PaddockError) -> dict[str, Any]:
    """The acknowledgement of what was refused."""
    return {"ok": False, "state": "refused", "message": error.message, "error": error.to_dict()}


def _decoded(packet: str | bytes) -> list[Any]:
    """Name and arguments of an event; raises _MalformedError."""
    if not isinstance(packet, str) or packet[:1] != "2":
        raise _MalformedError("Expected a Socket.IO event without binary parts.")
    try:
        decoded = socketio.packet.Packet(encoded_packet=packet)
    except (ValueError, RecursionError) as error:
        raise _MalformedError("The event is not JSON, or nested too deep.") from error
    if decoded.namespace not in (None, "/"):
        raise _MalformedError("There is only the namespace /.")
    data = decoded.data
    if not isinstance(data, list) or not data or not isinstance(data[0], str):
        raise _MalformedError("Expected a list that begins with the event's name.")
    return data
