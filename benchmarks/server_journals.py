"""Whether a server answers while it reads a million points for the first time, and what runs at rest cost it.

A point is one metric at one step. Two journals of a million points are read, each by a `python -m backend.server`
process of its own with an empty database: one as a quick trainer leaves it, a thousand points an event, and one as a
slow trainer does, an event each. From the moment when its port is open until the last point is in the database /health
is asked every 20 ms, one request after the other. The database is measured with its
write-ahead log once the server has ended. A third server then follows a thousand short runs that have stopped, and its
processor time is counted once it has read them all. Claims: every answer of /health within a second, at most 150 MB of
database for a million points, and at most 2 % of a core for a thousand runs at rest.

    python benchmarks/server_journals.py [--points 1000000] [--runs 1000] [--seconds 10] [--json]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import requests
from server_fanout import processor, served

from python_training.contracts.events import EventType
from python_training.runtime.journal import JournalWriter
from python_training.runtime.run_folder import create_run

CLAIMED_HEALTH_S = 1.0
CLAIMED_MEGABYTES = 150.0
CLAIMED_RESTING_CORES = 0.02
_PAUSE_S = 0.02
_ONE_SEGMENT = 1 << 40
"""Nothing is compacted then, which would leave fewer points to read."""


def write_run(root: Path, points: int, points_an_event: int) -> tuple[str, int]:
    """A stopped run whose journal has so many points of one metric; its id and the seq of its last event."""
    folder = create_run(root / "logs", root / "checkpoints", system="scripted", config={"total_steps": points})
    values = np.random.default_rng(0).normal(size=points).cumsum()
    began = time.time() - points / 100
    with JournalWriter(folder.path, segment_bytes=_ONE_SEGMENT) as journal:
        journal.append(EventType.STATUS, status="starting", pid=1, host="supervisor")
        journal.append(EventType.STATUS, status="running")
        for first in range(0, points, points_an_event):
            steps = range(first, min(points, first + points_an_event))
            batch = [
                {"step": step + 1, "t": round(began + step / 100, 3), "values": {"value": float(values[step])}}
                for step in steps
            ]
            journal.append(EventType.POINTS, points=batch)
        journal.append(EventType.STATUS, status="stopped")
        return folder.id, journal.last_seq


def first_reading(points: int, points_an_event: int) -> dict[str, Any]:
    """Let a server read such a journal for the first time and ask for its health meanwhile."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        run, last_seq = write_run(root, points, points_an_event)
        began = time.monotonic()
        with served(root, 1) as (url, process):
            took: list[float] = []
            over = threading.Event()
            asker = threading.Thread(target=_ask_for_health, args=(url, took, over))
            asker.start()
            # The list tells what is in the database without having the server read on for it.
            while not any(each["last_seq"] >= last_seq for each in _runs(url, 1)):
                time.sleep(1.0)
            seconds = time.monotonic() - began
            over.set()
            asker.join()
            memory = process.memory_info().rss
            shown = requests.get(f"{url}/api/v1/runs/{run}", timeout=60).json()
        size = sum(path.stat().st_size for path in root.rglob("paddock.db*"))
        journal = sum(path.stat().st_size for path in root.glob("logs/*/events-*.jsonl"))
    p50, p99 = (float(value) for value in np.percentile(took, (50, 99)))
    return {
        "points": points,
        "points_an_event": points_an_event,
        "complete": shown["step"] == points,
        "seconds": seconds,
        "asked": len(took),
        "health_p50_s": p50,
        "health_p99_s": p99,
        "health_max_s": max(took),
        "database_mb": size / 1e6,
        "journal_mb": journal / 1e6,
        "memory_mb": memory / 1e6,
        "holds": max(took) <= CLAIMED_HEALTH_S
        and size / 1e6 <= CLAIMED_MEGABYTES * points / 1e6
        and shown["step"] == points,
    }


def resting(runs: int, seconds: float) -> dict[str, Any]:
    """Processor time of a server that has so many runs, none of which does anything."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        for _ in range(runs):
            write_run(root, 100, 100)
        with served(root, 1) as (url, process):
            while len(found := _runs(url, runs)) < runs or any(each["status"] != "stopped" for each in found):
                time.sleep(1.0)
            time.sleep(5.0)
            before = _cpu_s(process)
            time.sleep(seconds)
            cores = (_cpu_s(process) - before) / seconds
    return {"resting_runs": runs, "resting_cores": cores, "holds": cores <= CLAIMED_RESTING_CORES * runs / 1000}


def measure(points: int, runs: int, seconds: float) -> dict[str, Any]:
    """Everything that is claimed."""
    readings = [first_reading(points, each) for each in (1000, 1)]
    rest = resting(runs, seconds)
    return {
        "readings": readings,
        **rest,
        "processor": processor(),
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
        "python": platform.python_version(),
        "date": datetime.now(UTC).date().isoformat(),
        "holds": all(each["holds"] for each in (*readings, rest)),
    }


def _ask_for_health(url: str, took: list[float], over: threading.Event) -> None:
    session = requests.Session()
    while not over.is_set():
        asked = time.monotonic()
        session.get(f"{url}/health", timeout=120).raise_for_status()
        took.append(time.monotonic() - asked)
        time.sleep(_PAUSE_S)


def _runs(url: str, limit: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = requests.get(f"{url}/api/v1/runs?limit={limit}", timeout=120).json()["runs"]
    return found


def _cpu_s(process: psutil.Process) -> float:
    used = process.cpu_times()
    return used.user + used.system


def main() -> int:
    """Measure, print, and end with 1 if a claim does not hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=1000, help="runs at rest")
    parser.add_argument("--seconds", type=float, default=10.0, help="how long the runs at rest are watched")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    result = measure(options.points, options.runs, options.seconds)
    if options.json:
        print(json.dumps(result))
        return 0 if result["holds"] else 1
    for each in result["readings"]:
        print(
            f"{each['points']:,} points, {each['points_an_event']} an event: read in {each['seconds']:.0f} s", end=" "
        )
        print(f"from a journal of {each['journal_mb']:.0f} MB")
        print(f"  /health meanwhile    p50 {each['health_p50_s']:.3f} s, p99 {each['health_p99_s']:.3f} s,", end=" ")
        print(f"longest {each['health_max_s']:.3f} s (claim: {CLAIMED_HEALTH_S:g} s)")
        print(f"  database             {each['database_mb']:.0f} MB (claim: {CLAIMED_MEGABYTES:g} MB a million)")
        print(f"  the server's memory  {each['memory_mb']:.0f} MB")
    print(f"{result['resting_runs']} runs at rest: {result['resting_cores']:.3f} cores", end=" ")
    print(f"(claim: {CLAIMED_RESTING_CORES:g} for a thousand)")
    print(f"{result['processor']}, load {result['load']:.1f}, Python {result['python']}, {result['date']}")
    return 0 if result["holds"] else 1


if __name__ == "__main__":
    sys.exit(main())
