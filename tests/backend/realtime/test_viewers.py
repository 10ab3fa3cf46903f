from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from backend.realtime.broadcaster import Broadcaster
from backend.realtime.client import Client
from backend.realtime.outbox import Outbox
from backend.realtime.viewers import Viewers
from backend.store.sql import SqlRunStore
from python_training.contracts.view import Layer, Shape, ViewFrame
from python_training.runtime.control import socket_path
from python_training.runtime.control_server import Command, ControlServer
from python_training.runtime.control_stream import FrameStream
from python_training.testing.runs import wait_for


class Hall:
    """A control server that is watched by one client, whose queue is read when the test says so."""

    def __init__(self, server: ControlServer, store: SqlRunStore) -> None:
        self.server = server
        self.outbox = Outbox()
        self.broadcaster = Broadcaster(store)
        self.broadcaster.connect(Client("x", self.outbox, 1_000_000))
        self.threads: list[threading.Thread] = []
        self.viewers = Viewers(self, self.broadcaster, self.start)  # type: ignore[arg-type]  # it streams, as they do

    def stream(self, _session: str, fps: float, stills: str) -> FrameStream:
        """As Sessions does."""
        return FrameStream(self.server.path, fps, stills)

    def start(self, run: Callable[[], None]) -> None:
        """In a thread of its own."""
        self.threads.append(threading.Thread(target=run))
        self.threads[-1].start()

    def read(self) -> list[str]:
        """Everything that waits for the client."""
        return [self.outbox.get().encode(b64=True) for _ in range(self.outbox.qsize())]

    def publish(self, t: float) -> None:
        """A frame with a layer that stands still."""
        walls = Layer("walls", (Shape("rect", w=9.0),), still=True)
        self.server.publish(ViewFrame(t, 10.0, 10.0, (walls,)))


@pytest.fixture
def hall(tmp_path: Any) -> Iterator[Hall]:
    """A hall that is empty afterwards."""
    server = ControlServer(socket_path(tmp_path), Command.accept)
    store = SqlRunStore(f"sqlite:///{tmp_path / 'paddock.db'}")
    made = Hall(server, store)
    yield made
    made.viewers.forget("x")
    server.close()
    for thread in made.threads:
        thread.join(5)
    store.close()


def test_what_stands_still_reaches_a_client_that_did_not_read(hall: Hall) -> None:
    """A frame with still layers that had to be left out is asked for again, until the client takes it."""
    hall.broadcaster.tell("x", "older", {})
    hall.broadcaster.tell("x", "messages", {})
    hall.viewers.watch("x", "s", 60.0, "once")
    wait_for(lambda: hall.server.unserved, "the watcher")
    hall.publish(1.0)
    wait_for(lambda: hall.server.unserved, "another request")
    assert [packet[:9] for packet in hall.read()] == ['42["older', '42["messa']
    hall.publish(2.0)
    wait_for(hall.outbox.qsize, "the still layer")
    assert "shapes" in "".join(hall.read())
    hall.publish(3.0)
    wait_for(hall.outbox.qsize, "another frame")
    (frame,) = hall.read()
    assert "view_frame" in frame
    assert "shapes" not in frame


def test_a_client_that_is_gone_is_streamed_to_no_longer(hall: Hall) -> None:
    """Its stream ends by itself with the next frame."""
    hall.viewers.watch("x", "s", 60.0)
    wait_for(lambda: hall.server.unserved, "the watcher")
    hall.broadcaster.disconnect("x")
    hall.publish(1.0)
    wait_for(lambda: hall.server.watchers == 0, "the stream to end")
