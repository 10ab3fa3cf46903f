"""Looking back and forth in games and replays, and looking into players' reasons. Real games, no clock."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from python_training.contracts.config import validate
from python_training.contracts.errors import ConfigError
from python_training.runtime.game_show import GameShow
from python_training.runtime.recording import read_recording
from python_training.runtime.replay_show import ReplayShow
from python_training.runtime.seats import Cast
from python_training.runtime.session_commands import InputArguments, SeatArguments, SeekArguments, StepArguments
from python_training.simulators.battlesnake.config import BattlesnakeConfig
from python_training.simulators.battlesnake.play.replay import moments
from python_training.simulators.battlesnake.players.players import player
from python_training.simulators.battlesnake.rules.modes import MOVES

SEED = 7
PLAYERS = ("hunter", "territorial")


def game(folder: Path, *pilots: dict[str, Any], **config: Any) -> GameShow:
    """A game of Battlesnake; without pilots, of the two scripted players."""
    flying = pilots or tuple({"kind": "scripted", "name": name} for name in PLAYERS)
    cast = {"world": "battlesnake", "world_config": config, "seats": [{"pilot": pilot} for pilot in flying]}
    return GameShow(validate(Cast, cast), None, SEED, folder / "recording.json")


def play_out(show: GameShow | ReplayShow) -> None:
    """Play to the end."""
    while show.advance():
        pass


def seek(show: GameShow | ReplayShow, tick: int) -> None:
    """Look at a tick, and wait until it is there."""
    show.carry_out("seek", SeekArguments(tick=tick))
    while show.hurry(1.0):
        pass


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A game that was played out."""
    folder = tmp_path_factory.mktemp("game")
    show = game(folder)
    play_out(show)
    show.close()
    return folder / "recording.json"


def test_a_seed_names_the_game_that_matches_play(tmp_path: Path) -> None:
    """What is seen on the page is the game of `paddock battlesnake replay`, turn for turn, and it stops at its end."""
    show = game(tmp_path)
    expected = list(moments(BattlesnakeConfig(), [player(name) for name in PLAYERS], ["a", "b"], SEED))
    for moment in expected:
        frame = show.frame()
        lengths = {snake.id: len(snake.body) for snake in moment.board.snakes}
        healths = {snake.id: snake.health for snake in moment.board.snakes}
        for seat, id_ in enumerate(("a", "b")):
            detail = frame.details[f"snake-{seat}"]
            if id_ in lengths:
                assert (detail.facts["Length"], detail.gauges[0].value) == (lengths[id_], healths[id_])
            else:
                assert detail.state.startswith("Eliminated in turn")
        assert frame.tick == moment.turn
        show.advance()
    assert not show.advance()
    assert "Result" in show.frame().figures


def test_what_was_played_is_seen_again_tick_by_tick(tmp_path: Path) -> None:
    """Back and forth gives the very frames that were there before; then the game goes on where it was."""
    show, again = game(tmp_path), game(tmp_path)
    seen = []
    for _ in range(30):
        seen.append(show.frame())
        show.advance()
        again.advance()
    show.carry_out("step", StepArguments(by=-1))
    assert show.frame().layers == seen[29].layers
    for tick in (12, 3, 29, 0):
        seek(show, tick)
        assert (show.frame().tick, show.frame().last) == (tick, 30)
        assert show.frame().layers == seen[tick].layers
        assert show.frame().figures == seen[tick].figures
    for tick in range(1, 31):
        show.advance()
        assert show.frame().tick == tick
    for _ in range(10):
        show.advance()
        again.advance()
    assert show.frame() == again.frame()


def test_a_step_beyond_what_was_played_plays_on(tmp_path: Path) -> None:
    """From the past, a step of several ticks ends in the present and goes on from there."""
    show = game(tmp_path)
    for _ in range(5):
        show.advance()
    show.carry_out("step", StepArguments(by=-2))
    show.carry_out("step", StepArguments(by=4))
    assert (show.status()["tick"], show.status()["last"]) == (7, 7)
    seek(show, 10_000)
    assert show.status()["tick"] == 7


def test_a_replay_is_scrubbed_to_any_turn_and_stays_exact(recording: Path) -> None:
    """Forward it is computed, backward it is remembered; either way the frames are those of a replay without it."""
    recorded = read_recording(recording)
    plain, show = ReplayShow(recorded, None), ReplayShow(recorded, None)
    frames = [plain.frame()]
    while plain.advance():
        frames.append(plain.frame())
    ticks = recorded.bouts[0].ticks
    for tick in (ticks // 2, 3, ticks // 2 + 5, ticks - 1, 0):
        seek(show, tick)
        assert show.frame().tick == tick
        assert show.frame().layers == frames[tick].layers
    assert show.status()["replay"]["exact"] is None
    seek(show, 10 * ticks)
    assert show.status()["replay"] | {"tick": ticks, "exact": True} == show.status()["replay"]


def test_a_bout_that_is_not_there_cannot_be_looked_at(recording: Path) -> None:
    """The error names the field."""
    show = ReplayShow(read_recording(recording), None)
    with pytest.raises(ConfigError, match="the recording has 1, got 3") as caught:
        show.carry_out("seek", SeekArguments(tick=0, bout=3))
    assert caught.value.field == "bout"


def test_reasons_name_the_move_that_is_made_and_change_nothing(tmp_path: Path) -> None:
    """Those who are looked into play as those who are not, in the present and in the past; others stay silent."""
    show, again = game(tmp_path), game(tmp_path)
    show.carry_out("inspect", SeatArguments(seat=1))
    told = []
    for _ in range(25):
        frame = show.frame()
        assert frame.details["snake-0"].decision is None
        decision = frame.details["snake-1"].decision
        assert decision is not None
        assert [choice.name for choice in decision.choices] == list(MOVES)
        assert all((choice.score is None) == bool(choice.note) for choice in decision.choices)
        told.append(decision)
        head = frame_head(show)
        show.advance()
        again.advance()
        x, y = frame_head(show)
        dx, dy = {"up": (0, 1), "down": (0, -1), "left": (-1, 0), "right": (1, 0)}[decision.chosen]
        assert (x, y) == (head[0] + dx, head[1] + dy)
    assert show.frame().layers == again.frame().layers
    seek(show, 11)
    assert show.frame().details["snake-1"].decision == told[11]


def frame_head(show: GameShow) -> tuple[float, float]:
    """Where the head of the snake in seat 1 lies."""
    shapes = next(layer.shapes for layer in show.frame().layers if layer.name == "snakes")
    head = next(shape for shape in shapes if shape.kind == "sprite" and shape.about == "snake-1")
    return head.x, head.y


def test_a_person_says_where_to_go_and_the_game_waits_for_the_first_word(tmp_path: Path) -> None:
    """Until then nothing moves; a word holds until the next; one into the own neck is not heard; it is recorded."""
    show = game(tmp_path, {"kind": "scripted", "name": "hungry"}, {"kind": "person", "name": "Me"})
    assert not show.advance()
    x, y = frame_head(show)
    towards = "left" if x > 6 else "right"
    turn = 1.0 if towards == "left" else -1.0
    step = -1 if towards == "left" else 1
    for thrust, turned, (dx, dy) in (
        (0.0, turn, (step, 0)),
        (0.0, 0.0, (step, 0)),
        (0.0, -turn, (step, 0)),
    ):
        show.carry_out("input", InputArguments(thrust=thrust, turn=turned))
        assert show.advance()
        assert frame_head(show) == (x + dx, y + dy)
        x, y = frame_head(show)
    assert show.frame().details["snake-1"].title == "Me"
    show.carry_out("step", StepArguments(by=-2))
    show.carry_out("input", InputArguments(turn=turn))
    assert show.status()["tick"] == 3
    play_out(show)
    show.close()
    replay = ReplayShow(read_recording(tmp_path / "recording.json"), None)
    play_out(replay)
    assert replay.status()["replay"]["exact"] is True


def test_a_game_that_would_be_over_at_once_is_refused(tmp_path: Path) -> None:
    """One snake has won a duel before it began; nine do not fit."""
    hungry = {"kind": "scripted", "name": "hungry"}
    with pytest.raises(ConfigError, match="is over with 1 snake") as caught:
        game(tmp_path, hungry)
    assert caught.value.field == "seats"
    assert game(tmp_path, hungry, mode="solo").advance()
    with pytest.raises(ConfigError, match="at most 8 snakes can play, got 9"):
        game(tmp_path, *[hungry] * 9)
