"""A browser tab that hangs: it stays connected and reads nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psutil
import pytest

from python_training.testing.runs import wait_for
from tests.integration.raw_socket_io import RawClient

MEGABYTE = 1_000_000
REPLAYS = 50
"""Joins that a connection may make at once, each with a replay of the whole history."""

POINTS = 5_000


@pytest.mark.timeout(240)
@pytest.mark.parametrize("mode", ["eventlet", pytest.param("threading", marks=pytest.mark.slow)])
def test_a_stalled_tab_costs_less_than_five_megabytes(make_server: Callable[..., Any], mode: str) -> None:
    """It is sent many megabytes, reads none, and costs the server less than 5 MB; then it gets `reset` and goes on."""
    server = make_server(async_mode=mode, max_concurrent_runs="2")
    history = server.begin(total_steps=POINTS, steps_per_advance=250)
    live = server.begin(seconds_per_step=0.002, total_steps=1_000_000)
    server.wait_for_status(history, "finished")
    server.wait_for_status(live, "running")
    reader, tab = RawClient(server.url), RawClient(server.url)
    try:
        # What the server keeps for everybody is not the tab's cost: another client has had the same before.
        reader.ask(1, "join", run=history, since_seq=0)
        whole = reader.read_until(f'"step":{POINTS},"t":')
        assert REPLAYS * whole > 30 * MEGABYTE
        other = server.listen()
        assert other.call("join", run=live)["ok"] is True
        tab.ask(2, "join", run=live)
        assert tab.answer(2)["ok"] is True

        process = psutil.Process(server.process.pid)
        before = process.memory_info().rss
        tab.flood(_join(history), REPLAYS)
        wait_for(lambda: process.cpu_percent(0.5) < 60.0, "the server to have worked off the joins", 60)
        # Others are served all the while, and the live run goes on: for as many steps as fill the tab's queue (3,000 at
        # most) and, at 500 a second at most, leave it full for longer than a client may take to read on.
        step = server.run(live)["step"]
        wait_for(lambda: other.told("metrics_update")[-1]["step"] > step + 6000, "live metrics", 120)
        assert process.memory_info().rss - before < 5 * MEGABYTE

        assert tab.read_until(f'42["reset",{{"run":"{live}"}}]') < 5 * MEGABYTE
        tab.read_until(f'42["metrics_update",{{"run":"{live}"')
        steps = sorted(update["step"] for update in other.told("metrics_update", run=live))
        assert steps == list(range(steps[0], steps[-1] + 1))
    finally:
        reader.close()
        tab.close()


def _join(run: str) -> str:
    return f'421["join",{{"run":"{run}","since_seq":0}}]'
