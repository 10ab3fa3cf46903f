"""A person at a game of Battlesnake: real browser, real server, real games of a seed."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import REPOSITORY, Server
from tests.e2e.game_frames import Frames
from tests.e2e.test_game_view import WORLD_IS_COMPILED_MS, wait_for

pytestmark = pytest.mark.timeout(300)

SEED = 7
POSITION = re.compile(r"(\d+) of (\d+)")


@pytest.fixture(params=[(1440, 900, False), (390, 844, True)], ids=["desk", "phone"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page on which nothing may go wrong unseen, on a desk and on a phone."""
    width, height, touch = request.param
    errors: list[str] = []
    context = browser.new_context(viewport={"width": width, "height": height}, has_touch=touch)
    page = context.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    yield page
    context.close()
    assert errors == []


@pytest.fixture
def desk(browser: Browser) -> Iterator[Page]:
    """A page on a desk."""
    with browser.new_page(viewport={"width": 1440, "height": 900}) as page:
        yield page


def at(page: Page) -> tuple[int, int]:
    """The turn that is looked at, and how many there are."""
    found = POSITION.fullmatch(page.get_by_test_id("position").inner_text())
    assert found is not None
    return int(found[1]), int(found[2])


def pixel(page: Page, frame: dict[str, Any], x: float, y: float) -> dict[str, float]:
    """Where a point of the world lies in the canvas."""
    box = page.get_by_test_id("live-canvas").bounding_box()
    assert box is not None
    scale = min(box["width"] / frame["width"], box["height"] / frame["height"])
    left = (box["width"] - frame["width"] * scale) / 2
    bottom = (box["height"] + frame["height"] * scale) / 2
    return {"x": left + x * scale, "y": bottom - y * scale}


def shape_about(frame: dict[str, Any], about: str) -> dict[str, Any]:
    """The first shape of the frame that is about that, with a place of its own."""
    shapes = (shape for layer in frame["layers"] for shape in layer.get("shapes", ()))
    return next(shape for shape in shapes if shape.get("about") == about and "w" in shape and shape["y"] < 11)


def table(page: Page) -> dict[str, list[str]]:
    """The table of reasons, by row."""
    rows = page.get_by_test_id("decision-table").locator("tr").all()
    cells = [[cell.strip() for cell in row.locator("th, td").all_inner_texts()] for row in rows]
    return {row[0]: row[1:] for row in cells}


def test_a_seed_is_played_looked_into_scrubbed_and_seen_again(game_server: Server, page: Page, tmp_path: Path) -> None:
    """Preset against scripted from the form: why each moves is told by mouse, finger and key; turns go back and forth;
    the recording gives the same turns exactly, wherever one looks.
    """
    frames = Frames(page)
    page.goto(f"{game_server.url}/game?world=battlesnake&players=default,hunter&seed={SEED}")
    expect(page.get_by_label("Player 1", exact=True)).to_have_value("preset:default")
    page.get_by_test_id("start-game").click()
    page.wait_for_url(re.compile(r"/game/\w+"), timeout=3 * WORLD_IS_COMPILED_MS)
    expect(page.get_by_test_id("decision-table")).to_be_visible(timeout=WORLD_IS_COMPILED_MS)
    wait_for(page, lambda: at(page)[1] > 12, "some turns are played", 60)

    page.get_by_test_id("game-pause").click()
    expect(page.get_by_test_id("game-pause")).to_contain_text("Play")
    page.get_by_role("button", name="One step back").click()
    wait_for(page, lambda: at(page)[0] == at(page)[1] - 1, "one turn back")
    last = at(page)[1]
    page.get_by_test_id("scrub").fill("5")
    wait_for(page, lambda: at(page) == (5, last), "turn 5 is shown")
    wait_for(page, lambda: frames.taken[-1].get("tick") == 5, "turn 5 has come")
    expect(page.get_by_test_id("game-score")).to_contain_text("5")

    # The table tells the decision that frames carry, the chosen move among the moves, by term.
    decision = frames.taken[-1]["details"]["snake-0"]["decision"]
    assert page.get_by_test_id("decision-chosen").inner_text() == decision["chosen"]
    assert page.get_by_test_id("decision-mode").inner_text() == decision["mode"]
    told = table(page)
    assert len(told[decision["measure"]]) == 4
    assert "space" in told

    # Pointing at the other snake, by mouse or by finger, shows its reasons; a cell to go to is marked.
    head = shape_about(frames.taken[-1], "snake-1")
    canvas = page.get_by_test_id("live-canvas")
    where = pixel(page, frames.taken[-1], head["x"], head["y"])
    is_phone = page.evaluate("matchMedia('(max-width: 600px)').matches")
    if is_phone:
        canvas.tap(position=where)
    else:
        canvas.hover(position=where)
    expect(page.get_by_test_id("decision")).to_contain_text("hunter")
    expect(page.get_by_test_id("decision-mode")).to_have_text("scripted")
    if not is_phone:
        page.mouse.move(5, 5)
        expect(page.get_by_test_id("decision")).to_contain_text("default")
        cell = shape_about(frames.taken[-1], f"snake-0/{decision['chosen']}")
        canvas.hover(position=pixel(page, frames.taken[-1], cell["x"], cell["y"]))
        expect(page.get_by_test_id("decision-table").locator("th.pointed")).to_contain_text(decision["chosen"])
        page.mouse.move(5, 5)

    # By keyboard alone: the players are buttons.
    first = page.get_by_test_id("player-list").get_by_role("button").first
    first.focus()
    page.keyboard.press("Enter")
    expect(first).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_test_id("decision")).to_contain_text("default")
    page.keyboard.press(".")
    wait_for(page, lambda: at(page)[0] == 6, "a key goes one turn on")

    with page.expect_download() as downloading:
        page.get_by_test_id("recording").click()
    recording = tmp_path / "game.recording.json"
    downloading.value.save_as(recording)
    before = {taken["tick"]: taken["layers"] for taken in frames.taken if taken.get("tick") in (5, 6)}
    page.goto(f"{game_server.url}/game?world=battlesnake")
    page.get_by_test_id("recording-file").set_input_files(recording)
    page.wait_for_url(re.compile(r"/game/\w+"), timeout=3 * WORLD_IS_COMPILED_MS)
    expect(page.get_by_test_id("replay-state")).to_contain_text("exactly as recorded", timeout=60_000)
    page.get_by_test_id("game-pause").click()
    expect(page.get_by_test_id("game-pause")).to_contain_text("Play")
    for tick in (6, 5):
        page.get_by_test_id("scrub").fill(str(tick))
        wait_for(page, lambda tick=tick: frames.taken[-1].get("tick") == tick, "the replay shows it")
        snakes, were = (
            next(each for each in layers if each["name"] == "snakes")
            for layers in (frames.taken[-1]["layers"], before[tick])
        )
        assert snakes == were


def test_a_person_plays_a_snake_by_arrows(game_server: Server, desk: Page) -> None:
    """The game waits for the first key; a key turns the snake; it ends with a result and stays there."""
    frames = Frames(desk)
    desk.goto(f"{game_server.url}/game?world=battlesnake&players=person,hungry&seed=3")
    expect(desk.get_by_label("Player 1", exact=True)).to_have_value("person")
    desk.get_by_test_id("start-game").click()
    desk.wait_for_url(re.compile(r"/game/\w+"), timeout=3 * WORLD_IS_COMPILED_MS)
    expect(desk.get_by_role("heading", name="You play")).to_be_visible(timeout=WORLD_IS_COMPILED_MS)
    expect(desk.get_by_text("Press an arrow key")).to_be_visible(timeout=WORLD_IS_COMPILED_MS)
    wait_for(desk, lambda: bool(frames.taken), "a first frame")
    x, y = (shape_about(frames.taken[-1], "snake-0")[name] for name in "xy")
    desk.keyboard.press("ArrowRight" if x > 6 else "ArrowLeft")
    side = 1 if x > 6 else -1
    wait_for(desk, lambda: frames.taken[-1].get("tick", 0) >= 1, "the first turn")
    first = next(taken for taken in frames.taken if taken.get("tick") == 1)
    head = shape_about(first, "snake-0")
    assert (head["x"], head["y"]) == (x + side, y)
    expect(desk.get_by_test_id("game-score")).to_contain_text("hungry won", timeout=60_000)
    expect(desk.get_by_test_id("kill-feed")).to_contain_text("wall-collision")
    expect(desk.get_by_test_id("player-list")).to_contain_text("Eliminated in turn")
    seen = at(desk)
    desk.wait_for_timeout(500)
    assert at(desk) == seen
    desk.get_by_test_id("next-seed").click()
    wait_for(desk, lambda: frames.taken[-1]["figures"]["Seed"] == 4, "the next seed")


def test_players_come_from_files_of_the_server(game_server: Server, desk: Page) -> None:
    """A file of the players' folder can be chosen; a broken one is there, and cannot; one outside is refused."""
    folder = game_server.root / "players" / "battlesnake"
    folder.mkdir(parents=True)
    shutil.copy(REPOSITORY / "config/presets/battlesnake/training.yaml", folder / "mine.yaml")
    (folder / "broken.yaml").write_text("weights: {space: -4}\n")
    desk.goto(f"{game_server.url}/game?world=battlesnake&players=hungry,hungry")
    seat = desk.get_by_label("Player 1", exact=True)
    expect(seat).to_have_value("scripted:hungry")
    expect(seat.locator("option", has_text="broken.yaml (cannot be read)")).to_be_disabled()
    seat.select_option("file:mine.yaml")
    desk.get_by_test_id("field-mode").select_option("wrapped")
    desk.get_by_test_id("start-game").click()
    desk.wait_for_url(re.compile(r"/game/\w+"), timeout=3 * WORLD_IS_COMPILED_MS)
    expect(desk.get_by_test_id("player-list")).to_contain_text("mine.yaml", timeout=WORLD_IS_COMPILED_MS)
    (session,) = requests.get(f"{game_server.url}/api/v1/sessions", timeout=10).json()["sessions"]
    assert [seat["kind"] for seat in session["seats"]] == ["tuned", "scripted"]
