"""A browser tab that hangs: it stays connected and reads nothing."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable
from typing import Any

import psutil
import pytest
import websocket

from python_training.testing.runs import wait_for

MEGABYTE = 1_000_000
REPLAYS = 100
ROUNDS = 4


@pytest.mark.slow
@pytest.mark.timeout(240)
@pytest.mark.parametrize("mode", ["eventlet", "threading"])
def test_a_stalled_tab_costs_less_than_five_megabytes(make_server: Callable[..., Any], mode: str) -> None:
    """It is sent many megabytes, reads none, and costs the server less than 5 MB; then it gets `reset` and goes on."""
    server = make_server(async_mode=mode, max_concurrent_runs="2", client_queue_bytes="750000")
    history = server.begin(total_steps=1000, steps_per_advance=250)
    live = server.begin(seconds_per_step=0.01, total_steps=100_000)
    server.wait_for_status(history, "finished")
    server.wait_for_status(live, "running")
    tab = _Tab(server.url)
    try:
        tab.ask(1, "join", run=history, since_seq=0)
        whole = tab.read_until("431[{")
        assert REPLAYS * whole > 10 * MEGABYTE
        # Once while it reads, so that what the server needs for as many requests at once is not counted below.
        tab.ask_often("join", run=history, since_seq=0)
        for _ in range(REPLAYS):
            tab.read_until("439")
        tab.ask(2, "join", run=live)
        tab.read_until("432[{")

        process = psutil.Process(server.process.pid)
        before = process.memory_info().rss
        # In rounds: joins that the server works off at once find the queue full before the kernel has taken anything.
        for _ in range(ROUNDS):
            tab.ask_often("join", run=history, since_seq=0)
            wait_for(lambda: process.cpu_percent(0.5) < 40.0, "the server to have worked off the joins", 60)
        step = server.run(live)["step"]
        # Others are served all the while, and the live run goes on. One history nearly fills the tab's queue, so that
        # not all of these metrics find room behind it.
        other = server.listen()
        assert other.call("join", run=live)["ok"] is True
        wait_for(lambda: [told for told in other.told("metrics_update") if told["step"] > step + 250], "live metrics")
        assert process.memory_info().rss - before < 5 * MEGABYTE

        assert tab.read_until(f'42["reset",{{"run":"{live}"}}]') < 5 * MEGABYTE
        tab.read_until(f'42["metrics_update",{{"run":"{live}"')
    finally:
        tab.close()


class _Tab:
    """A Socket.IO client of the barest kind, which reads only when it is told to."""

    def __init__(self, url: str) -> None:
        self._socket = websocket.create_connection(
            url.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket",
            timeout=30,
            sockopt=((socket.SOL_SOCKET, socket.SO_RCVBUF, 8192),),
        )
        assert self._socket.recv().startswith("0")
        self._socket.send("40")
        assert self._socket.recv().startswith("40")

    def ask(self, number: int, event: str, **data: Any) -> None:
        """Send an event that is to be acknowledged under a number."""
        self._socket.send(f"42{number}{json.dumps([event, data])}")

    def ask_often(self, event: str, **data: Any) -> None:
        """The same REPLAYS times, with numbers that begin with a 9."""
        for number in range(REPLAYS):
            self.ask(9000 + number, event, **data)

    def read_until(self, prefix: str) -> int:
        """Read messages up to the one that begins with `prefix`; returns the bytes read."""
        received = 0
        deadline = time.monotonic() + 40
        while time.monotonic() < deadline:
            message = self._socket.recv()
            received += len(message)
            if message == "2":
                self._socket.send("3")
            if message.startswith(prefix):
                return received
        raise AssertionError(f"{prefix} did not come")

    def close(self) -> None:
        """Disconnect."""
        self._socket.close()
