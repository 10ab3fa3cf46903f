"""The dashboard in a real browser, whose connection breaks again and again amid the points of a run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
import requests
from playwright.sync_api import Page, WebSocket

from tests.e2e.conftest import Server
from tests.e2e.test_dashboard import open_run, points_of, wait_for
from tests.integration.cutter import Cutter

CUTS = 40

pytestmark = pytest.mark.timeout(300)


class Heard:
    """What went over one connection of the page: from where it asked to be told of the run, and what it was told."""

    def __init__(self, line: WebSocket, run: str) -> None:
        self.since: dict[str, int] | None = None
        self.messages: list[tuple[str, dict[str, Any]]] = []
        self._run = run
        line.on("framesent", self._sent)
        line.on("framereceived", self._received)

    def _sent(self, packet: str | bytes) -> None:
        if isinstance(packet, str) and '["join"' in packet:
            asked = json.loads(packet[packet.index("[") :])[1]
            self.since = {name: asked[name] for name in ("since_seq", "since_index") if asked.get(name)}
            self.messages.clear()  # a page may join twice; it begins anew

    def _received(self, packet: str | bytes) -> None:
        if isinstance(packet, str) and packet.startswith("42"):
            name, data = json.loads(packet[2:])
            if data.get("run") == self._run and "seq" in data:
                self.messages.append((name, data))


@pytest.fixture
def cutter(server: Server) -> Iterator[Cutter]:
    """A network between the browser and the server."""
    made = Cutter(29)
    made.target = ("127.0.0.1", server.port)
    yield made
    made.close()


def test_the_dashboard_gets_each_point_once_however_often_its_connection_breaks(
    server: Server, cutter: Cutter, page: Page
) -> None:
    """After each cut it asks for what comes behind the last message, and its chart has every point of the run."""
    body = {"system": "scripted", "config": {"seconds_per_step": 0.01, "total_steps": 100_000}}
    run = requests.post(f"{server.url}/api/v1/runs", json=body, timeout=30).json()["id"]
    heard: list[Heard] = []
    page.on("websocket", lambda line: heard.append(Heard(line, run)))
    open_run(page, cutter.url, run)
    wait_for(lambda: _look(page) and points_of(page, "chart-walk") > 0, "a first point")
    cutter.cutting = True
    wait_for(lambda: _look(page) and cutter.cuts >= CUTS, f"{CUTS} cuts", 200)
    requests.post(f"{server.url}/api/v1/runs/{run}/commands?wait=done", json={"name": "stop"}, timeout=60)
    cutter.cutting = False
    steps = requests.get(f"{server.url}/api/v1/runs/{run}", timeout=30).json()["step"]
    wait_for(lambda: _look(page) and points_of(page, "chart-walk") == steps, f"all {steps} points", 60)

    told = [each for each in heard if each.messages]
    for before, after in pairwise(told):
        assert after.since == _place(before.messages[-1][1])
    points = [data["step"] for each in told for name, data in each.messages if name == "metrics_update"]
    assert points == list(range(points[0], steps + 1))


def _place(message: dict[str, Any]) -> dict[str, int]:
    index = {"since_index": message["index"]} if "index" in message else {}
    return {"since_seq": message["seq"], **index}


def _look(page: Page) -> bool:
    """Let Playwright hand on what went over the connections."""
    page.wait_for_timeout(20)
    return True
