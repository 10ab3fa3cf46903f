"""A real server on folders full of damaged runs: a live run beside them does not notice, before and after a restart."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from backend.domain.run import Labels
from backend.services.labels import write_labels
from python_training.contracts.events import EventType
from python_training.runtime.journal import JournalWriter
from python_training.testing.damages import DAMAGES, fill, is_told
from python_training.testing.runs import scripted_run, wait_for

MOST_MEMORY_KB = 700_000
PARTS_OF_A_RUN = ("", "/metrics", "/events", "/checkpoints", "/log", "/report", "/elites")


def damaged(root: Path, names: list[str]) -> dict[str, str]:
    """One stopped run, an hour old, for each of these ways of damaging one: its id by the damage's name."""
    found = {}
    for name in names:
        # Where the damage hides that it was stopped it is started once more, and has nothing left to do.
        folder = scripted_run(root, total_steps=5)
        with JournalWriter(folder.path) as journal:
            journal.append(EventType.STATUS, status="starting", pid=1, host="supervisor")
            journal.append(EventType.STATUS, status="running")
            for step in range(1, 10):
                journal.append(EventType.POINTS, points=[{"step": step, "t": 1.0, "values": {"value": 1.0}}])
            journal.append(EventType.STATUS, status="stopped")
        fill(folder)
        write_labels(folder.path, Labels("called", "notes", ("tag",)))
        DAMAGES[name](folder)
        long_ago = time.time() - 3600
        os.utime(folder.path, (long_ago, long_ago))
        found[name] = folder.id
    return found


def is_well(server: Any, run: str, bad: dict[str, str]) -> Any:
    """The server answers, lists every run, tells what is damaged, and the good run is live and does as it is told.

    Returns:
        A listener that has joined the good run.
    """
    assert server.get("/health").json()["status"] == "ok"
    assert server.get("/metrics").status_code == 200

    def shown() -> dict[str, str]:
        return {each["id"]: each["damage"] for each in server.get("/api/v1/runs?limit=1000").json()["runs"]}

    wait_for(lambda: shown().keys() == {run, *bad.values()}, "all runs to be listed", 60)
    wanted = {run_id: name for name, run_id in bad.items() if is_told(name)}
    with contextlib.suppress(AssertionError):
        wait_for(lambda: all(shown()[each] for each in wanted), "the reasons", 20)
    told = shown()
    assert [name for run_id, name in wanted.items() if not told[run_id]] == []
    assert told[run] == ""
    for path in ("/status", "/history", *(f"/api/v1/{each}" for each in ("worlds", "machine", "elites", "sessions"))):
        assert server.get(path).status_code == 200, path
    listener = server.listen()
    assert listener.call("join", run=run)["ok"]
    goes_on(listener, run)
    for name in ("pause", "resume", "save"):
        answer = server.post(f"/api/v1/runs/{run}/commands?wait=done", {"name": name})
        assert (answer.status_code, answer.json()["state"]) == (200, "done"), answer.text
    goes_on(listener, run)
    return listener


def goes_on(listener: Any, run: str) -> None:
    """Points of the run arrive that are newer than those that have."""
    newest = max((each["step"] for each in listener.told("metrics_update", run=run)), default=0)
    wait_for(lambda: any(each["step"] > newest for each in listener.told("metrics_update", run=run)), "news of the run")


def peak_memory_kb(server: Any) -> int:
    """The most memory that the server's process has had at once."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{server.process.pid}/status").read_text())
    assert found is not None
    return int(found[1])


@pytest.mark.parametrize(
    ("store_url", "every"),
    [
        pytest.param("sqlite", 3, id="a third"),
        pytest.param("sqlite", 1, id="sqlite", marks=pytest.mark.slow),
        pytest.param("postgresql", 1, id="postgresql", marks=pytest.mark.slow),
    ],
    indirect=["store_url"],
)
def test_folders_full_of_damaged_runs_hurt_nobody(
    tmp_path: Path, store_url: str, every: int, make_server: Callable[..., Any]
) -> None:
    """A live run beside runs damaged in every known way is listed, followed and commanded; the others can be deleted.

    The same after the server was killed and started again; its memory stays within bounds all the while.
    """
    bad = damaged(tmp_path, list(DAMAGES)[::every])
    server = make_server(database_url=store_url, max_concurrent_runs="100", command_rate="10000", command_burst="10000")
    run = server.begin(total_steps=1_000_000, seconds_per_step=0.01)
    server.wait_for_status(run, "running", timeout=60)
    is_well(server, run, bad)
    assert peak_memory_kb(server) < MOST_MEMORY_KB
    server.end(signal.SIGKILL)
    server.start()
    listener = is_well(server, run, bad)
    failed = [
        (name, path)
        for name, run_id in bad.items()
        for path in PARTS_OF_A_RUN
        if server.get(f"/api/v1/runs/{run_id}{path}").status_code >= 500
    ]
    assert failed == []
    for name, run_id in bad.items():
        if server.run(run_id)["status"] in ("queued", "starting", "running", "restarting"):
            # It seemed to be going on, and so was restarted.
            server.post(f"/api/v1/runs/{run_id}/commands?wait=done", {"name": "stop"})
        answer = server.ask("DELETE", f"/api/v1/runs/{run_id}")
        assert answer.status_code == 204, (name, answer.text)
        assert not (tmp_path / "logs" / run_id).exists(), name
    goes_on(listener, run)
    is_well(server, run, {})
    assert peak_memory_kb(server) < MOST_MEMORY_KB
    assert server.post(f"/api/v1/runs/{run}/commands?wait=done", {"name": "stop"}).status_code == 200
    server.wait_for_status(run, "stopped")
