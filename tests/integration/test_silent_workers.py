"""Workers and sessions whose process hangs (SIGSTOP): they are shown as silent, and stop ends them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from backend.workers.ending import MARK
from python_training.contracts.events import EventType
from python_training.runtime.run_folder import RunFolder
from python_training.testing.runs import events_of, wait_for

QUICK = {"stop_patience_s": "1", "stop_grace_s": "1", "max_concurrent_runs": "2"}
PADDOCK = [sys.executable, "-c", "import sys; from backend.cli import main; sys.exit(main())"]


@pytest.fixture
def hung() -> Iterator[list[int]]:
    """Pids that a test has stopped by a signal, none of which outlives it."""
    pids: list[int] = []
    yield pids
    for pid in pids:
        if psutil.pid_exists(pid):
            os.kill(pid, signal.SIGKILL)


def hang(pid: int, hung: list[int]) -> None:
    """Have a process do nothing any more."""
    hung.append(pid)
    os.kill(pid, signal.SIGSTOP)


def running(server: Any, run: str) -> int:
    """The pid of the run's worker, once it trains."""
    return int(server.wait_for_status(run, "running")["pid"])


def silent(server: Any, run: str) -> bool:
    """Whether the list of runs shows it as silent."""
    return any(each["id"] == run and each["silent_since"] for each in server.get("/api/v1/runs").json()["runs"])


def folder_of(server: Any, run: str) -> RunFolder:
    """The run on disk."""
    return RunFolder(server.root / "logs", server.root / "checkpoints", run)


def test_a_hanging_worker_is_silent_until_it_answers_again(make_server: Any, hung: list[int]) -> None:
    """A stopped process is shown as silent, also by a new server; an update of a minute is not; both go on."""
    server = make_server(max_concurrent_runs="2")
    slow = server.begin(total_steps=100, seconds_per_step=60)
    pid = running(server, run := server.begin(total_steps=100_000, seconds_per_step=0.01))
    running(server, slow)
    hang(pid, hung)
    wait_for(lambda: silent(server, run), "the run to be silent", 30)
    assert server.run(run)["status"] == "running"
    assert server.run(run)["silent_since"] > server.run(run)["status_since"]
    assert not silent(server, slow)
    server.end()
    server.start()
    wait_for(lambda: silent(server, run), "an adopted run to be silent", 30)
    os.kill(pid, signal.SIGCONT)
    wait_for(lambda: not silent(server, run), "it to answer again", 30)
    assert not silent(server, slow)
    assert server.run(run)["pid"] == pid
    os.kill(server.run(slow)["pid"], signal.SIGKILL)


def test_stop_ends_a_hanging_worker_and_leaves_the_others(make_server: Any, hung: list[int]) -> None:
    """The run is stopped, not restarted, and can go on from there."""
    server = make_server(**QUICK)
    run, other = (server.begin(total_steps=100_000, seconds_per_step=0.01, checkpoint_interval_s=0.1) for _ in "ab")
    pid, others = running(server, run), running(server, other)
    wait_for(lambda: server.run(run)["checkpoint_step"], "a checkpoint")
    hang(pid, hung)
    answer = server.post(f"/api/v1/runs/{run}/commands?wait=done&timeout=60", {"name": "stop"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["run"]["status"] == "stopped"
    shown = server.run(run)
    assert "SIGTERM was sent" in wait_for(lambda: server.run(run)["health"], "the steps to be told")["message"]
    assert shown["silent_since"] is None
    wait_for(lambda: not psutil.pid_exists(pid), "the process to be gone")
    folder = folder_of(server, run)
    statuses = [each.data["status"] for each in events_of(folder, EventType.STATUS)]
    assert statuses[-1] == "stopped"
    assert "restarting" not in statuses
    assert (server.run(other)["status"], server.run(other)["pid"]) == ("running", others)
    assert server.post(f"/api/v1/runs/{run}/commands", {"name": "start"}).status_code in (200, 202)
    assert running(server, run) != pid
    assert not (folder.path / MARK).exists()


def test_a_stop_is_remembered_by_the_next_server(make_server: Any, hung: list[int]) -> None:
    """Asked to stop before the server was replaced, a worker that dies meanwhile is not restarted."""
    server = make_server(**(QUICK | {"stop_patience_s": "600"}))
    run = server.begin(total_steps=100_000, seconds_per_step=0.01)
    hang(pid := running(server, run), hung)
    answer = server.post(f"/api/v1/runs/{run}/commands", {"name": "stop"})
    assert answer.status_code == 202, answer.text
    assert "SIGKILL" in answer.json()["message"]
    server.end()
    os.kill(pid, signal.SIGKILL)
    server.start()
    shown = server.wait_for_status(run, "stopped", "restarting", "failed")
    assert shown["status"] == "stopped"
    assert "asked to stop" in shown["reason"]


def test_a_terminal_stops_a_hanging_worker_without_a_server(make_server: Any, hung: list[int], tmp_path: Path) -> None:
    """`paddock runs list` shows it as silent, and `paddock stop` ends it and tells each step."""
    server = make_server(**QUICK)
    run = server.begin(total_steps=100_000, seconds_per_step=0.01)
    pid = running(server, run)
    server.end()
    hang(pid, hung)
    own = {name: value for name, value in os.environ.items() if not name.startswith("PADDOCK_")}
    own |= {"PADDOCK_ROOT": str(server.root), "PADDOCK_STOP_PATIENCE_S": "1", "PADDOCK_STOP_GRACE_S": "1"}

    def paddock(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*PADDOCK, *words], capture_output=True, text=True, env=own, timeout=120, check=False)

    assert "running (silent)" in paddock("runs", "list").stdout
    stopped = paddock("stop", run)
    assert stopped.returncode == 0, stopped.stderr
    assert "SIGTERM was sent" in stopped.stderr
    assert f"{run} stopped" in stopped.stdout
    wait_for(lambda: not psutil.pid_exists(pid), "the process to be gone")
    assert [each.data["status"] for each in events_of(folder_of(server, run), EventType.STATUS)][-1] == "stopped"


def test_closing_a_hanging_session_ends_it(make_server: Any, hung: list[int]) -> None:
    """Its process is gone when the answer comes, and the server has answered others meanwhile."""
    server = make_server()
    session = server.post("/api/v1/sessions", {"world": "lunabotics", "player": "random"}).json()
    hang(session["pid"], hung)
    assert server.ask("DELETE", f"/api/v1/sessions/{session['id']}", json={}).status_code == 204
    assert not psutil.pid_exists(session["pid"])
    assert server.get("/health").status_code == 200
