"""A person at the dashboard: everything here goes through a real browser, a real server and a real training process."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
import requests
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.timeout(240)


def wait_for(condition: Callable[[], bool], what: str, seconds: float = 60) -> None:
    """Poll until `condition` holds; fail with `what` if it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds:.0f} s in vain: {what}"
        time.sleep(0.1)


def points_of(page: Page, chart: str) -> int:
    """How many points a chart shows."""
    return int(page.get_by_test_id(chart).get_attribute("data-points") or 0)


def open_run(page: Page, url: str, run: str) -> None:
    """Open the page of one run."""
    page.goto(f"{url}/runs/{run}")
    expect(page.get_by_test_id("run-status")).to_be_visible()


def test_a_rover_run_from_start_to_stop_and_after_reload(server, page: Page) -> None:
    """Start in the form, watch the charts move, pause, save and stop; after a reload the whole history is there."""
    page.goto(f"{server.url}/runs/new")
    page.get_by_test_id("new-run-submit").click()
    page.wait_for_url(re.compile(r"/runs/ppo-"), timeout=15_000)
    run = page.url.split("/runs/")[1].split("?")[0].split("/")[0]

    expect(page.get_by_test_id("run-status")).to_have_text(re.compile("running", re.I), timeout=30_000)
    wait_for(lambda: points_of(page, "chart-loss") >= 2, "the loss chart shows points")
    seen = points_of(page, "chart-loss")
    wait_for(lambda: points_of(page, "chart-loss") > seen, "the loss chart moves")

    page.get_by_test_id("btn-pause").click()
    expect(page.get_by_test_id("run-status")).to_have_text(re.compile("paused", re.I), timeout=30_000)
    page.get_by_test_id("btn-save").click()
    api = f"{server.url}/api/v1/runs/{run}"
    wait_for(lambda: len(requests.get(f"{api}/checkpoints", timeout=5).json()["checkpoints"]) >= 1, "a checkpoint")
    page.get_by_test_id("btn-resume").click()
    expect(page.get_by_test_id("run-status")).to_have_text(re.compile("running", re.I), timeout=30_000)
    page.get_by_test_id("btn-stop").click()
    expect(page.get_by_test_id("run-status")).to_have_text(re.compile("stopped", re.I), timeout=60_000)

    stored = requests.get(f"{api}/metrics?names=loss", timeout=5).json()["series"]["loss"]["step"]
    page.reload()
    wait_for(lambda: points_of(page, "chart-loss") == len(stored), f"all {len(stored)} points after the reload")
    server.stop()
    server.start()
    page.reload()
    wait_for(lambda: points_of(page, "chart-loss") == len(stored), "all points after the server's restart")


def test_a_wrong_value_is_named_at_its_field(server, page: Page) -> None:
    """The server's complaint appears under the field that it is about, and no run is made."""
    page.goto(f"{server.url}/runs/new")
    field = page.get_by_test_id("field-learning_rate")
    field.fill("-1")
    page.get_by_test_id("new-run-submit").click()
    expect(page.get_by_test_id("field-error-learning_rate")).to_contain_text("greater than", timeout=10_000)
    assert requests.get(f"{server.url}/api/v1/runs", timeout=5).json()["runs"] == []


def test_a_lost_server_is_shown_and_found_again(server, page: Page) -> None:
    """The connection state tells when the server is gone and when it is back, without a reload."""
    page.goto(f"{server.url}/runs")
    state = page.get_by_test_id("connection-state")
    expect(state).to_have_attribute("data-state", "connected", timeout=15_000)
    server.stop()
    expect(state).not_to_have_attribute("data-state", "connected", timeout=15_000)
    server.start()
    expect(state).to_have_attribute("data-state", "connected", timeout=30_000)


def test_the_newest_policy_drives_in_the_live_view(server, page: Page) -> None:
    """A session of the expert draws moving frames on the canvas."""
    created = requests.post(
        f"{server.url}/api/v1/runs",
        json={"system": "ppo", "config": {"env": "lunabotics"}},
        timeout=10,
    ).json()
    open_run(page, server.url, created["id"])
    expect(page.get_by_test_id("run-status")).to_have_text(re.compile("running", re.I), timeout=30_000)
    page.get_by_test_id("btn-save").click()
    api = f"{server.url}/api/v1/runs/{created['id']}/checkpoints"
    wait_for(lambda: len(requests.get(api, timeout=5).json()["checkpoints"]) >= 1, "a checkpoint")
    page.goto(f"{server.url}/runs/{created['id']}?tab=live")
    canvas = page.get_by_test_id("live-canvas")
    expect(canvas).to_be_visible(timeout=15_000)
    first = canvas.screenshot()
    wait_for(lambda: canvas.screenshot() != first, "the picture moves", seconds=30)
