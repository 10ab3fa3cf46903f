"""Connections that break at any byte, again and again: the documented client still gets every point exactly once."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import socketio.exceptions

from python_training.contracts.events import EventType
from python_training.runtime.journal import read_events
from python_training.testing.runs import wait_for
from tests.integration.cutter import Cutter
from tests.integration.raw_socket_io import RawClient

REPOSITORY = Path(__file__).resolve().parents[2]
CLIENTS = 3
CUTS = 70
"""Of each client, at least."""


class Documented:
    """The client in docs/api.md, word for word, in an event loop of its own; it prints each point into a list."""

    def __init__(self, url: str, run: str) -> None:
        text = (REPOSITORY / "docs" / "api.md").read_text()
        code = next(block for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL) if "socketio" in block)
        code = re.sub(r"^URL, RUN = .*$", f"URL, RUN = {url!r}, {run!r}", code, flags=re.MULTILINE)
        code, running, _ = code.partition("asyncio.run(main())")
        assert running
        self.points: list[tuple[int, dict[str, Any]]] = []
        self._names: dict[str, Any] = {"print": self._print}
        self._url = url
        self._code = code
        self._over = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._follow()))
        self._thread.start()

    def _print(self, step: int, values: dict[str, Any]) -> None:
        self.points.append((step, values))

    async def _follow(self) -> None:
        exec(self._code, self._names)  # noqa: S102  # the document's own code is what is tested
        client = self._names["client"]
        client.reconnection_delay = client.reconnection_delay_max = 0.02
        while not self._over.is_set():
            with contextlib.suppress(socketio.exceptions.ConnectionError):
                if not client.connected:
                    await client.connect(self._url, transports=["websocket"])
                while not self._over.is_set():
                    await asyncio.sleep(0.05)
        client.reconnection = False
        await client.shutdown()

    def close(self) -> None:
        """Disconnect for good."""
        self._over.set()
        self._thread.join(30)


@pytest.fixture
def cutters() -> Iterator[list[Cutter]]:
    """One for each client, with seeds of their own."""
    made = [Cutter(seed) for seed in range(CLIENTS)]
    yield made
    for cutter in made:
        cutter.close()


@pytest.mark.timeout(240)
@pytest.mark.parametrize("mode", ["eventlet", pytest.param("threading", marks=pytest.mark.slow)])
def test_no_point_is_lost_or_doubled_however_often_the_connection_breaks(
    make_server: Callable[..., Any], cutters: list[Cutter], mode: str
) -> None:
    """Hundreds of cuts, a killed worker with a rewind and a killed server between them: each point comes once."""
    server = make_server(async_mode=mode)
    run = server.begin(seconds_per_step=0.004, total_steps=100_000)
    pid = server.wait_for_status(run, "running")["pid"]
    for cutter in cutters:
        cutter.target = _address(server)
    clients = [Documented(cutter.url, run) for cutter in cutters]
    for cutter, client in zip(cutters, clients, strict=True):
        wait_for(lambda client=client: client.points, "first points")
        cutter.cutting = True
    try:
        _wait_for_cuts(cutters, CUTS // 3)
        saved = server.post(f"/api/v1/runs/{run}/commands?wait=done", {"name": "save"}).json()
        wait_for(lambda: server.run(run)["step"] > saved["step"] + 30, "steps that will be superseded")
        os.kill(pid, signal.SIGKILL)
        _wait_for_cuts(cutters, CUTS * 2 // 3)
        server.end(signal.SIGKILL)
        server.start()
        for cutter in cutters:
            cutter.target = _address(server)
        _wait_for_cuts(cutters, CUTS)
        server.wait_for_status(run, "running")
        server.post(f"/api/v1/runs/{run}/commands?wait=done", {"name": "stop"})
        server.wait_for_status(run, "stopped")
        for cutter in cutters:
            cutter.cutting = False
        events = list(read_events(server.root / "logs" / run))
        assert any(event.type is EventType.REWOUND for event in events)
        points = [point for event in events if event.type is EventType.POINTS for point in event.data["points"]]
        journalled = [(point["step"], point["values"]) for point in points]
        for client in clients:
            wait_for(lambda client=client: client.points[-1:] == journalled[-1:], "the last point", 60)
            assert client.points == journalled
    finally:
        for client in clients:
            client.close()


@pytest.mark.parametrize("mode", ["eventlet", pytest.param("threading", marks=pytest.mark.slow)])
def test_history_over_rest_and_the_live_stream_meet(make_server: Callable[..., Any], mode: str) -> None:
    """Who has missed too much fetches metrics, joins from their `last_seq`, and has each point once."""
    server = make_server(async_mode=mode)
    run = server.begin(seconds_per_step=0.0002, total_steps=10_000_000)
    wait_for(lambda: server.run(run)["step"] > 15_000, "more points than are replayed", 60)
    client = RawClient(server.url)
    client.ask(0, "join", run=run, since_seq=0)
    assert client.answer(0)["reset"] is True
    client.close()
    for _ in range(10):
        client = RawClient(server.url)
        history = server.get(f"/api/v1/runs/{run}/metrics?names=value&points=500").json()
        client.ask(1, "join", run=run, since_seq=history["last_seq"])
        assert "reset" not in client.answer(1)
        while (packet := json.loads(client.read()[2:]))[0] != "metrics_update":
            pass
        client.close()
        series = history["series"]["value"]
        assert packet[1]["step"] == series["step"][-1] + 1 == sum(series["count"]) + 1
    server.post(f"/api/v1/runs/{run}/commands?wait=done", {"name": "stop"})


def _address(server: Any) -> tuple[str, int]:
    host, port = server.url.removeprefix("http://").split(":")
    return host, int(port)


def _wait_for_cuts(cutters: list[Cutter], count: int) -> None:
    wait_for(lambda: all(cutter.cuts >= count for cutter in cutters), f"{count} cuts of each client", 90)
