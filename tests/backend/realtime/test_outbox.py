"""The queue of one connection."""

from __future__ import annotations

import queue
import threading
from typing import Any

import engineio.packet
import pytest

from backend.realtime.messages import Message
from backend.realtime.outbox import POLL_PACKETS, PORTION_BYTES, Outbox

PING = engineio.packet.Packet(engineio.packet.PING)
NOOP = engineio.packet.Packet(engineio.packet.NOOP)


def portion(outbox: Outbox) -> list[Any]:
    """What Engine.IO takes in one go: it waits for a first packet, then goes on until there is no more."""
    taken = [outbox.get(timeout=5)]
    while True:
        try:
            taken.append(outbox.get(block=False))
        except queue.Empty:
            return taken


def message(number: int, length: int = 0) -> Message:
    """A message that is told from others by its number."""
    return Message.event("m", {"number": number, "text": "x" * length})


def test_long_polls_get_no_more_packets_than_clients_take() -> None:
    """python-engineio's client ends the connection when one answer has more than sixteen."""
    outbox = Outbox()
    outbox.put_all(message(number) for number in range(40))
    assert [len(portion(outbox)) for _ in range(3)] == [POLL_PACKETS, POLL_PACKETS, 8]
    assert outbox.bytes == 0


def test_a_websocket_gets_messages_joined_in_bounded_portions() -> None:
    """Frames are written together, in order, and the writer never holds more than a portion."""
    outbox = Outbox()
    outbox.bind(lambda: True)
    wanted = [message(number, 1000) for number in range(200)]
    outbox.put_all(wanted)
    written = b""
    while outbox.qsize():
        frames = b"".join(packet.encode() for packet in portion(outbox))
        assert len(frames) <= PORTION_BYTES + 2000
        written += frames
    assert written == b"".join(each.frame for each in wanted)


def test_other_packets_keep_their_place() -> None:
    """A ping between messages is sent between them."""
    outbox = Outbox()
    outbox.bind(lambda: True)
    for item in (message(1), PING, message(2), message(3), None):
        outbox.put(item)
    first, ping, rest, end = portion(outbox)
    assert (first.encode(), ping, end) == (message(1).frame, PING, None)
    assert rest.encode() == message(2).frame + message(3).frame


def test_what_says_nothing_waits_once() -> None:
    """Each request to upgrade is answered by a packet without content; a flood of them costs nothing."""
    outbox = Outbox()
    for _ in range(1000):
        outbox.put(NOOP)
    assert outbox.qsize() == 1


def test_who_waits_is_woken() -> None:
    """By a message, by the end, or not at all."""
    outbox = Outbox()
    for wake in (lambda: outbox.put(PING), outbox.clear):
        got: list[Any] = []
        reader = threading.Thread(target=lambda taken=got: taken.append(outbox.get(timeout=10)))
        reader.start()
        wake()
        reader.join(10)
        assert got in ([PING], [None])
    with pytest.raises(queue.Empty):
        outbox.get(timeout=0.01)
