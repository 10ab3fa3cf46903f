"""Connections within limits: no client can keep others out by opening many, by saying nothing, or by dawdling."""

from __future__ import annotations

import contextlib
import io
import resource
import socket
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from typing_extensions import Buffer

SLICE_BYTES = 64 * 1024
"""So much of an answer at a time must be taken within `send_s`."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How many connections there may be at once, and for how many seconds they may keep the server waiting.

    Attributes:
        total, per_address: connections, of all clients and of one address.
        idle_s: between two requests.
        header_s: from the opening, or from the first byte of a later request, until its headers are complete.
        body_s: from then until its body has come.
        send_s: for taking SLICE_BYTES of an answer.
    """

    total: int
    per_address: int
    idle_s: float
    header_s: float
    body_s: float
    send_s: float


class Connection(io.RawIOBase):
    """The bytes of one TCP connection, with a deadline for each part of a request.

    A deadline is one moment for the whole part, so trickling bytes do not put it off. One that has passed raises
    TimeoutError, and then only an answer may follow. Only the thread or greenlet that serves it reads and writes;
    `close_socket` may be called by any.
    """

    def __init__(self, line: socket.socket, address: str, limits: Limits) -> None:
        super().__init__()
        self.address = address
        self.waits_for: Literal["nothing", "request", "reader"] = "request"
        """What its client owes: bytes of a request, or that it reads the answer."""
        self.asked: Mapping[str, Any] = {}
        """The WSGI environment of the request that is being answered."""
        self._line = line
        self._limits = limits
        self._is_between_requests = False
        self._deadline = time.monotonic() + limits.header_s
        self._failed: set[str] = set()
        """Directions in which nothing goes any more."""
        self._line.settimeout(limits.send_s)

    def await_request(self) -> None:
        """Begin to wait for the next request; the first one is awaited from the start."""
        if self.asked:
            self.asked = {}
            self._is_between_requests = True
            self._deadline = time.monotonic() + self._limits.idle_s

    def begin_request(self, asked: Mapping[str, Any]) -> None:
        """Take note that the headers have come."""
        self.asked = asked
        self._is_between_requests = False
        self._deadline = time.monotonic() + self._limits.body_s

    def close_socket(self) -> None:
        """End the connection at once; whoever reads or writes finds it closed."""
        self._failed.update(("request", "reader"))
        with contextlib.suppress(OSError):
            self._line.shutdown(socket.SHUT_RDWR)

    def readable(self) -> bool:
        """True: a request is read from it."""
        return True

    def writable(self) -> bool:
        """True: an answer is written to it."""
        return True

    def readinto(self, buffer: Buffer) -> int:
        """Read what has come, 0 bytes at the end."""
        taken = self._within(self._deadline, "request", lambda: self._line.recv_into(buffer))
        if taken and self._is_between_requests:
            self._is_between_requests = False
            self._deadline = time.monotonic() + self._limits.header_s
        return taken

    def write(self, data: Buffer) -> int:
        """Write all of `data`."""
        left = memoryview(data).cast("B")
        size = len(left)
        while left:
            self._write_slice(left[:SLICE_BYTES])
            left = left[SLICE_BYTES:]
        return size

    def _write_slice(self, left: memoryview) -> None:
        deadline = time.monotonic() + self._limits.send_s
        while left:
            left = left[self._within(deadline, "reader", partial(self._line.send, left)) :]

    def _within(self, deadline: float, waits_for: Literal["request", "reader"], move: Callable[[], int]) -> int:
        if waits_for in self._failed:
            raise BrokenPipeError("The connection is of no more use.")
        left = deadline - time.monotonic()
        self.waits_for = waits_for
        try:
            if left <= 0:
                raise TimeoutError("The client took too long.")
            self._line.settimeout(left)
            return move()
        except OSError:
            self._failed.add(waits_for)
            raise
        finally:
            self.waits_for = "nothing"
            with contextlib.suppress(OSError):
                self._line.settimeout(self._limits.send_s)


class Connections:
    """All connections of a server. When there is one too many, the oldest that keeps the server waiting is closed, not
    the newest refused: first one that owes a request or a part of it, then one that does not read its answer. An
    address that has too many loses one of its own; else the address with the most loses one. WebSockets and requests
    that are being answered are never closed for others. Thread-safe.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._lock = threading.Lock()
        self._open: dict[str, OrderedDict[Connection, None]] = {}
        """Address -> its connections, the one whose present request or wait began first at the front."""
        self._total = 0

    def __len__(self) -> int:
        return self._total

    def admit(self, line: socket.socket, address: str) -> Connection:
        """A connection that was accepted; it may be one that is closed already, if all others are at work."""
        connection = Connection(line, address, self._limits)
        with self._lock:
            self._open.setdefault(address, OrderedDict())[connection] = None
            self._total += 1
            surplus = self._surplus(connection)
        if surplus is not None:
            surplus.close_socket()
        return connection

    def await_request(self, connection: Connection) -> None:
        """Let a connection wait for its next request."""
        connection.await_request()
        with self._lock:
            siblings = self._open.get(connection.address)
            if siblings and connection in siblings:
                siblings.move_to_end(connection)

    def release(self, connection: Connection) -> None:
        """Forget a connection that has ended."""
        with self._lock:
            self._remove(connection)

    def close_where(self, ends: Callable[[Mapping[str, Any]], bool]) -> None:
        """Close connections by the WSGI environment of what they carry, be it a download or a WebSocket."""
        for connection in self._all():
            if connection.asked and ends(connection.asked):
                connection.close_socket()

    def close_waiting(self) -> None:
        """Close the connections on which no request is being answered."""
        for connection in self._all():
            if connection.waits_for == "request":
                connection.close_socket()

    def _all(self) -> list[Connection]:
        with self._lock:
            return [connection for siblings in self._open.values() for connection in siblings]

    def _surplus(self, newest: Connection) -> Connection | None:
        """The connection that has to go because of `newest`, taken out; None while there is room."""
        addresses: Iterable[str]
        if len(self._open[newest.address]) > self._limits.per_address:
            addresses = (newest.address,)
        elif self._total > self._limits.total:
            addresses = sorted(self._open, key=lambda each: len(self._open[each]), reverse=True)
        else:
            return None
        owing = (
            connection
            for address in addresses
            for owed in ("request", "reader")
            for connection in self._open[address]
            if connection.waits_for == owed and connection is not newest
        )
        chosen = next(owing, newest)
        self._remove(chosen)
        return chosen

    def _remove(self, connection: Connection) -> None:
        siblings = self._open.get(connection.address)
        if siblings and connection in siblings:
            del siblings[connection]
            self._total -= 1
            if not siblings:
                del self._open[connection.address]


def files_allowed(wanted: int) -> int:
    """Let this process have `wanted` files open, as far as the system lets it; returns how many it may have."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return wanted if soft == resource.RLIM_INFINITY else soft
