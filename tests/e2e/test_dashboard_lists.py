"""What the lists, the form and the pictures of the dashboard tell, on one server for all."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import requests
from PIL import Image
from playwright.sync_api import Page, expect


@pytest.fixture
def api(lasting_server: Any) -> str:
    """Where REST answers."""
    return f"{lasting_server.url}/api/v1"


def made(api: str, name: str, system: str = "scripted", **config: Any) -> str:
    """A new run's id."""
    answer = requests.post(f"{api}/runs", json={"system": system, "config": config, "name": name}, timeout=10)
    assert answer.status_code == 201, answer.text
    run: str = answer.json()["id"]
    return run


def command(api: str, run: str, name: str) -> None:
    """Give a command and wait until it is done."""
    answer = requests.post(f"{api}/runs/{run}/commands?wait=done", json={"name": name}, timeout=60)
    assert answer.ok, answer.text


def test_a_run_that_begins_while_the_list_is_open(lasting_server: Any, api: str, page: Page) -> None:
    """Its curve is drawn from its first values on; it stands above the queue, which is counted apart."""
    page.goto(f"{lasting_server.url}/runs")
    first = made(api, "The first", total_steps=4000, seconds_per_step=0.1)
    waiting = [made(api, f"Waiting {number}", total_steps=5) for number in range(3)]
    row = page.locator(f"[data-testid=run-row][data-run='{first}']")
    expect(row.locator("app-sparkline path")).to_have_attribute("d", re.compile("L"), timeout=60_000)
    expect(page.get_by_test_id("going-on")).to_have_text(re.compile(r"^\d training, [123] queued$|^1 training$"))
    expect(page.get_by_test_id("run-row").first).to_have_attribute("data-run", first)
    command(api, first, "stop")
    expect(row.get_by_role("button", name="Start again")).to_be_visible(timeout=30_000)
    last = page.locator(f"[data-testid=run-row][data-run='{waiting[-1]}']")
    again = last.get_by_role("link", name="Run again")
    expect(again).to_be_visible(timeout=60_000)
    expect(last.get_by_role("button", name="Start again")).to_have_count(0)
    last.get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name="Pin to the top").click()
    expect(page.get_by_test_id("run-row").first).to_have_attribute("data-run", waiting[-1], timeout=10_000)
    assert requests.get(f"{api}/runs/{waiting[-1]}", timeout=5).json()["pinned"] is True
    again.click()
    expect(page.get_by_test_id("field-total_steps")).to_have_value("5", timeout=15_000)


def test_generations_are_called_that_and_a_chart_is_a_picture(
    lasting_server: Any, api: str, page: Page, tmp_path: Path
) -> None:
    """A run of NEAT counts generations wherever it counts; its charts are saved large."""
    run = made(api, "Pilots", "neat", generations=2, pop_size=8, bouts=2, sim_duration=2.0)
    page.goto(f"{lasting_server.url}/runs/{run}/charts")
    expect(page.get_by_test_id("run-progress")).to_have_text(re.compile("2 generations"), timeout=120_000)
    expect(page.get_by_test_id("tile-step")).to_contain_text("Generations")
    chart = page.get_by_test_id("chart-fitness")
    chart.get_by_role("button", name="Show as a table").click()
    expect(chart.get_by_role("columnheader").first).to_have_text("Generation")
    with page.expect_download() as download:
        chart.get_by_role("button", name="Save as a picture").click()
    assert download.value.suggested_filename == "pilots-fitness.png"
    download.value.save_as(tmp_path / "picture.png")
    with Image.open(tmp_path / "picture.png") as picture:
        assert picture.size == (1600, 900)
        assert len(picture.convert("RGB").getcolors(2**20) or []) > 50
    page.get_by_test_id("tab-log").click()
    expect(page.get_by_test_id("log")).to_contain_text("generation 2", timeout=15_000)
    page.get_by_test_id("tab-checkpoints").click()
    expect(page.get_by_test_id("checkpoint-row").first).to_contain_text("2 generations")
    page.get_by_role("button", name="Pin: keep it for good").first.click()
    expect(page.get_by_role("button", name="Unpin")).to_have_count(1, timeout=10_000)


@pytest.mark.parametrize("width", [1440, 390])
def test_every_wrong_value_is_named_and_the_button_stays(lasting_server: Any, page: Page, width: int) -> None:
    """What cannot be read, what the learner refuses and what the world refuses, at once; Start is on the screen."""
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(f"{lasting_server.url}/runs/new")
    page.get_by_test_id("field-total_steps").fill("many")
    page.get_by_test_id("field-learning_rate").fill("-1")
    page.get_by_test_id("field-discount_factor").fill("7")
    world = page.locator("details", has=page.get_by_test_id("field-env_config.num_orbs")).last
    world.locator("summary").first.click()
    page.get_by_test_id("field-env_config.num_orbs").fill("0")
    page.get_by_test_id("new-run-submit").click()
    for field in ("total_steps", "learning_rate", "discount_factor", "env_config.num_orbs"):
        expect(page.get_by_test_id(f"field-error-{field}")).to_be_visible(timeout=15_000)
    expect(page.get_by_test_id("new-run-error")).to_contain_text("4 values")
    expect(page.get_by_test_id("new-run-submit")).to_be_in_viewport(ratio=1)
    page.mouse.wheel(0, 4000)
    expect(page.get_by_test_id("new-run-submit")).to_be_in_viewport(ratio=1)
