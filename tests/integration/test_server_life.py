"""A run from Start to Stop through a served Paddock, in both async modes."""

from __future__ import annotations

import io
import json
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest

from python_training.testing.runs import wait_for

EACH_MODE = pytest.mark.parametrize("server", ["eventlet", "threading"], indirect=True)
"""For what depends on how connections are carried."""

SLOW = {"seconds_per_step": 0.02, "total_steps": 100_000}


@EACH_MODE
def test_a_run_is_started_watched_saved_and_stopped(server: Any, listener: Any) -> None:
    """A client that joined nothing sees the newest run; save and stop are acknowledged and leave checkpoints."""
    run = server.begin(**SLOW)
    update = listener.wait("metrics_update", run=run)
    assert update.keys() - {"index"} == {"run", "seq", "step", "t", "values"}
    assert update["values"].keys() == {"value", "noise", "steps_per_sec"}
    assert listener.wait("run_changed")["run"]["id"] == run
    assert listener.wait("training_status", run=run, status="running")["is_training"] is True

    began = time.monotonic()
    saved = server.post(f"/api/v1/runs/{run}/commands?wait=done", {"name": "save"}).json()
    assert time.monotonic() - began < 2.0
    assert (saved["state"], saved["name"]) == ("done", "save")
    newest = server.get(f"/api/v1/runs/{run}/checkpoints").json()["checkpoints"][0]
    assert newest["step"] == saved["step"]
    assert len(newest["sha256"]) == 64
    assert listener.wait("checkpoint", run=run)["sha256"] == newest["sha256"]

    accepted = server.post(f"/api/v1/runs/{run}/commands", {"name": "stop"})
    assert accepted.status_code == 202
    stopped = server.wait_for_status(run, "stopped")
    assert listener.wait("training_status", run=run, status="stopped")["is_training"] is False
    newest = server.get(f"/api/v1/runs/{run}/checkpoints").json()["checkpoints"][0]
    assert (newest["step"], newest["reason"]) == (stopped["step"], "stop")


@EACH_MODE
def test_pause_and_resume_by_socket(server: Any, listener: Any) -> None:
    """Commands over Socket.IO are answered at once, and `command_ack` tells when they are done."""
    run = server.begin(**SLOW)
    assert listener.call("join", run=run, since_seq=0)["ok"] is True
    listener.wait("training_status", run=run, status="running")
    answer = listener.call("command", run=run, name="pause", args={})
    assert answer["state"] == "accepted"
    listener.wait("command_ack", id=answer["id"], state="done")
    assert server.run(run)["status"] == "paused"
    answer = listener.call("command", run=run, name="resume")
    listener.wait("command_ack", id=answer["id"], state="done")
    assert server.run(run)["status"] == "running"
    server.post(f"/api/v1/runs/{run}/commands?wait=done", {"name": "stop"})


@EACH_MODE
def test_who_gives_a_command_hears_its_end_without_following_the_run(server: Any, listener: Any) -> None:
    """A page that shows another run still learns whether its Stop worked."""
    run, other = server.begin(**SLOW), server.begin(**SLOW)
    listener.call("join", run=other)
    server.wait_for_status(run, "running")
    answer = listener.call("command", run=run, name="stop")
    listener.wait("command_ack", run=run, id=answer["id"], state="done")
    assert not listener.told("metrics_update", run=run, seq=server.run(run)["last_seq"])
    server.post(f"/api/v1/runs/{other}/commands?wait=done", {"name": "stop"})


def test_a_refused_command_says_why(server: Any, listener: Any) -> None:
    """What a run cannot do is refused with a reason, over REST as over Socket.IO."""
    run = server.begin(total_steps=1)
    server.wait_for_status(run, "finished")
    answer = server.post(f"/api/v1/runs/{run}/commands", {"name": "pause"})
    assert answer.status_code == 409
    assert "finished" in answer.json()["error"]["message"]
    told = listener.call("command", run=run, name="pause")
    assert told["state"] == "refused"
    assert told["error"]["code"] == "conflict"


@EACH_MODE
def test_joining_late_replays_without_a_gap(server: Any, listener: Any) -> None:
    """A client that knows events up to N is told all later ones, each once and in order, while the run goes on."""
    listener.call("leave", run="any")  # from now on it is told only of what it joins
    run = server.begin(seconds_per_step=0.002, total_steps=600)
    server.wait_for_status(run, "running", "finished")
    known = wait_for(lambda: server.run(run)["last_seq"] if server.run(run)["last_seq"] > 8 else None, "events") - 4
    answer = listener.call("join", run=run, since_seq=known)
    assert answer["ok"] is True
    last = server.wait_for_status(run, "finished")["last_seq"]
    pushed = {event["seq"] for event in _events(server, run) if event["type"] not in ("log", "result")}
    expected = sorted(seq for seq in pushed if seq > known)
    wait_for(lambda: set(listener.seqs(run)) >= set(expected), f"events up to {last}")
    assert list(dict.fromkeys(listener.seqs(run))) == expected
    steps = [update["step"] for update in listener.told("metrics_update", run=run)]
    assert steps == list(range(steps[0], 601))


def test_history_survives_and_is_thinned_without_losing_a_spike(server: Any) -> None:
    """Buckets keep the least and the greatest value of what they stand for."""
    run = server.begin(total_steps=3000, steps_per_advance=500)
    server.wait_for_status(run, "finished")
    whole = server.get(f"/api/v1/runs/{run}/metrics?names=noise&points=20000").json()["series"]["noise"]
    thin = server.get(f"/api/v1/runs/{run}/metrics?names=noise&points=100").json()["series"]["noise"]
    assert len(whole["step"]) == 3000
    assert len(thin["step"]) <= 200
    assert max(thin["max"]) == max(whole["max"])
    assert min(thin["min"]) == min(whole["min"])
    assert sum(thin["count"]) == 3000
    part = server.get(f"/api/v1/runs/{run}/metrics?names=noise&from=10&to=19").json()["series"]["noise"]
    assert part["step"] == list(range(10, 20))


@EACH_MODE
def test_a_checkpoint_is_downloaded_pinned_and_deleted(server: Any) -> None:
    """The archive holds the files with the hashes that were listed; a pinned one cannot be deleted."""
    run = server.begin(total_steps=10)
    server.wait_for_status(run, "finished")
    (checkpoint,) = server.get(f"/api/v1/runs/{run}/checkpoints").json()["checkpoints"]
    path = f"/api/v1/runs/{run}/checkpoints/{checkpoint['step']}"
    answer = server.get(f"{path}/download")
    assert answer.headers["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        names = {name.rsplit("/", 1)[-1] for name in archive.namelist()}
    assert names == {"manifest.json", *(file["name"] for file in checkpoint["files"])}
    assert server.ask("PATCH", path, json={"pinned": True}).json()["pinned"] is True
    assert server.ask("DELETE", path, json={}).status_code == 409
    server.ask("PATCH", path, json={"pinned": False})
    assert server.ask("DELETE", path, json={}).status_code == 204
    assert server.get(f"{path}/download").status_code == 404


def test_a_fork_starts_from_the_checkpoint(server: Any) -> None:
    """A run made from a checkpoint begins at its step with its config."""
    parent = server.begin(total_steps=10, seed=5)
    server.wait_for_status(parent, "finished")
    body = {"system": "scripted", "config": {"total_steps": 20}, "from_checkpoint": {"run": parent, "step": 10}}
    fork = server.post("/api/v1/runs", body).json()["id"]
    shown = server.wait_for_status(fork, "finished")
    assert shown["config"]["seed"] == 5
    assert shown["parent"] == {"run": parent, "step": 10}
    series = server.get(f"/api/v1/runs/{fork}/metrics?names=value").json()["series"]["value"]
    assert series["step"] == list(range(11, 21))


def test_notes_and_tags_are_found_again(server: Any, listener: Any) -> None:
    """What people write on a run is searchable, and told to everybody."""
    run = server.begin(total_steps=1)
    server.wait_for_status(run, "finished")
    patched = server.ask("PATCH", f"/api/v1/runs/{run}", json={"notes": "wobbly wheel", "tags": ["keep"]})
    assert patched.json()["tags"] == ["keep"]
    assert [each["id"] for each in server.get("/api/v1/runs?q=WOBBLY&tag=keep").json()["runs"]] == [run]
    wait_for(
        lambda: [told for told in listener.told("run_changed") if told["run"]["notes"] == "wobbly wheel"], "the notes"
    )


def test_a_deleted_run_is_gone_for_everybody(server: Any, listener: Any) -> None:
    """Deleting takes journal and checkpoints, and is told; an active run is not deleted."""
    run = server.begin(**SLOW)
    server.wait_for_status(run, "running")
    assert server.ask("DELETE", f"/api/v1/runs/{run}", json={}).status_code == 409
    server.post(f"/api/v1/runs/{run}/commands?wait=done", {"name": "stop"})
    server.wait_for_status(run, "stopped")
    assert server.ask("DELETE", f"/api/v1/runs/{run}", json={}).status_code == 204
    assert listener.wait("run_deleted", run=run) == {"run": run}
    assert server.get(f"/api/v1/runs/{run}").status_code == 404
    assert not (server.root / "logs" / run).exists()


def test_the_workers_log_is_read_in_parts(server: Any) -> None:
    """The end by default, any part by offset."""
    run = server.begin(total_steps=1000, crash_at_step=3)
    log = server.root / "logs" / run / "worker.log"
    wait_for(lambda: log.exists() and "asks for a crash" in log.read_text(), "the crash in the log")
    whole = server.get(f"/api/v1/runs/{run}/log?tail=1000000").json()
    assert "asks for a crash" in whole["text"]
    part = server.get(f"/api/v1/runs/{run}/log?offset=5").json()
    assert part["offset"] == 5
    assert part["text"].startswith(whole["text"][5:50])
    server.post(f"/api/v1/runs/{run}/commands?wait=done", {"name": "stop"})


def test_the_machine_tells_its_load(server: Any) -> None:
    """Cores, memory, disk, versions, and that this server supervises."""
    machine = server.get("/api/v1/machine").json()
    assert machine["cores"] >= 1
    assert 0 < machine["memory"]["used"] < machine["memory"]["total"]
    assert machine["supervisor"] is True
    assert "python" in machine["versions"]


@EACH_MODE
def test_the_server_loads_no_training_library(server: Any) -> None:
    """TensorFlow, torch and numba belong to workers; the web process stays light."""
    maps = Path(f"/proc/{server.process.pid}/maps").read_text()
    for library in ("tensorflow", "libtorch", "llvmlite"):
        assert library not in maps


def _events(server: Any, run: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while True:
        since = found[-1]["seq"] if found else 0
        page = json.loads(server.get(f"/api/v1/runs/{run}/events?since={since}").text)["events"]
        if not page:
            return found
        found += page
