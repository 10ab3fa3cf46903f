"""One connected browser or script: what it follows, and how much unsent data it costs."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from backend.realtime.messages import Message

IDLE_PACKETS = 1
"""A client with at most so many packets waiting keeps up; it gets view frames."""


class Client:
    """A Socket.IO client.

    Engine.IO keeps a queue without bound for each client, from which a writer takes everything at once and sends it.
    A stalled client would let it grow for ever. So the sizes of what was queued are kept here, and once the unsent part
    exceeds the limit the client gets nothing more until its writer has come back for the rest: then it is told `reset`
    for each run of which it missed something. It costs at most twice the limit: what the writer holds, and the queue.

    Not thread-safe: the broadcaster's lock guards it.
    """

    def __init__(self, sid: str, queued: Callable[[], int], send: Callable[[Any], None], limit_bytes: int) -> None:
        """`queued` tells how many packets wait in the queue, `send` puts one there without waiting."""
        self.sid = sid
        self.follows: dict[str, int] = {}
        """Run id -> seq up to which the client has been told everything (or was told to start afresh)."""
        self.chose = False
        """Whether it ever joined a run; until then it follows the newest one."""
        self.missed: set[str] = set()
        self._queued = queued
        self._send = send
        self._limit_bytes = limit_bytes
        self._sizes: deque[int] = deque()
        self._bytes = 0

    @property
    def is_behind(self) -> bool:
        """Whether messages are withheld from it."""
        return bool(self.missed)

    def unsent_bytes(self) -> int:
        """Bytes in its queue, which is first in, first out: the newest `queued()` sizes are still there."""
        waiting = self._queued()
        while len(self._sizes) > waiting:
            self._bytes -= self._sizes.popleft()
        return self._bytes

    def has_room_for(self, bytes: int) -> bool:
        """Whether so much more may be queued."""
        return self.unsent_bytes() + bytes <= self._limit_bytes

    def tell(self, message: Message, run: str) -> bool:
        """Queue a message about `run`; False if it had to be withheld, which is made good by a `reset` later."""
        if run in self.missed:
            return False
        if not self.has_room_for(message.bytes):
            self.missed.add(run)
            return False
        self._put(message)
        return True

    def show(self, message: Message) -> bool:
        """Queue a picture unless an older one still waits: only the newest is worth sending."""
        self.unsent_bytes()
        if len(self._sizes) > IDLE_PACKETS:
            return False
        self._put(message)
        return True

    def recovered(self) -> set[str]:
        """The runs to send `reset` for, now that it reads again; empty while it does not, or misses nothing."""
        if not self.missed or self._queued() > 0:
            return set()
        runs, self.missed = self.missed, set()
        return runs

    def _put(self, message: Message) -> None:
        self._sizes.append(message.bytes)
        self._bytes += message.bytes
        self._send(message.packet)
