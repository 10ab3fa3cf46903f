"""A real server on a folder full of damaged runs, on every database: the others do not notice, and it restarts."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from python_training.contracts.events import EventType
from python_training.runtime.journal import JournalWriter
from python_training.testing.damages import DAMAGES, fill
from python_training.testing.runs import scripted_run, wait_for

LONG_AGO = time.time() - 3600


def damaged(root: Path) -> dict[str, str]:
    """One stopped run for each way of damaging one: its id by the name of the damage."""
    found = {}
    for name, damage in DAMAGES.items():
        folder = scripted_run(root)
        with JournalWriter(folder.path) as journal:
            journal.append(EventType.STATUS, status="starting", pid=1, host="supervisor")
            journal.append(EventType.STATUS, status="running")
            for step in range(1, 5):
                journal.append(EventType.POINTS, points=[{"step": step, "t": 1.0, "values": {"value": 1.0}}])
            journal.append(EventType.STATUS, status="stopped")
        fill(folder)
        (folder.path / "labels.json").write_text('{"name": "x", "notes": "n", "tags": [], "pinned": false}')
        damage(folder)
        os.utime(folder.path, (LONG_AGO, LONG_AGO))
        found[name] = folder.id
    return found


def is_well(server: Any, run: str, bad: dict[str, str]) -> None:
    """The server answers, lists everybody, and the good run is live and does as it is told."""
    assert server.get("/health").json()["status"] == "ok"
    assert server.get("/metrics").status_code == 200
    listed = wait_for(
        lambda: answer if (answer := server.get("/api/v1/runs?limit=1000").json())["total"] == len(bad) + 1 else None,
        "all runs to be listed",
        60,
    )
    assert {each["id"] for each in listed["runs"]} == {run, *bad.values()}
    shown = {each["id"]: each["damage"] for each in listed["runs"]}
    assert shown[run] == ""
    assert "missing" in wait_for(lambda: server.run(bad["run.json: missing"])["damage"], "the reason")
    assert server.get("/api/v1/worlds").status_code == 200
    assert server.get("/api/v1/machine").status_code == 200
    listener = server.listen()
    assert listener.call("join", run=run)["ok"]
    assert listener.wait("metrics_update", run=run)
    for name, state in (("pause", "done"), ("resume", "done"), ("save", "done")):
        answer = server.post(f"/api/v1/runs/{run}/commands?wait=done", {"name": name})
        assert (answer.status_code, answer.json()["state"]) == (200, state), answer.text


@pytest.mark.slow
def test_a_folder_full_of_damaged_runs_hurts_nobody(
    tmp_path: Path, store_url: str, make_server: Callable[..., Any]
) -> None:
    """Listing, live updates, commands, /health, a restart, and the deletion of every damaged run."""
    bad = damaged(tmp_path)
    server = make_server(database_url=store_url, max_concurrent_runs="100", command_rate="10000", command_burst="10000")
    run = server.begin(total_steps=1_000_000, seconds_per_step=0.01)
    server.wait_for_status(run, "running", timeout=60)
    is_well(server, run, bad)
    server.end(signal.SIGKILL)
    server.start()
    is_well(server, run, bad)
    for name, run_id in bad.items():
        for path in ("", "/metrics", "/events", "/checkpoints", "/log", "/report", "/elites"):
            assert server.get(f"/api/v1/runs/{run_id}{path}").status_code < 500, (name, path)
        shown = server.run(run_id)
        if shown["is_training"]:  # the journal was cut before its end, or says so
            server.post(f"/api/v1/runs/{run_id}/commands", {"name": "stop"})
        answer = server.ask("DELETE", f"/api/v1/runs/{run_id}")
        assert answer.status_code == 204, (name, answer.text)
    is_well(server, run, {})
    assert server.post(f"/api/v1/runs/{run}/commands?wait=done", {"name": "stop"}).status_code == 200
    server.wait_for_status(run, "stopped")
    assert [
        path.name for path in (tmp_path / "logs").iterdir() if not path.name.startswith(("paddock", "super", "."))
    ] == [run]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"system": "scripted", "name": "\ud800"}, "name"),
        ({"system": "scripted", "notes": "a\x00"}, "notes"),
        ({"system": "scripted", "tags": ["fine", "\udc00"]}, "tags.1"),
        ({"system": "scripted", "preset": "\ud800"}, "preset"),
        ({"system": "ppo", "config": {"env_config": {"deep": [{"x": "\x00"}]}}}, "config.env_config.deep.0.x"),
        ({"system": "ppo", "config": {"env_config": {"x": float("nan")}}}, "config.env_config.x"),
    ],
)
def test_what_is_no_text_is_refused_at_the_door(server: Any, body: dict[str, Any], field: str) -> None:
    """REST answers 400 with the field, over Socket.IO the acknowledgement is the error; nothing was made."""
    before = server.get("/api/v1/runs").json()["total"]
    answer = server.post("/api/v1/runs", body)
    assert (answer.status_code, answer.json()["error"]["field"]) == (400, field), answer.text
    assert server.get("/api/v1/runs").json()["total"] == before
    assert server.get("/health").status_code == 200


def test_what_is_no_text_is_refused_in_paths_queries_patches_and_messages(server: Any) -> None:
    """Every door has the same rule."""
    run = server.begin(total_steps=1)
    for answer in (
        server.get("/api/v1/runs?q=%00"),
        server.get("/api/v1/runs?tag=a%00b"),
        server.ask("PATCH", f"/api/v1/runs/{run}", json={"notes": "\ud800"}),
        server.post("/config", {"drift": "\ud800"}),
        server.post(f"/api/v1/runs/{run}/commands", {"name": "set", "args": {"drift": "\x00"}}),
    ):
        assert answer.status_code == 400, answer.text
    assert server.get("/api/v1/runs/%00").status_code in (400, 404)
    listener = server.listen()
    assert listener.call("join", run="\x00")["error"]["code"] == "invalid_config"
