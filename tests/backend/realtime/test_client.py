"""What one client may cost."""

from __future__ import annotations

from typing import Any

from backend.realtime.client import STALLED_S, Client
from backend.realtime.messages import Message
from backend.realtime.outbox import Outbox


class Reader:
    """A client with its queue, a connection that empties it when told to, and a clock that is set by hand."""

    def __init__(self, limit_bytes: int) -> None:
        self.now = 100.0
        self.outbox = Outbox(lambda: self.now)
        self.client = Client("sid", self.outbox, limit_bytes, lambda: self.now)

    def read(self) -> list[Any]:
        """Take everything, as a connection does that keeps up."""
        return [self.outbox.get() for _ in range(self.outbox.qsize())]


def message(values: int = 1) -> Message:
    """A metrics_update with so many values."""
    return Message.event("metrics_update", {"run": "r", "values": {f"metric_{i}": 0.123456 for i in range(values)}})


def test_a_client_that_reads_gets_everything() -> None:
    """Ten times the limit goes through as long as it is read."""
    reader = Reader(limit_bytes=10_000)
    got = 0
    for _ in range(100):
        assert reader.client.tell(message(), "r")
        got += len(reader.read())
    assert got == 100
    assert reader.client.unsent_bytes() == 0


def test_a_client_that_does_not_read_costs_no_more_than_the_limit() -> None:
    """After the limit nothing more is queued, however much happens."""
    reader = Reader(limit_bytes=10_000)
    told = [reader.client.tell(message(10), "r") for _ in range(1000)]
    assert 0 < sum(told) < 40
    assert reader.outbox.qsize() == sum(told)
    assert reader.client.unsent_bytes() <= 10_000


def test_one_message_is_never_too_long() -> None:
    """A run whose metrics are longer than the queue is still told to a client that reads."""
    reader = Reader(limit_bytes=1_000)
    assert reader.client.tell(message(100), "r")
    assert not reader.client.tell(message(100), "r")


def test_what_was_withheld_is_made_good_by_a_reset_once_it_reads_again() -> None:
    """A gap is never silent: nothing more of that run comes before its reset."""
    reader = Reader(limit_bytes=2_000)
    while reader.client.tell(message(), "r"):
        pass
    assert reader.client.recovered() == set()
    reader.read()
    assert not reader.client.tell(message(), "r")
    assert reader.client.recovered() == {"r"}
    assert reader.client.recovered() == set()
    assert reader.client.tell(message(), "r")


def test_who_takes_nothing_for_seconds_has_stalled() -> None:
    """A client that is slow takes a portion now and then; one that has nothing to take is not stalled."""
    reader = Reader(limit_bytes=2_000)
    reader.now += 10 * STALLED_S
    while reader.client.tell(message(), "r"):
        pass
    assert not reader.client.is_stalled()
    for _ in range(3):
        reader.now += 0.9 * STALLED_S
        reader.outbox.get()
        reader.outbox.put(message())
        assert not reader.client.is_stalled()
    reader.now += 1.1 * STALLED_S
    assert reader.client.is_stalled()
    reader.read()
    assert not reader.client.is_stalled()


def test_only_the_newest_picture_waits() -> None:
    """View frames do not pile up in front of a client that is slow, and need no reset."""
    reader = Reader(limit_bytes=1_000_000)
    shown = [reader.client.show(message(100)) for _ in range(50)]
    assert sum(shown) <= 2
    assert reader.client.recovered() == set()
    reader.read()
    assert reader.client.show(message(100))
