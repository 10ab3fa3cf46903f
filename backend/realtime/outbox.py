"""What waits for one client: a queue that knows its size and hands out portions."""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import engineio.packet

from backend.realtime.messages import Frames, Message

PACKET_BYTES = 500
"""What one of Engine.IO's own packets (ping, close) is counted as."""

PORTION_BYTES = 32_000
"""What is handed to a WebSocket's writer at once: it waits in `send` with so much at most."""

POLL_PACKETS = 16
"""Packets in one answer to a long poll: python-engineio's client refuses more."""

JOIN_S = 1.0


@dataclass(frozen=True, slots=True)
class _Joined:
    """Several messages that a WebSocket gets in one write."""

    frames: Frames

    def encode(self, b64: bool = False) -> Frames:
        """The frames of all messages; `b64` is never asked for by a WebSocket."""
        return self.frames


class Outbox:
    """The queue between the server and one client's connection; Engine.IO uses it in place of its own.

    Engine.IO's queue has no bound, and its writer takes everything at once, so that nobody knows how much a client has
    not read. This one counts bytes, and `get(block=False)`, with which the writer goes on after a first packet, ends at
    a portion. Thread-safe; `put` never waits.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._changed = threading.Condition()
        self._waiting: deque[Any] = deque()
        self._portion_bytes = 0
        self._portion_packets = 0
        self._is_websocket: Callable[[], bool] = lambda: False
        self.bytes = 0
        """What waits, with what it costs beside its text."""
        self.moved_at = clock()
        """When the connection last took something, or began to have something to take."""
        self.abort: Callable[[], None] = lambda: None
        """Cuts the connection off, whatever it is waiting for; set by the transport."""

    def bind(self, is_websocket: Callable[[], bool]) -> None:
        """Learn how to find out whether a WebSocket carries the connection by now."""
        self._is_websocket = is_websocket

    def put(self, item: Any) -> None:
        """Add a message, one of Engine.IO's packets, or None for the end."""
        if not (_is_noop(item) and any(map(_is_noop, self._waiting))):
            self.put_all((item,))

    def put_all(self, items: Iterable[Any]) -> None:
        """Add several of them."""
        with self._changed:
            if not self._waiting:
                self.moved_at = self._clock()
            for item in items:
                self._waiting.append(item)
                self.bytes += _size(item)
            self._changed.notify()

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        """Take the next packet; raises queue.Empty at the end of a portion, or after `timeout` seconds of nothing."""
        with self._changed:
            if block:
                self._portion_bytes = self._portion_packets = 0
                if not self._changed.wait_for(lambda: self._waiting, timeout):
                    raise queue.Empty
            elif not self._waiting or self._portion_is_full():
                raise queue.Empty
            self._portion_packets += 1
            return self._take()

    def qsize(self) -> int:
        """How many packets wait."""
        return len(self._waiting)

    def clear(self) -> None:
        """Drop what waits: the client has gone."""
        with self._changed:
            self._waiting.clear()
            self.bytes = 0
            self._waiting.append(None)
            self._changed.notify_all()

    def task_done(self) -> None:
        """Engine.IO says so after each `get`."""

    def join(self) -> None:
        """Wait until everything was taken, but not for a client that does not read."""
        deadline = time.monotonic() + JOIN_S
        while self._waiting and time.monotonic() < deadline:
            time.sleep(0.01)

    def _portion_is_full(self) -> bool:
        if self._is_websocket():
            return self._portion_bytes >= PORTION_BYTES
        return self._portion_packets >= POLL_PACKETS

    def _take(self) -> Any:
        self.moved_at = self._clock()
        first = self._waiting.popleft()
        self.bytes -= _size(first)
        self._portion_bytes += _size(first)
        if not isinstance(first, Message) or not self._is_websocket():
            return first
        frames = [first.frame]
        while self._waiting and isinstance(self._waiting[0], Message) and self._portion_bytes < PORTION_BYTES:
            message = self._waiting.popleft()
            self.bytes -= message.bytes
            self._portion_bytes += message.bytes
            frames.append(message.frame)
        return first if len(frames) == 1 else _Joined(Frames(b"".join(frames)))


def _is_noop(item: Any) -> bool:
    """Whether it says nothing: Engine.IO answers each request to upgrade so, and one is enough."""
    return bool(getattr(item, "packet_type", None) == engineio.packet.NOOP)


def _size(item: Any) -> int:
    if item is None:
        return 0
    return item.bytes if isinstance(item, Message) else PACKET_BYTES + len(str(item.data or ""))
