"""A person at the game view and the gallery of elites: real browser, real server, real sessions and runs."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Server
from tests.e2e.game_frames import Frames

pytestmark = pytest.mark.timeout(240)

WORLD_IS_COMPILED_MS = 60_000
STEP_MS = 100


def wait_for(page: Page, condition: Callable[[], bool], what: str, seconds: float = 20) -> None:
    """Let the page go on until `condition` holds; fail with `what` if it does not in time."""
    for _ in range(int(seconds * 1000 / STEP_MS)):
        if condition():
            return
        page.wait_for_timeout(STEP_MS)
    raise AssertionError(f"waited {seconds:.0f} s in vain: {what}")


def play(page: Page, url: str, seats: list[dict[str, Any]], **more: Any) -> str:
    """Start a game and open its page; returns the session."""
    answer = requests.post(f"{url}/api/v1/sessions", json={"world": "arena", "seats": seats, **more}, timeout=90)
    assert answer.status_code == 201, answer.text
    session: str = answer.json()["id"]
    page.goto(f"{url}/game/{session}")
    expect(page.get_by_test_id("live-canvas")).to_be_visible(timeout=WORLD_IS_COMPILED_MS)
    return session


def tell(url: str, session: str, name: str) -> dict[str, Any]:
    """Give a session a command; returns the status that it answers with."""
    answer = requests.post(f"{url}/api/v1/sessions/{session}/commands", json={"name": name}, timeout=30)
    assert answer.ok, answer.text
    status: dict[str, Any] = answer.json()["result"]
    return status


def test_a_person_flies_a_ship_by_keyboard(game_server: Server, page: Page) -> None:
    """A game is put together in the form; frames come, the ship turns while a key is held, and not after; P pauses."""
    frames = Frames(page)
    page.goto(f"{game_server.url}/game")
    page.get_by_test_id("two-teams").check()
    pilots = page.get_by_label("Pilot", exact=True)
    expect(pilots).to_have_count(2)
    pilots.last.select_option("scripted:random")
    page.get_by_test_id("start-game").click()
    page.wait_for_url(re.compile(r"/game/\w+"), timeout=WORLD_IS_COMPILED_MS)
    expect(page.get_by_test_id("game-score")).to_contain_text("Score", timeout=WORLD_IS_COMPILED_MS)
    wait_for(page, lambda: len(frames.taken) > 20 and frames.heading is not None, "frames come", 60)

    before = frames.heading
    page.keyboard.down("ArrowLeft")
    wait_for(page, lambda: 0.3 < (frames.heading - before) % math.tau < math.pi, "the ship turns to the left")
    page.keyboard.up("ArrowLeft")
    wait_for(page, lambda: max(frames.turns(last=20), default=1) < 1e-3, "the ship turns no more")

    page.keyboard.press("p")
    expect(page.get_by_test_id("game-pause")).to_contain_text("Play")
    stands_at = tell(game_server.url, page.url.split("/game/")[1], "status")["tick"]
    wait_for(page, lambda: frames.taken[-1]["tick"] == stands_at, "the frame at which the world stands still")
    page.wait_for_timeout(500)
    assert frames.taken[-1]["tick"] == stands_at


def test_pilots_are_nudged_by_mouse_and_key_and_the_game_is_flown_again(
    game_server: Server, page: Page, tmp_path: Path
) -> None:
    """A click sets a rally point, F calls into formation; the recording, brought back, is flown exactly as it was."""
    ace = {"pilot": {"kind": "scripted", "name": "ace"}}
    play(page, game_server.url, [ace, ace], seed=7, speed=4)
    page.get_by_test_id("live-canvas").click(position={"x": 60, "y": 60})
    expect(page.get_by_test_id("nudge-state")).to_contain_text("Rally point")
    page.keyboard.press("f")
    expect(page.get_by_test_id("nudge-state")).to_contain_text("Formation")

    with page.expect_download() as downloading:
        page.get_by_test_id("recording").click()
    recording = tmp_path / "game.recording.json"
    downloading.value.save_as(recording)
    page.goto(f"{game_server.url}/game")
    page.get_by_test_id("recording-file").set_input_files(recording)
    page.wait_for_url(re.compile(r"/game/\w+"), timeout=WORLD_IS_COMPILED_MS)
    expect(page.get_by_role("heading", name="Replay")).to_be_visible(timeout=WORLD_IS_COMPILED_MS)
    expect(page.get_by_test_id("replay-state")).to_contain_text("exactly as recorded", timeout=60_000)


def test_elites_of_a_run_are_looked_at_compared_and_flown(game_server: Server, page: Page, tmp_path: Path) -> None:
    """A run that breeds gets a tab of elites; one flies with its network lit up; its genome comes back as a file."""
    config = {"env": "arena", "generations": 4, "pop_size": 12, "snapshot_interval": 2, "bouts": 2, "held_out_bouts": 2}
    made = requests.post(f"{game_server.url}/api/v1/runs", json={"system": "neat", "config": config}, timeout=30)
    assert made.status_code == 201, made.text
    run = made.json()["id"]
    page.goto(f"{game_server.url}/runs/{run}")
    page.get_by_test_id("tab-elites").click(timeout=90_000)
    expect(page.get_by_test_id("elite-card")).not_to_have_count(1, timeout=90_000)
    expect(page.get_by_test_id("network-picture").first).to_have_attribute("aria-label", re.compile("3 outputs"))
    for card in range(2):
        page.get_by_test_id("compare-elite").nth(card).click()
    expect(page.get_by_role("region", name="Comparison")).to_contain_text("Fitness")

    with page.expect_download() as downloading:
        page.get_by_test_id("download-genome").first.click()
    genome = tmp_path / "genome.json"
    downloading.value.save_as(genome)
    assert json.loads(genome.read_text())["format"] == "paddock-genome"

    page.get_by_test_id("fly-elite").first.click()
    page.wait_for_url(re.compile(r"/game/\w+"), timeout=WORLD_IS_COMPILED_MS)
    expect(page.get_by_test_id("network-picture")).to_have_attribute("data-live", "", timeout=WORLD_IS_COMPILED_MS)

    page.goto(f"{game_server.url}/genomes")
    page.get_by_test_id("genome-file").set_input_files(genome)
    expect(page.get_by_test_id("genome-found")).to_contain_text("3 outputs")
    page.get_by_test_id("fly-genome").click()
    page.wait_for_url(re.compile(r"/game/\w+"), timeout=WORLD_IS_COMPILED_MS)
    expect(page.get_by_test_id("crew")).to_contain_text("genome.json", timeout=WORLD_IS_COMPILED_MS)


def test_a_file_that_is_no_genome_is_refused_in_words(game_server: Server, page: Page, tmp_path: Path) -> None:
    """The page says what is wrong with it, and offers nothing to fly."""
    wrong = tmp_path / "notes.json"
    wrong.write_text('{"hello": 1}')
    page.goto(f"{game_server.url}/genomes")
    page.get_by_test_id("genome-file").set_input_files(wrong)
    expect(page.get_by_test_id("genome-fault")).to_contain_text("format")
    expect(page.get_by_test_id("fly-genome")).to_have_count(0)
