"""Attacks on a real server: what a config over REST may not name is neither reached, nor read, nor run."""

from __future__ import annotations

import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from python_training.runtime.run_folder import create_run
from python_training.testing.runs import wait_for

SECRET = "very-secret-content"  # noqa: S105  # what must never be shown
SYNTHETIC = {
    "objective": "python_training.systems.tuner.objectives.synthetic:SyntheticObjective",
    "use_llm": False,
    "use_neural_net": False,
}
BATTLESNAKE = {"objective": "battlesnake", "use_llm": False, "use_neural_net": False}


class Trap:
    """A hostile listener on this machine, which notes every connection."""

    def __init__(self) -> None:
        self.connections: list[bytes] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(2)
                try:
                    self.connections.append(connection.recv(1000))
                    connection.sendall(
                        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
                    )
                except OSError:
                    self.connections.append(b"")

    def close(self) -> None:
        """Listen no longer."""
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


@pytest.fixture(scope="module")
def trap() -> Iterator[Trap]:
    """The listener."""
    made = Trap()
    yield made
    made.close()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with hooks that write a file beside it, and itself as its remote."""
    folder = tmp_path / "repository"
    subprocess.run(["git", "init", "--quiet", str(folder)], check=True)  # noqa: S607  # wherever it is
    for name in ("pre-commit", "post-commit", "pre-push", "pre-receive", "update", "post-index-change"):
        hook = folder / ".git" / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
        hook.chmod(0o755)
    return folder


def refused(server: Any, system: str, config: dict[str, Any], field: str, **body: Any) -> dict[str, Any]:
    """The error by which a run is refused, before there is one."""
    before = server.get("/api/v1/runs").json()["total"]
    answer = server.post("/api/v1/runs", {"system": system, "config": config, **body})
    assert answer.status_code == 400, answer.text
    error: dict[str, Any] = answer.json()["error"]
    assert error["field"] == field, error
    assert server.get("/api/v1/runs").json()["total"] == before
    for path, sent in (
        (f"/api/v1/systems/{system}/check", {"config": config, **body}),
        ("/control/start", {"system": system, "config": config, **body}),
    ):
        again = server.post(path, sent)
        assert (again.status_code, again.json()["error"]) == (400, error), path
    return error


def test_no_cluster_is_joined_that_is_not_allowed(server: Any, trap: Trap) -> None:
    """Neither by NEAT nor by the tuner, nor by a training that the tuner tunes; Ray itself is never asked."""
    for address in (trap.address, f"ray://{trap.address}", "auto", "os://x", "http://" + trap.address):
        asked = {"executor": "ray", "ray_address": address}
        error = refused(server, "neat", asked, "ray_address")
        assert "PADDOCK_ALLOWED_ADDRESSES" in error["hint"]
        refused(server, "tuner", BATTLESNAKE | asked, "ray_address")
        tuned = {
            "system": "neat",
            "config": {"env": "CartPole-v1", **asked},
            "steps": 1,
            "parameters": [{"name": "neat.node_add_prob", "low": 0, "high": 1}],
        }
        nested = {"objective": "preset", "objective_config": tuned, "use_llm": False}
        refused(server, "tuner", nested, "objective_config.config.ray_address")
    assert trap.connections == []


def test_no_url_is_asked_that_is_not_allowed(server: Any, trap: Trap) -> None:
    """Opponents, the player and the language model's endpoint: not a byte reaches the listener."""
    for url in (f"http://{trap.address}", f"http://user@{trap.address}/x", "http://localhost:1", "file:///etc/passwd"):
        refused(
            server, "tuner", BATTLESNAKE | {"objective_config": {"opponents": [url]}}, "objective_config.opponents.0"
        )
        refused(server, "tuner", BATTLESNAKE | {"objective_config": {"player": url}}, "objective_config.player")
    endpoint = {"url": f"http://{trap.address}/v1", "model": "m"}
    adviser = {"objective": "battlesnake", "adviser": {"endpoints": [endpoint]}}
    refused(server, "tuner", adviser, "adviser.endpoints.0.url")
    for model in ("owner/name", "/etc/model", "./model", "~/model", "os.path:join"):
        refused(server, "tuner", {"objective": "battlesnake", "adviser": {"models": [model]}}, "adviser.models.0")
    assert trap.connections == []


def test_no_repository_is_committed_to_or_pushed_to(server: Any, tmp_path: Path, repository: Path) -> None:
    """And none of its hooks runs."""
    for git, field in (
        ({"repo": str(repository)}, "git.repo"),
        ({"push": True}, "git.remote"),
        ({"push": True, "remote": str(repository)}, "git.remote"),
        ({"push": True, "remote": f"ext::sh -c touch% {tmp_path}/ran"}, "git.remote"),
        ({"remote": "ssh://-oProxyCommand=touch/x"}, "git.remote"),
        ({"path": "hooks/pre-commit"}, "git.path"),
    ):
        refused(server, "tuner", BATTLESNAKE | {"git": git}, field)
    assert not (tmp_path / "ran").exists()


def test_no_code_is_imported_and_no_command_is_run(server: Any, tmp_path: Path) -> None:
    """Classes of the user's, Paddock's own inner ones, commands, and worlds that are modules."""
    written = tmp_path / "ran"
    command = {"command": ["touch", str(written)], "parameters": [{"name": "x", "low": 0, "high": 1}]}
    shell = {"objective": "shell", "objective_config": command, "use_llm": False}
    error = refused(server, "tuner", shell, "objective_config.command")
    assert "PADDOCK_ALLOWED_COMMANDS" in error["hint"]
    refused(server, "tuner", {"objective": "subprocess:Popen"}, "objective")
    refused(server, "tuner", {"objective": "python_training.executors.ray:RayExecutor"}, "objective")
    search = {"custom": "os.path:join", "sources": {"spsa": 1, "custom": 1}}
    refused(server, "tuner", BATTLESNAKE | {"search": search}, "search.custom")
    for system in ("ppo", "neat"):
        answer = server.post("/api/v1/runs", {"system": system, "config": {"env": "antigravity:World-v0"}})
        assert (answer.status_code, answer.json()["error"]["field"]) == (400, "env"), answer.text
        path = {"env": "CartPole-v1", "env_config": {"xml_file": "/etc/passwd"}}
        refused(server, system, path, "env_config.xml_file")
    assert not written.exists()


def test_files_are_read_below_the_folder_of_players_only(server: Any, tmp_path: Path) -> None:
    """What exists elsewhere is not told from what does not, and what is read is not quoted, be it broken."""
    folder = server.root / "players" / "battlesnake"
    folder.mkdir(parents=True, exist_ok=True)
    (tmp_path / "there.yaml").write_text(f"{SECRET}: [\n")
    (folder / "broken.yaml").write_text(f"{SECRET}: [{SECRET}\n  - {SECRET}: {{\n")
    (folder / "wrong.yaml").write_text(f"weights:\n  {SECRET}: {SECRET}\n")
    (folder / "link.yaml").symlink_to(tmp_path / "there.yaml")
    told = set()
    for name in (
        str(tmp_path / "there.yaml"),
        "/etc/none.yaml",
        "/etc/passwd",
        "../../x.yaml",
        "link.yaml",
        "none.yaml",
    ):
        objective = {"objective_config": {"player": name}}
        error = refused(server, "tuner", BATTLESNAKE | objective, "objective_config.player")
        seats = [{"pilot": {"kind": "file", "path": name}}, {"pilot": {"kind": "person"}}]
        session = server.post("/api/v1/sessions", {"world": "battlesnake", "seats": seats})
        told.add((error["message"].replace(name, "NAME"), session.status_code, session.text.replace(name, "NAME")))
    assert len(told) == 1, told
    listed = server.get("/api/v1/worlds").text
    assert "broken.yaml" in listed
    for name in ("broken.yaml", "wrong.yaml"):
        seats = [{"pilot": {"kind": "file", "path": name}}, {"pilot": {"kind": "person"}}]
        session = server.post("/api/v1/sessions", {"world": "battlesnake", "seats": seats})
        assert session.status_code == 400, session.text
        listed += session.text
        begun = server.post(
            "/api/v1/runs", {"system": "tuner", "config": BATTLESNAKE | {"objective_config": {"player": name}}}
        )
        run = begun.json()["id"]
        server.wait_for_status(run, "failed")
        listed += server.get(f"/api/v1/runs/{run}").text + server.get(f"/api/v1/runs/{run}/log").text
        listed += server.get(f"/api/v1/runs/{run}/events").text
    assert SECRET not in listed


def test_what_the_operator_allows_is_done_and_a_fork_takes_over_no_more(make_server: Any, trap: Trap) -> None:
    """The listener is asked, since it is listed; a redirect leads nowhere; what a terminal named stays as it was."""
    server = make_server(allowed_url_hosts=trap.address, max_concurrent_runs="2")
    config = BATTLESNAKE | {"objective_config": {"opponents": [f"http://{trap.address}"]}}
    begun = server.post("/api/v1/runs", {"system": "tuner", "config": config})
    assert begun.status_code == 201, begun.text
    shown = server.wait_for_status(begun.json()["id"], "failed", timeout=300)
    assert len(trap.connections) >= 1
    assert "status 302" in server.get(f"/api/v1/runs/{shown['id']}/log").text
    trap.connections.clear()

    logs, checkpoints = server.root / "logs", server.root / "checkpoints"
    named = {"git": {"enabled": False, "repo": "/srv/mine"}, "max_games": 2, "games": 2, "baseline_games": 0}
    terminal = create_run(logs, checkpoints, system="tuner", config=SYNTHETIC | named)
    server.wait_for_status(terminal.id, "finished", timeout=300)
    step = wait_for(
        lambda: server.get(f"/api/v1/runs/{terminal.id}/checkpoints").json()["checkpoints"], "it to be saved"
    )
    body = {"system": "tuner", "from_checkpoint": {"run": terminal.id, "step": step[0]["step"]}}
    for git, field in (({"enabled": True}, "git.repo"), ({"repo": "/srv/other"}, "git.repo")):
        answer = server.post("/api/v1/runs", body | {"config": {"git": git}})
        assert (answer.status_code, answer.json()["error"]["field"]) == (400, field), answer.text
    fork = server.post("/api/v1/runs", body | {"config": {"max_games": 4}})
    assert fork.status_code == 201, fork.text
    assert trap.connections == []
