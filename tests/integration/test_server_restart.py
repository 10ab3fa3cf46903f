"""The server comes and goes; runs and what is known of them stay."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from python_training.runtime.journal import read_events
from python_training.testing.runs import wait_for

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("mode", ["eventlet", "threading"])
def test_a_signal_ends_the_server_and_leaves_the_run(make_server: Callable[..., Any], mode: str) -> None:
    """SIGTERM closes the port with exit code 0; the worker trains on."""
    server = make_server(async_mode=mode)
    server.listen()
    run = server.begin(seconds_per_step=0.01, total_steps=100_000)
    pid = server.wait_for_status(run, "running")["pid"]
    assert server.end(signal.SIGTERM) == 0
    before = _steps(server, run)
    wait_for(lambda: _steps(server, run) > before, "the run to go on")
    assert psutil.pid_exists(pid)


def test_a_killed_server_loses_nothing(make_server: Callable[..., Any]) -> None:
    """After SIGKILL the next server adopts the same worker, and its store holds every journalled event exactly once."""
    server = make_server()
    run = server.begin(seconds_per_step=0.005, total_steps=100_000)
    pid = server.wait_for_status(run, "running")["pid"]
    wait_for(lambda: server.run(run)["step"] > 20, "some steps")
    server.end(signal.SIGKILL)
    before = _steps(server, run)
    wait_for(lambda: _steps(server, run) > before + 50, "the run to go on without a server")
    server.start()
    adopted = server.wait_for_status(run, "running")
    assert (adopted["pid"], adopted["restarts"]) == (pid, 0)
    server.post(f"/api/v1/runs/{run}/commands?wait=done", {"name": "stop"})
    stopped = server.wait_for_status(run, "stopped")

    journalled = [event.seq for event in read_events(server.root / "logs" / run)]
    stored: list[int] = []
    while page := server.get(f"/api/v1/runs/{run}/events?since={stored[-1] if stored else 0}").json()["events"]:
        stored += [event["seq"] for event in page]
    assert stored == journalled == list(range(1, stopped["last_seq"] + 1))
    series = server.get(f"/api/v1/runs/{run}/metrics?names=value&points=20000").json()["series"]["value"]
    assert series["step"] == list(range(1, stopped["step"] + 1))


def test_the_database_can_be_deleted(make_server: Callable[..., Any]) -> None:
    """The next server builds it again from the journals."""
    server = make_server()
    run = server.begin(total_steps=50)
    before = server.wait_for_status(run, "finished")
    server.ask("PATCH", f"/api/v1/runs/{run}", json={"notes": "remember me"})
    history = server.get("/history").json()
    server.end()
    for path in (server.root / "logs").glob("paddock.db*"):
        path.unlink()
    server.start()
    after = server.wait_for_status(run, "finished")
    assert after["notes"] == "remember me"
    assert (after["step"], after["last"], after["last_seq"]) == (before["step"], before["last"], before["last_seq"])
    assert server.get("/history").json() == history


def test_a_dead_worker_is_restarted(make_server: Callable[..., Any]) -> None:
    """A worker that is killed comes back from its checkpoint, and the browser is told."""
    server = make_server()
    run = server.begin(seconds_per_step=0.01, total_steps=100_000)
    listener = server.listen()
    listener.call("join", run=run, since_seq=0)
    pid = server.wait_for_status(run, "running")["pid"]
    saved = server.post(f"/api/v1/runs/{run}/commands?wait=done", {"name": "save"}).json()
    wait_for(lambda: server.run(run)["step"] > saved["step"] + 5, "steps that will be superseded")
    os.kill(pid, signal.SIGKILL)
    listener.wait("training_status", run=run, status="restarting")
    listener.wait("health", run=run, code="crashed")
    assert listener.wait("rewound", run=run)["to_step"] >= saved["step"]
    back = server.wait_for_status(run, "running")
    assert back["pid"] != pid
    assert back["restarts"] == 1


def test_a_second_server_finds_the_first(make_server: Callable[..., Any]) -> None:
    """On the same port there is nothing to do: it prints the URL and exits with 0."""
    server = make_server()
    port = server.url.rsplit(":", 1)[1]
    second = _serve(server.root, port)
    assert (second.returncode, second.stdout) == (0, f"Paddock is at http://localhost:{port} already.\n")


def test_a_port_in_use_is_an_error_that_says_so(tmp_path: Path) -> None:
    """Another program on the port is named, with what to try."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        refused = _serve(tmp_path, port)
    assert refused.returncode == 2
    assert refused.stderr.startswith(f"Another program listens on port {port}. Take another one:")


def test_listening_to_others_without_a_token_is_refused(tmp_path: Path) -> None:
    """The server does not even start."""
    refused = _serve(tmp_path, "0", PADDOCK_HOST="0.0.0.0")  # noqa: S104  # that it is refused is the point
    assert refused.returncode == 2
    assert "PADDOCK_TOKEN" in refused.stderr


def _steps(server: Any, run: str) -> int:
    """How many events the journal has by now."""
    return sum(1 for _ in read_events(server.root / "logs" / run))


def _serve(root: Path, port: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "backend.server"],
        cwd=REPOSITORY,
        env={**os.environ, "PADDOCK_ROOT": str(root), "PADDOCK_PORT": port, **variables},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
