"""A server that is watched for long does not grow."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from typing import Any

import psutil
import pytest
import requests

CLIENTS = {"websocket": 2, "polling": 3}
WARM_UP_S = 120.0
"""Until caches are full, and connections that were abandoned first have been given up."""

WATCHED_S = 240.0
MEGABYTE = 1_000_000
ASKED = (
    "/health",
    "/metrics",
    "/history?limit=100",
    "/api/v1/runs",
    "/api/v1/runs/{run}",
    "/api/v1/runs/{run}/metrics?points=500",
    "/api/v1/runs/{run}/events?since=0&limit=100&types=status,checkpoint",
)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("mode", ["eventlet", "threading"])
def test_memory_stays_flat_while_clients_watch_and_poll(make_server: Callable[..., Any], mode: str) -> None:
    """At most 1 MB a minute, with two runs, five clients by WebSocket and long poll, REST, and polls never taken up.

    The database grows all the while, by many times as much.
    """
    server = make_server(async_mode=mode, max_concurrent_runs="2")
    runs = [server.begin(seconds_per_step=0.005, total_steps=10_000_000) for _ in range(2)]
    for run in runs:
        server.wait_for_status(run, "running")
    clients = [server.listen(transports=[kind]) for kind, count in CLIENTS.items() for _ in range(count)]
    for number, client in enumerate(clients):
        client.forgets = True
        assert client.call("join", run=runs[number % 2])["ok"] is True
    over = threading.Event()
    askers = [threading.Thread(target=_ask, args=(server.url, run, over)) for run in runs]
    askers.append(threading.Thread(target=_abandon, args=(server.url, over)))
    for asker in askers:
        asker.start()
    process = psutil.Process(server.process.pid)
    try:
        time.sleep(WARM_UP_S)
        told = [client.count for client in clients]
        before = max(_samples(process, 20.0))
        after = min(_samples(process, WATCHED_S)[-20:])
        assert all(client.count > count + 1000 for client, count in zip(clients, told, strict=True))
        assert after - before < WATCHED_S / 60 * MEGABYTE
    finally:
        over.set()
        for asker in askers:
            asker.join()


def _samples(process: psutil.Process, seconds: float) -> list[int]:
    """The process's memory each second, in bytes."""
    found = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found.append(process.memory_info().rss)
        time.sleep(1.0)
    return found


def _ask(url: str, run: str, over: threading.Event) -> None:
    session = requests.Session()
    while not over.is_set():
        for path in ASKED:
            assert session.get(url + path.format(run=run), timeout=30).status_code == 200
            over.wait(0.1)


def _abandon(url: str, over: threading.Event) -> None:
    """Open connections for long-polling that nobody ever polls."""
    while not over.wait(1.0):
        with contextlib.suppress(requests.RequestException):
            requests.get(f"{url}/socket.io/?EIO=4&transport=polling", timeout=10)
