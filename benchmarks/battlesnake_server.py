"""How long a served Battlesnake lets games wait while fifty of them are played at the same time.

A `paddock battlesnake serve` process plays both sides of every game with the preset `mcts`, so a hundred snakes are
asked for moves together, turn after turn, by a real client on the same machine. Claim: every move is answered within
the game's timeout of 500 ms less the server's margin of 100 ms, as whoever asked measured it, with the cores shared
between server and client.

    python benchmarks/battlesnake_server.py [--games 50] [--at-once 50] [--json]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import requests

from python_training.simulators.battlesnake.config import BattlesnakeConfig
from python_training.simulators.battlesnake.play.contests import Contests, contestant
from python_training.simulators.battlesnake.play.standings import duel_seats

TIMEOUT_MS, MARGIN_MS = 500, 100
_ANNOUNCED = re.compile(r"served at (http://\S+:\d+)/")


def serve(preset: str) -> tuple[subprocess.Popen[str], str]:
    """A server of one preset, ready to play, and its URL."""
    command = [Path(sys.executable).with_name("paddock"), "battlesnake", "serve", "--config", preset, "--port", "0"]
    command += ["--timeout-margin-ms", str(MARGIN_MS)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None  # noqa: S101  # for the type checker
    for line in process.stdout:
        if found := _ANNOUNCED.search(line):
            return process, found[1]
    raise SystemExit("The server did not start.")


def measure(preset: str, games: int, at_once: int) -> dict[str, Any]:
    """Play the games and tell how the server answered."""
    process, url = serve(preset)
    try:
        seeds = np.arange(games, dtype=np.int64)
        contests = Contests(timeout_ms=TIMEOUT_MS, at_once=at_once)
        began = time.perf_counter()
        contests.play(BattlesnakeConfig(), [contestant(url)] * 2, duel_seats(seeds), seeds)
        seconds = time.perf_counter() - began
        contact = contests.contacts[url].to_dict()
        health = requests.get(f"{url}/health", timeout=10).json()
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
    return {
        "preset": preset,
        "games": games,
        "games_at_once": at_once,
        "moves": contact["moves"],
        "moves_per_s": contact["moves"] / seconds,
        "timeouts": contact["timeouts"],
        "errors": contact["errors"],
        "waited_ms": contact["latency_ms"],
        "answered_ms": health["answer_ms"],
        "effort": health["effort"],
        "claims_hold": contact["timeouts"] + contact["errors"] == 0
        and contact["latency_ms"]["max"] <= TIMEOUT_MS - MARGIN_MS,
    }


def main() -> int:
    """Measure and print; 1 where the claim does not hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--preset", default="mcts")
    parser.add_argument("--games", type=int, default=50)
    parser.add_argument("--at-once", type=int, default=50)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    figures = measure(options.preset, options.games, options.at_once)
    figures["machine"] = {"cores": os.cpu_count(), "machine": platform.machine(), "load": os.getloadavg()[0]}
    figures["date"] = datetime.now(UTC).date().isoformat()
    if options.json:
        print(json.dumps(figures))
        return 0 if figures["claims_hold"] else 1
    waited = figures["waited_ms"]
    print(f"{options.at_once} games at a time, preset {options.preset} on both sides: {figures['moves']:,} moves,")
    print(
        f"  {figures['moves_per_s']:,.0f} a second, waited for p50 {waited['p50']} ms, p99 {waited['p99']} ms,", end=" "
    )
    print(f"max {waited['max']} ms of {TIMEOUT_MS} ms; {figures['timeouts']} timeouts, {figures['errors']} errors")
    print(f"  effort: {figures['effort']}; within the timeout less the margin: {figures['claims_hold']}")
    return 0 if figures["claims_hold"] else 1


if __name__ == "__main__":
    raise SystemExit(main())
