"""WebSockets as Engine.IO is to use them: frames that are encoded once for all clients, and nothing without a bound."""

from __future__ import annotations

import contextlib
import queue
import socket
from collections.abc import Callable
from typing import Any

from backend.realtime.messages import Frames
from backend.realtime.outbox import Outbox

NOT_SOCKET_IO = "47"
"""Stands for a message that is no Socket.IO packet, which Engine.IO would try to read as JSON: there is no type 7."""


def install(engine: Any, max_message_bytes: int, limit_frames: Callable[[str], None]) -> None:
    """Let an engineio.Server carry its connections so.

    Args:
        engine: the server; nobody may have connected yet.
        max_message_bytes: what a client may send at once, in however many fragments.
        limit_frames: called with a connection's id for each frame that is no message; raises when there are too many.
    """
    driver = engine._async["websocket"]

    class _WebSocket:
        """What Engine.IO calls with a request that becomes a WebSocket."""

        def __init__(self, handler: Callable[[Any], Any], server: Any) -> None:
            self._handler = handler
            self._connection: Any = handler.__self__  # type: ignore[attr-defined]  # a method of engineio.Socket
            self._carried = driver(self._serve, server)

        def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
            # Compression would be done anew for every client, and keep 300 KB for each.
            environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
            return self._carried(environ, start_response)

        def _serve(self, carrier: Any) -> Any:
            peer = _Peer(carrier, self._connection, max_message_bytes, limit_frames)
            return self._handler(peer)

    # Engine.IO has no other way to be given a queue and a WebSocket class.
    engine._async = {**engine._async, "queue": Outbox, "queue_empty": queue.Empty, "websocket": _WebSocket}


class _Peer:
    """The other side of one WebSocket, as Engine.IO's handler uses it."""

    def __init__(
        self, carrier: Any, connection: Any, max_message_bytes: int, limit_frames: Callable[[str], None]
    ) -> None:
        self._carrier = carrier
        self._connection = connection
        self._limit_frames = limit_frames
        self.socket = carrier.socket if hasattr(carrier, "socket") else carrier.ws.sock
        if hasattr(carrier, "Message"):  # eventlet's; simple_websocket counts by itself
            carrier.Message = _bounded(carrier.Message, max_message_bytes)
        else:
            carrier.ws.max_message_size = max_message_bytes
        connection.queue.abort = self._abort

    def wait(self) -> str | bytes | None:
        """The next packet; None once the connection has ended, or when it is not what a client may send."""
        while True:
            try:
                packet: str | bytes | None = self._carrier.wait()
            except (OSError, ValueError):
                return None
            if not packet or isinstance(packet, bytes):
                return packet or None
            if packet[0] == "4":
                return packet if packet[1:2].isdigit() else NOT_SOCKET_IO
            try:
                self._limit_frames(self._connection.sid)
            except Exception:
                return None
            # "1" close and "3" pong; to probe and to upgrade only makes sense before it is done.
            if packet[0] in "13" or (packet[0] in "25" and not self._connection.upgraded):
                return packet

    def send(self, packet: str | bytes) -> None:
        """Write a packet, or frames as they are."""
        if not isinstance(packet, Frames):
            self._carrier.send(packet)
        elif hasattr(self._carrier, "_send"):
            self._carrier._send(packet)  # eventlet's; takes the lock that keeps pongs from getting into the middle
        else:
            self._carrier.ws.sock.sendall(packet)

    def close(self) -> None:
        """End the connection."""
        with contextlib.suppress(Exception):  # it may be closed already, in ways that differ by library
            if self.socket.fileno() >= 0:  # of one that is closed, eventlet would complain on stderr
                self._carrier.close()

    def _abort(self) -> None:
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)


def _bounded(message: type[Any], max_bytes: int) -> type[Any]:
    """Eventlet's class of incoming messages, with a bound for all fragments of one together."""

    class Bounded(message):  # type: ignore[misc]
        """A message that fails once it has become too long."""

        received = 0

        def push(self, data: bytes, final: bool = False) -> None:
            """Take one more piece."""
            self.received += len(data)
            if self.received > max_bytes:
                raise ValueError(f"A message of more than {max_bytes} bytes.")
            super().push(data, final=final)

    return Bounded
