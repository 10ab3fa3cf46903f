"""How long a point takes from the journal to twenty browsers while four runs bring two hundred a second each.

A `python -m backend.server` process follows four runs of the scripted trainer, each a worker process of its own that
measures two hundred points a second. Twenty Socket.IO clients join all four, so that sixteen thousand messages are sent
each second. A point's delay is counted from when its trainer handed it to the journal (its `t`) until a client has read
it from its socket; that includes the journal's batches of 100 ms and the server's look every 100 ms. The clients
only split what they read, so that the server is measured and not they: twenty clients of python-socketio in one
process, which start a thread for each message, fall seconds behind by themselves. Claim: 95 % of all points arrive
within a second, and none is lost.

    python benchmarks/server_fanout.py [--runs 4] [--rate 200] [--clients 20] [--seconds 20] [--json]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import requests
import websocket

CLAIMED_P95_S = 1.0
_ANNOUNCED = re.compile(r"Paddock is at (http://\S+)")
_POINT = re.compile(rb'42\["metrics_update",\{"run":"([^"]+)","seq":\d+(?:,"index":\d+)?,"step":(\d+),"t":([\d.]+)')
_LONGEST_HEAD_BYTES = 300
"""How much of a message must be there before its time is found."""


@contextmanager
def served(root: Path, runs: int) -> Iterator[tuple[str, psutil.Process]]:
    """A server on a free port with a folder of its own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PADDOCK_")}
    environment |= {"PADDOCK_ROOT": str(root), "PADDOCK_PORT": "0", "PADDOCK_MAX_CONCURRENT_RUNS": str(runs)}
    command = [sys.executable, "-m", "backend.server"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None  # noqa: S101  # for the type checker
    try:
        found = next(filter(None, map(_ANNOUNCED.search, process.stdout)), None)
        if found is None:
            raise SystemExit("The server did not start.")
        yield found[1], psutil.Process(process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def begin(url: str, rate: float) -> str:
    """Begin a run that measures so many points a second; its id, once it runs."""
    config = {"seconds_per_step": 1.0 / rate, "total_steps": 10_000_000}
    body = {"system": "scripted", "config": config}
    run: str = requests.post(f"{url}/api/v1/runs", json=body, timeout=30).json()["id"]
    while requests.get(f"{url}/api/v1/runs/{run}", timeout=30).json()["status"] != "running":
        time.sleep(0.1)
    return run


def join(url: str, runs: list[str]) -> socket.socket:
    """A client that follows all runs; its socket, of which nobody has read any point yet."""
    client = websocket.create_connection(f"{url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket")
    client.recv()
    client.send("40")
    client.recv()
    for number, run in enumerate(runs):
        client.send(f"42{number}{json.dumps(['join', {'run': run}])}")
    line: socket.socket = client.sock
    line.setblocking(False)
    return line


def read(lines: list[socket.socket], seconds: float) -> tuple[list[float], list[Counter[bytes]], int]:
    """Delay of every point that the clients read; what each has lost, by run; and how many points it took."""
    selector = selectors.DefaultSelector()
    for number, line in enumerate(lines):
        selector.register(line, selectors.EVENT_READ, number)
    rest = [b""] * len(lines)
    newest: list[dict[bytes, int]] = [{} for _ in lines]
    lost: list[Counter[bytes]] = [Counter() for _ in lines]
    delays: list[float] = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for key, _ in selector.select(0.1):
            data = rest[key.data] + lines[key.data].recv(1 << 18)
            now = time.time()
            after = 0
            for found in _POINT.finditer(data):
                run, step = found[1], int(found[2])
                lost[key.data][run] += step - newest[key.data].get(run, step - 1) - 1
                newest[key.data][run] = step
                delays.append(now - float(found[3]))
                after = found.end()
            rest[key.data] = data[max(after, len(data) - _LONGEST_HEAD_BYTES) :]
    return delays, lost, len(delays)


def measure(runs: int, rate: float, clients: int, seconds: float) -> dict[str, Any]:
    """Let the runs go on for so many seconds and tell how long their points took."""
    with tempfile.TemporaryDirectory() as root, served(Path(root), runs) as (url, process):
        begun = [begin(url, rate) for _ in range(runs)]
        lines = [join(url, begun) for _ in range(clients)]
        read(lines, 3.0)
        process.cpu_percent()
        delays, lost, points = read(lines, seconds)
        cores = process.cpu_percent() / 100
        for run in begun:
            requests.post(f"{url}/api/v1/runs/{run}/commands?wait=done", json={"name": "stop"}, timeout=60)
        for line in lines:
            line.close()
    p50, p95, p99 = (float(value) for value in np.percentile(delays, (50, 95, 99)))
    return {
        "runs": runs,
        "points_per_s_of_each": rate,
        "clients": clients,
        "seconds": seconds,
        "messages_per_s": points / seconds,
        "lost": sum(sum(each.values()) for each in lost),
        "p50_s": p50,
        "p95_s": p95,
        "p99_s": p99,
        "server_cores": cores,
        "processor": processor(),
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
        "python": platform.python_version(),
        "date": datetime.now(UTC).date().isoformat(),
        "holds": p95 <= CLAIMED_P95_S and not any(sum(each.values()) for each in lost),
    }


def processor() -> str:
    """Name of the machine's processor."""
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def main() -> int:
    """Measure, print, and end with 1 if the claim does not hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=4)
    parser.add_argument("--rate", type=float, default=200.0, help="points a second of each run")
    parser.add_argument("--clients", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    result = measure(options.runs, options.rate, options.clients, options.seconds)
    if options.json:
        print(json.dumps(result))
    else:
        print(f"{result['runs']} runs at {result['points_per_s_of_each']:g} points/s to {result['clients']} clients")
        print(f"messages/s to all clients   {result['messages_per_s']:.0f}, {result['lost']} lost")
        print(f"from trainer to client      p50 {result['p50_s']:.3f} s, p95 {result['p95_s']:.3f} s,", end=" ")
        print(f"p99 {result['p99_s']:.3f} s (claim: p95 within {CLAIMED_P95_S:g} s)")
        print(f"server                      {result['server_cores']:.2f} cores of {result['cores']} busy")
        print(f"{result['processor']}, load {result['load']:.1f}, Python {result['python']}, {result['date']}")
    return 0 if result["holds"] else 1


if __name__ == "__main__":
    sys.exit(main())
