"""Served Paddocks of their own: real processes on free ports, real Socket.IO clients."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import socketio

from python_training.runtime.run_folder import list_runs
from python_training.testing.runs import wait_for

REPOSITORY = Path(__file__).resolve().parents[2]
URL = re.compile(r"Paddock is at (http://\S+)")


class Listener:
    """A Socket.IO client that keeps what it is told, in order."""

    def __init__(self, url: str, headers: dict[str, str] | None = None, transports: list[str] | None = None) -> None:
        self._told: list[tuple[str, Any]] = []
        self.forgets = False
        """Whether it only counts what it is told: for tests that take long."""
        self.count = 0
        self._lock = threading.Lock()
        self.client = socketio.Client(reconnection=False)
        self.client.on("*", self._keep)
        self.client.connect(url, headers=headers or {}, transports=transports or ["websocket"], wait_timeout=10)

    def _keep(self, name: str, data: Any = None) -> None:
        with self._lock:
            self.count += 1
            if not self.forgets:
                self._told.append((name, data))

    def told(self, name: str, **matching: Any) -> list[Any]:
        """All messages of that name whose fields match."""
        with self._lock:
            found = [data for each, data in self._told if each == name]
        return [data for data in found if all(data.get(key) == value for key, value in matching.items())]

    def seqs(self, run: str) -> list[int]:
        """The seq of each message about a run's events, in the order in which they came."""
        with self._lock:
            return [data["seq"] for _, data in self._told if data.get("run") == run and "seq" in data]

    def wait(self, name: str, timeout: float = 20.0, **matching: Any) -> Any:
        """The first message of that name whose fields match, as soon as it is there."""
        return wait_for(lambda: self.told(name, **matching), f"{name} {matching}", timeout)[0]

    def call(self, event: str, /, **data: Any) -> Any:
        """Send an event and return its acknowledgement."""
        return self.client.call(event, data, timeout=15)

    def close(self) -> None:
        """Disconnect and wait until the client's threads have ended."""
        self.client.disconnect()
        self.client.wait()


class Server:
    """A `python -m backend.server` process with logs and checkpoints below `root`."""

    def __init__(self, root: Path, **settings: str) -> None:
        self.root = root
        self.settings = settings
        self.url = ""
        self.headers = {"Authorization": f"Bearer {settings['token']}"} if settings.get("token") else {}
        self.listeners: list[Listener] = []
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def output(self) -> str:
        """What the server printed since it was started last."""
        return (self.root / "server.log").read_text()

    def start(self) -> Server:
        """Start serving and wait until the port is open."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PADDOCK_")}
        environment |= {"PADDOCK_ROOT": str(self.root), "PADDOCK_PROFILE": "testing", "PYTHONWARNINGS": "error"}
        environment |= {f"PADDOCK_{name.upper()}": value for name, value in self.settings.items()}
        with (self.root / "server.log").open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "backend.server"],
                cwd=REPOSITORY,
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.url = wait_for(self._announced, "the server to open its port", 60)
        return self

    def _announced(self) -> str | None:
        assert self.process is not None
        assert self.process.poll() is None, self.output
        found = URL.search(self.output)
        return found[1].replace("localhost", "127.0.0.1") if found else None

    def get(self, path: str, **options: Any) -> requests.Response:
        """GET a path."""
        return self.ask("GET", path, **options)

    def post(self, path: str, body: dict[str, Any] | None = None, **options: Any) -> requests.Response:
        """POST a JSON object to a path."""
        return self.ask("POST", path, json=body if body is not None else {}, **options)

    def ask(self, method: str, path: str, **options: Any) -> requests.Response:
        """Any request."""
        headers = self.headers | options.pop("headers", {})
        return requests.request(method, self.url + path, headers=headers, timeout=30, **options)

    def listen(self, **options: Any) -> Listener:
        """A Socket.IO client that is connected."""
        listener = Listener(self.url, headers=self.headers, **options)
        self.listeners.append(listener)
        return listener

    def begin(self, **config: Any) -> str:
        """Create a run of the scripted trainer; returns its id."""
        answer = self.post("/api/v1/runs", {"system": "scripted", "config": config})
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    def run(self, run: str) -> dict[str, Any]:
        """A run as REST shows it."""
        return self.get(f"/api/v1/runs/{run}").json()

    def wait_for_status(self, run: str, *statuses: str, timeout: float = 30.0) -> dict[str, Any]:
        """The run once it has one of these statuses."""

        def look() -> dict[str, Any] | None:
            shown = self.run(run)
            return shown if shown["status"] in statuses else None

        return wait_for(look, f"{run} to be {statuses}", timeout)

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """End the server process by a signal; returns its exit code."""
        assert self.process is not None
        for listener in self.listeners:
            listener.close()
        self.listeners.clear()
        self.process.send_signal(how)
        return self.process.wait(timeout=20)

    def clean_up(self) -> None:
        """End the server if it runs, and then all workers."""
        if self.process is not None and self.process.poll() is None:
            self.end()
        for folder in list_runs(self.root / "logs", self.root / "checkpoints"):
            worker = folder.worker()
            if worker is not None and worker.is_alive():
                os.kill(worker.pid, signal.SIGTERM)
                wait_for(lambda worker=worker: not worker.is_alive(), f"{folder.id} to stop")


@pytest.fixture
def make_server(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Makes servers on this test's folder; afterwards they and their runs are gone."""
    made: list[Server] = []

    def make(**settings: str) -> Server:
        made.append(Server(tmp_path, **settings))
        return made[-1].start()

    yield make
    for server in made:
        server.clean_up()


@pytest.fixture(scope="module")
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all tests of a module, with eventlet unless a test asks for another mode by `indirect`.

    Runs of earlier tests may still be there.
    """
    mode = getattr(request, "param", "eventlet")
    served = Server(tmp_path_factory.mktemp("served"), async_mode=mode, max_concurrent_runs="4").start()
    yield served
    served.clean_up()


@pytest.fixture
def listener(server: Server) -> Iterator[Listener]:
    """A client that has joined nothing."""
    listening = Listener(server.url)
    yield listening
    listening.close()
