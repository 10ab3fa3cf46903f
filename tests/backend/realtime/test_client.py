"""What one client may cost."""

from __future__ import annotations

import queue
from typing import Any

from backend.realtime.client import Client
from backend.realtime.messages import Message


class Reader:
    """The queue that Engine.IO keeps for a client, and the writer that empties it."""

    def __init__(self, limit_bytes: int) -> None:
        self.queue: queue.Queue[Any] = queue.Queue()
        self.client = Client("sid", self.queue.qsize, self.queue.put, limit_bytes)

    def read(self) -> list[Any]:
        """Take everything, as the writer does once its last send is through."""
        taken = []
        while not self.queue.empty():
            taken.append(self.queue.get())
        return taken


def message(values: int = 1) -> Message:
    """A metrics_update with so many values."""
    return Message.encode("metrics_update", {"run": "r", "values": {f"metric_{i}": 0.123456 for i in range(values)}})


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
    assert 0 < sum(told) < 20
    assert reader.queue.qsize() == sum(told)
    assert reader.client.unsent_bytes() <= 10_000


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


def test_only_the_newest_picture_waits() -> None:
    """View frames do not pile up in front of a client that is slow, and need no reset."""
    reader = Reader(limit_bytes=1_000_000)
    shown = [reader.client.show(message(100)) for _ in range(50)]
    assert sum(shown) <= 2
    assert reader.client.recovered() == set()
    reader.read()
    assert reader.client.show(message(100))


def test_packets_of_others_in_the_queue_do_not_spoil_the_count() -> None:
    """Pings and acknowledgements pass through the same queue; the estimate stays within its bounds."""
    reader = Reader(limit_bytes=5_000)
    reader.client.tell(message(), "r")
    for _ in range(10):
        reader.queue.put("ping")
    assert reader.client.unsent_bytes() > 0
    reader.read()
    assert reader.client.unsent_bytes() == 0
