"""A served dashboard and a real browser to look at it with."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, Page, sync_playwright

REPOSITORY = Path(__file__).resolve().parents[2]
CHROMIUM_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]


@dataclass
class Server:
    """A `paddock serve` process of its own, with logs and checkpoints in a folder of its own."""

    root: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where the dashboard answers."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start serving and wait until /health answers."""
        environment = {**os.environ, "PADDOCK_ROOT": str(self.root), "PADDOCK_CONFIG_DIR": str(REPOSITORY / "config")}
        output = (self.root / "server.log").open("ab")
        self.process = subprocess.Popen(
            [str(Path(sys.executable).with_name("paddock")), "serve", "--port", str(self.port)],
            cwd=REPOSITORY,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        output.close()
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                if requests.get(f"{self.url}/health", timeout=2).ok:
                    return
            except requests.ConnectionError:
                time.sleep(0.1)
            assert self.process.poll() is None, (self.root / "server.log").read_text()
        raise AssertionError(f"the server did not answer: {(self.root / 'server.log').read_text()}")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """End the server process and return its exit status."""
        assert self.process is not None
        self.process.send_signal(how)
        return self.process.wait(timeout=30)


def free_port() -> int:
    """A port of the loopback on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def served(root: Path) -> Iterator[Server]:
    """A running server; afterwards it and its runs are gone."""
    if not (REPOSITORY / "frontend/dist/paddock/browser/index.html").is_file():
        missing("the built dashboard (make setup)")
    server = Server(root, free_port())
    server.start()
    try:
        yield server
    finally:
        for run in requests.get(f"{server.url}/api/v1/runs", timeout=10).json()["runs"]:
            requests.post(f"{server.url}/api/v1/runs/{run['id']}/commands?wait=done", json={"name": "stop"}, timeout=60)
        server.stop()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server of the test's own."""
    yield from served(tmp_path)


@pytest.fixture(scope="module")
def lasting_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server for all tests of a module: starting one takes seconds."""
    yield from served(tmp_path_factory.mktemp("served"))


@pytest.fixture
def game_server(lasting_server: Server) -> Iterator[Server]:
    """The module's server, on which no game of another test is left."""
    yield lasting_server
    for session in requests.get(f"{lasting_server.url}/api/v1/sessions", timeout=10).json()["sessions"]:
        requests.delete(f"{lasting_server.url}/api/v1/sessions/{session['id']}", timeout=30)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Headless Chromium from the system's packages, closed before other tests want an event loop of their own."""
    chromium = os.environ.get("PADDOCK_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        missing("Chromium (apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page on a desk in which no error may go unseen; closed again, for one left open goes on asking its server."""
    errors: list[str] = []
    with browser.new_page(viewport={"width": 1440, "height": 900}) as page:
        page.on("pageerror", lambda error: errors.append(str(error)))
        yield page
    assert errors == []


def missing(what: str) -> None:
    """Skip aloud on a developer's machine, fail where CI promised to have everything."""
    if os.environ.get("PADDOCK_CI"):
        pytest.fail(f"CI must have {what}")
    pytest.skip(f"NOT TESTED: {what} is missing")
