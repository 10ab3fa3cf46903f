from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

PATIENCE_S = 60.0
PADDOCK = [sys.executable, "-c", "import sys; from backend.cli import main; sys.exit(main())"]


class Machine:
    """A root folder with a server on a port of its own, and terminals beside it."""

    def __init__(self, root: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        own = {name: value for name, value in os.environ.items() if not name.startswith("PADDOCK_")}
        self.environment = own | {"PADDOCK_ROOT": str(root), "PADDOCK_PORT": str(self.port)}
        self.processes: list[subprocess.Popen[str]] = []

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """`paddock ARGUMENTS` as a process."""
        process = subprocess.Popen(
            [*PADDOCK, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self.environment,
        )
        self.processes.append(process)
        return process

    def run(self, *arguments: str) -> tuple[int, dict[str, Any]]:
        """Exit code and JSON of `paddock ARGUMENTS --json`."""
        process = self.start(*arguments, "--json")
        out, err = process.communicate(timeout=PATIENCE_S)
        assert out, err
        return process.returncode, json.loads(out)

    def get(self, path: str) -> dict[str, Any]:
        """What the server answers."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as response:
            found: dict[str, Any] = json.load(response)
        return found

    def seen(self, run: str, status: str) -> bool:
        """Whether the server knows the run, with that status."""
        return any(each["id"] == run and each["status"] == status for each in self.get("/api/v1/runs")["runs"])


def wait_for(what: Callable[[], Any]) -> Any:
    """Poll until `what` returns something true, and return that."""
    deadline = time.monotonic() + PATIENCE_S
    while not (found := what()):
        assert time.monotonic() < deadline, "waited for too long"
        time.sleep(0.05)
    return found


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A machine whose server answers."""
    made = Machine(tmp_path_factory.mktemp("machine"))
    server = made.start("serve")
    assert server.stdout is not None
    assert f"{made.port}" in server.stdout.readline()
    yield made
    server.send_signal(signal.SIGINT)
    for process in made.processes:
        try:
            process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def test_run_of_a_terminal_appears_in_the_server_and_keeps_its_own_process(machine: Machine) -> None:
    """The server shows it with its points; its supervisor starts no second worker for it."""
    endless = ("--set", "total_steps=100000", "--set", "seconds_per_step=0.01")
    process = machine.start("train", "scripted", *endless, "--json")
    run = wait_for(lambda: next((each for each in machine.get("/api/v1/runs")["runs"] if each["step"] > 0), None))
    run = machine.get(f"/api/v1/runs/{run['id']}")
    assert (run["status"], run["pid"]) == ("running", process.pid)
    code, stopped = machine.run("stop", run["id"])
    assert (code, stopped["state"]) == (0, "done")
    told = json.loads(process.communicate(timeout=PATIENCE_S)[0])
    assert (told["run"], told["status"], process.returncode) == (run["id"], "stopped", 0)
    wait_for(lambda: machine.seen(run["id"], "stopped"))

    # Resumed without a terminal, it is the server that finds it a process.
    assert machine.run("resume", run["id"])[0] == 0
    wait_for(lambda: machine.seen(run["id"], "running"))
    code, refused = machine.run("runs", "delete", run["id"])
    assert (code, refused["error"]["code"]) == (5, "run_locked")
    assert machine.run("stop", "--all")[0] == 0
    wait_for(lambda: machine.seen(run["id"], "stopped"))

    assert machine.run("runs", "delete", run["id"]) == (0, {"run": run["id"], "deleted": True})
    assert not [each for each in machine.get("/api/v1/runs")["runs"] if each["id"] == run["id"]]


def test_many_runs_of_terminals_are_never_taken_by_the_supervisor(machine: Machine) -> None:
    """Created right under the eyes of a supervisor, each is trained by the terminal that created it."""
    processes = [machine.start("train", "scripted", "--set", "total_steps=5", "--json") for _ in range(4)]
    for process in processes:
        told = json.loads(process.communicate(timeout=PATIENCE_S)[0])
        assert (told["status"], process.returncode) == ("finished", 0)


def test_second_server_on_the_port_says_that_one_runs(machine: Machine) -> None:
    """Serving twice is no error: the second one names the address of the first."""
    out, _ = machine.start("serve").communicate(timeout=PATIENCE_S)
    assert "already" in out
    assert str(machine.port) in out
