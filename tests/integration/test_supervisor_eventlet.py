"""The machinery behind the server under eventlet, in a process that is patched as the server is."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

SERVER = """
import eventlet
eventlet.monkey_patch()

import json
import sys
import time
from pathlib import Path

from backend.services.journal_feed import JournalFeed
from backend.services.machine import Machine
from backend.services.runs import Runs
from backend.store.sql import SqlRunStore
from backend.workers.supervisor import RestartPolicy, Supervisor

root = Path(sys.argv[1])
logs, checkpoints = root / "logs", root / "checkpoints"
store = SqlRunStore(f"sqlite:///{root / 'paddock.db'}")
feed = JournalFeed(store, logs, checkpoints, lambda _id, _events: None)
runs = Runs(store, feed, logs, checkpoints, sleep=eventlet.sleep)
supervisor = Supervisor(logs, checkpoints, policy=RestartPolicy(first_delay_s=0.05))
logs.mkdir()

over = False
longest = 0.0


def heartbeat():
    # How long the hub was kept from everybody else.
    global longest
    while not over:
        began = time.monotonic()
        eventlet.sleep(0.005)
        longest = max(longest, time.monotonic() - began)


loops = [
    eventlet.spawn(feed.run, lambda: over, interval_s=0.02, scan_interval_s=0.05, sleep=eventlet.sleep),
    eventlet.spawn(supervisor.run, lambda: over, interval_s=0.05, sleep=eventlet.sleep),
    eventlet.spawn(heartbeat),
]


def until(status):
    with eventlet.Timeout(60):
        while runs.get(run.id).status != status:
            eventlet.sleep(0.02)


run = runs.create("scripted", {"total_steps": 100000, "seconds_per_step": 0.005, "checkpoint_interval_s": 0.2})
until("running")
longest = 0.0
answers = [runs.command(run.id, name, wait="done").run.status.value for name in ("pause", "resume", "save")]
machine = Machine(store, logs, lambda: True)
both = [eventlet.spawn(runs.command, run.id, "save", wait="done"), eventlet.spawn(machine.look)]
_, load = (each.wait() for each in both)
answers.append(runs.command(run.id, "stop", wait="done").run.status.value)
over = True
for loop in loops:
    loop.wait()
heavy = sorted({"numpy", "numba", "tensorflow", "torch"} & set(sys.modules))
print(json.dumps({"answers": answers, "longest_s": longest, "heavy": heavy, "workers": len(load.workers)}))
"""


def test_everything_works_on_green_threads(tmp_path: Path) -> None:
    """Under eventlet a run is created, trained, steered and stopped; the hub is not held up, nothing heavy is there."""
    done = subprocess.run(
        [sys.executable, "-c", SERVER, str(tmp_path)], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["answers"] == ["paused", "running", "running", "stopped"]
    assert found["workers"] == 1
    assert found["heavy"] == []
    assert found["longest_s"] < 0.5
