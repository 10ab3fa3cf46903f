"""Recent pages of journals, encoded once for however many clients read them."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from backend.realtime.messages import Message, messages
from backend.store.base import RunStore
from python_training.contracts.events import Event, EventType

PAGE_EVENTS = 8
"""Events of a page. An event holds up to a thousand points, so that a page is read within milliseconds."""

CACHED_POINTS = 30_000
"""Points of all pages that are kept, about 10 MB of them."""

MAX_REPLAY_EVENTS = 5_000
MAX_REPLAY_POINTS = 10_000
"""A client that has missed more fetches the history by REST, which is thinned."""


@dataclass(frozen=True, order=True, slots=True)
class Position:
    """A place in a run's journal: all events up to `seq` are behind it, and the first `points` points of the next."""

    seq: int
    points: int = 0

    @classmethod
    def told(cls, seq: int, index: int | None = None) -> Position:
        """Behind the message that carried this `seq` and, if it had one, this `index`."""
        return cls(seq - 1, index) if index else cls(seq)


class EncodedEvent:
    """An event of a run with the messages that tell of it, encoded when they are first wanted."""

    def __init__(self, run_id: str, event: Event) -> None:
        self._run_id = run_id
        self._event = event
        self.seq = event.seq
        self.is_compacted = "first_seq" in event.data
        self.first_seq: int = event.data.get("first_seq", event.seq)
        """The first event that it stands for: itself, unless it was compacted."""
        self.size = len(event.data["points"]) if event.type is EventType.POINTS else 1
        """How many messages tell of it, at most."""

    @cached_property
    def messages(self) -> tuple[Message, ...]:
        """Its messages in order: one for each point, else one or none."""
        return tuple(Message.event(name, data) for name, data in messages(self._run_id, self._event))

    def follows(self, position: Position) -> bool:
        """Whether nothing lies between `position` and it."""
        return self.first_seq - 1 <= position.seq

    def is_known_in_part(self, position: Position) -> bool:
        """Whether it stands for some points before `position` and some behind, and nobody can tell them apart."""
        return self.first_seq <= position.seq < self.seq or (self.is_compacted and position.points > 0)

    def rest(self, position: Position) -> Iterator[tuple[Message, Position]]:
        """Its messages behind `position`, each with the position behind it; the last is behind the whole event."""
        known = position.points if position.seq == self.seq - 1 else 0
        for told, message in enumerate(self.messages[known:], start=known + 1):
            whole = told == len(self.messages)
            yield message, Position(self.seq) if whole else Position(self.seq - 1, told)


@dataclass(slots=True)
class _Page:
    """Events of a run whose seq lies in one span of PAGE_EVENTS numbers.

    `up_to` is the last seq of which it knows; `following` the seq of the event to go on with if it is complete.
    """

    events: Sequence[EncodedEvent]
    up_to: int
    following: int | None
    size: int = field(init=False)

    def __post_init__(self) -> None:
        self.size = 1 + sum(event.size for event in self.events)


class JournalPages:
    """Reads journals from the store page by page, each once for all who ask for it. Thread-safe.

    Nothing is read ahead. A page that may have grown is read again when someone knows of a later event.
    """

    def __init__(self, store: RunStore) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._pages: OrderedDict[tuple[str, int], _Page] = OrderedDict()
        self._points = 0

    def after(self, run_id: str, position: Position, last_seq: int) -> list[EncodedEvent]:
        """Some of the events behind `position`, from the first on; none if there are none up to `last_seq`.

        Raises UnknownNameError.
        """
        start = position.seq
        while start < last_seq:
            page = self._page(run_id, start // PAGE_EVENTS, last_seq)
            found = [event for event in page.events if event.seq > position.seq]
            if found or page.following is None:
                return found
            start = page.following - 1
        return []

    def is_too_much(self, run_id: str, position: Position, last_seq: int) -> bool:
        """Whether so much lies behind `position` that it is not replayed, or what lies there is known in part."""
        if last_seq - position.seq > MAX_REPLAY_EVENTS:
            return True
        points = 0
        at = position
        while events := self.after(run_id, at, last_seq):
            if at == position and events[0].is_known_in_part(position):
                return True
            points += sum(event.size for event in events)
            if points - position.points > MAX_REPLAY_POINTS:
                return True
            at = Position(events[-1].seq)
            time.sleep(0)  # patched under eventlet: others have their turn between pages
        return False

    def forget(self, run_id: str) -> None:
        """Drop the pages of a run: it is gone, or its journal was compacted."""
        with self._lock:
            for key in [key for key in self._pages if key[0] == run_id]:
                self._points -= self._pages.pop(key).size

    def _page(self, run_id: str, number: int, last_seq: int) -> _Page:
        with self._lock:
            page = self._pages.get((run_id, number))
            if page is None or (page.following is None and page.up_to < last_seq):
                page = self._read(run_id, number)
                self._keep((run_id, number), page)
            self._pages.move_to_end((run_id, number))
            return page

    def _read(self, run_id: str, number: int) -> _Page:
        first, last = number * PAGE_EVENTS + 1, (number + 1) * PAGE_EVENTS
        events = self._store.events(run_id, since=first - 1, limit=PAGE_EVENTS + 1)
        inside = [EncodedEvent(run_id, event) for event in events if event.seq <= last]
        beyond = [event.seq for event in events if event.seq > last]
        up_to = inside[-1].seq if inside else first - 1
        full = up_to == last
        return _Page(inside, up_to, beyond[0] if beyond else last + 1 if full else None)

    def _keep(self, key: tuple[str, int], page: _Page) -> None:
        before = self._pages.pop(key, None)
        self._points += page.size - (before.size if before else 0)
        self._pages[key] = page
        while self._points > CACHED_POINTS and len(self._pages) > 1:
            self._points -= self._pages.popitem(last=False)[1].size
