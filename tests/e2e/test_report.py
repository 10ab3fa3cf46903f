"""What a run has found out, in a real browser: a tuner that really played leaves a report, and its page draws it."""

from __future__ import annotations

import re

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.e2e.test_game_view import WORLD_IS_COMPILED_MS

pytestmark = pytest.mark.timeout(240)

SHORT = {
    "objective": "battlesnake",
    "games": 100,
    "max_games": 1200,
    "baseline_games": 20,
    "tournament_games": 0,
    "use_llm": False,
    "use_neural_net": False,
    "search": {"games_per_candidate": 400},
}


def test_a_tuner_s_report_is_a_tab_of_its_run(server, page: Page) -> None:
    """The tab appears with the first checkpoint; charts, tables and a comparison are drawn, wide and narrow."""
    made = requests.post(f"{server.url}/api/v1/runs", json={"system": "tuner", "config": SHORT}, timeout=30)
    assert made.status_code == 201, made.text
    page.goto(f"{server.url}/runs/{made.json()['id']}/charts")
    expect(page.get_by_test_id("run-status")).to_be_visible()
    page.get_by_test_id("tab-report").click(timeout=180_000)
    expect(page.get_by_test_id("report-summary")).to_contain_text("games")
    expect(page.get_by_role("region", name="Candidates against the incumbent").locator("svg").first).to_be_visible()
    page.get_by_test_id("compare-to").select_option("recommended")
    rows = page.get_by_role("region", name="Differences", exact=True).locator("tbody tr")
    expect(rows.filter(has_text="weights.").first).to_contain_text(re.compile(r"\d"))
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    play_what_is_tuned(page, made.json()["id"])


def play_what_is_tuned(page: Page, run: str) -> None:
    """From the run's page to a game of its best guess against its start."""
    page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_test_id("btn-play").click()
    players = page.get_by_test_id("seat").locator("select")
    expect(players.nth(0)).to_have_value("person")
    expect(players.nth(1)).to_have_value(f"setting:{run}:best")
    players.nth(0).select_option(f"setting:{run}:recommended")
    players.nth(1).select_option(f"setting:{run}:start")
    page.get_by_test_id("start-game").click()
    expect(page.get_by_test_id("live-canvas")).to_be_visible(timeout=WORLD_IS_COMPILED_MS)
    expect(page.get_by_text(f"{run}:recommended").first).to_be_visible()
    expect(page.get_by_text(f"{run}:start").first).to_be_visible()
