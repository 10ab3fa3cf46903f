"""One connected browser or script: what it follows, and how much unsent data it costs."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from backend.realtime.journal_pages import Position
from backend.realtime.messages import Message
from backend.realtime.outbox import Outbox

IDLE_PACKETS = 1
"""A client with at most so many packets waiting keeps up; it gets view frames."""

STALLED_S = 3.0
"""A client whose queue is full and who has not taken a portion for so long does not read."""


@dataclass(slots=True)
class Follow:
    """How far a client has been told of a run. Nothing is told before it `began`."""

    position: Position
    began: bool = False


class Client:
    """A Socket.IO client.

    Once its unsent messages exceed the limit it gets nothing more until it reads. If it goes on reading, what waited in
    the journal follows; if it does not, it is told `reset` for each run of which it missed something, once it does.

    Not thread-safe: the broadcaster's lock guards it.
    """

    def __init__(self, sid: str, outbox: Outbox, limit_bytes: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.sid = sid
        self.outbox = outbox
        self.follows: dict[str, Follow] = {}
        """By run's id."""
        self.chose = False
        """Whether it ever joined a run; until then it follows the newest one, after a while."""
        self.missed: set[str] = set()
        """Runs that it has to be told `reset` for."""
        self.catching_up = False
        """Whether a task is at work that sends what the client has not been told yet."""
        self._limit_bytes = limit_bytes
        self._clock = clock

    def unsent_bytes(self) -> int:
        """Bytes in its queue."""
        return self.outbox.bytes

    def has_room_for(self, bytes: int) -> bool:
        """Whether so much more may be queued. One message always may be, however long it is."""
        waiting = self.outbox.bytes
        return waiting == 0 or waiting + bytes <= self._limit_bytes

    def has_read(self) -> bool:
        """Whether much of its queue is free, so that going on is worth while."""
        return self.outbox.bytes <= self._limit_bytes // 2

    def is_stalled(self) -> bool:
        """Whether it does not read."""
        return not self.has_read() and self._clock() - self.outbox.moved_at > STALLED_S

    def tell(self, message: Message, run: str) -> bool:
        """Queue a message about `run`; False if it had to be withheld, which is made good by a `reset` later."""
        if run in self.missed:
            return False
        if not self.has_room_for(message.bytes):
            self.missed.add(run)
            return False
        self.outbox.put(message)
        return True

    def show(self, message: Message) -> bool:
        """Queue a picture unless an older one still waits: only the newest is worth sending."""
        if self.outbox.qsize() > IDLE_PACKETS:
            return False
        self.outbox.put(message)
        return True

    def recovered(self) -> set[str]:
        """The runs to send `reset` for, now that it reads again; empty while it does not, or misses nothing."""
        if not self.missed or not self.has_read():
            return set()
        runs, self.missed = self.missed, set()
        return runs
