"""Games: who flies, what is recorded, and that it comes out the same again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from python_training.contracts.config import validate
from python_training.contracts.errors import ConfigError
from python_training.contracts.nudges import Nudge
from python_training.runtime.game_show import GameShow
from python_training.runtime.recording import Recording, read_recording, recording_of
from python_training.runtime.replay_show import ReplayShow
from python_training.runtime.seats import Cast, document_hash
from python_training.runtime.session_commands import FocusArguments, InputArguments, SeatArguments
from python_training.testing.chaser import chaser

GENOME, RECURRENT = chaser(), chaser(4.0, recurrent=True)


def bred(document: dict[str, Any]) -> dict[str, Any]:
    """A genome as a pilot."""
    return {"kind": "genome", "system": "neat", "sha256": document_hash(document), "name": "chaser"}


def cast(*pilots: dict[str, Any], **config: Any) -> Cast:
    """A cast in the arena: pilots of team 0, or of the team that one names."""
    seats = [{"team": pilot.pop("team", 0), "pilot": pilot} for pilot in map(dict, pilots)]
    genomes = {document_hash(each): each for each in (GENOME, RECURRENT)}
    return validate(Cast, {"world": "arena", "world_config": config, "seats": seats, "genomes": genomes})


PERSON = {"kind": "person"}
ACE = {"kind": "scripted", "name": "ace"}


def play(show: GameShow, ticks: int) -> None:
    """Play so many ticks; intermissions count, too."""
    for _ in range(ticks):
        show.advance()


def hands(show: GameShow, **values: Any) -> None:
    """Steer as a person."""
    show.carry_out("input", validate(InputArguments, values))


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    """A game of two bouts with inputs and nudges, the second of which was left in the middle."""
    path = tmp_path / "recording.json"
    show = GameShow(cast(PERSON, bred(GENOME), bred(RECURRENT), bred(GENOME), sim_duration=2.0), None, 7, path)
    hands(show, thrust=1.0, turn=0.25)
    play(show, 30)
    hands(show, thrust=0.3, turn=-1.0, fire=True)
    show.carry_out("nudge", Nudge(kind="rally", x=100.0, y=600.0, seats=(1, 3)))
    play(show, 25)
    show.carry_out("nudge", Nudge(kind="formation"))
    play(show, 65 + 120 + 40)  # the end of the bout, an intermission, and a part of the next
    show.carry_out("nudge", Nudge(kind="hold", seats=(2,)))
    hands(show, fire=1.0)
    play(show, 10)
    show.close()
    return path


def replayed(recording: Recording) -> ReplayShow:
    """A replay that was played through."""
    show = ReplayShow(recording, None)
    while show.advance():
        pass
    return show


def test_a_recording_holds_what_persons_did(recorded: Path) -> None:
    """Seeds, ticks, inputs and nudges with what they meant, and the genomes themselves."""
    found = read_recording(recorded)
    assert [(bout.seed, bout.ticks) for bout in found.bouts] == [(7, 120), (8, 50)]
    assert [(event.type, event.tick) for event in found.bouts[0].events] == [
        *[("input", 0), ("input", 30), ("nudge", 30), ("nudge", 55)],
    ]
    assert [(event.type, event.tick) for event in found.bouts[1].events] == [("nudge", 40), ("input", 40)]
    rally = found.bouts[0].events[2]
    assert rally.type == "nudge"
    assert rally.orders == {seat: {"kind": "rally", "x": 100.0, "y": 600.0} for seat in (1, 3)}
    assert {document_hash(document) for document in found.cast.genomes.values()} == found.cast.genomes.keys()


def test_a_replay_comes_out_the_same(recorded: Path) -> None:
    """Every bout ends in the very state in which it was left, recurrent pilots included."""
    show = replayed(read_recording(recorded))
    assert show.status()["replay"] == {"bout": 1, "bouts": 2, "tick": 50, "ticks": 50, "exact": True}
    show.restart(None)
    while show.advance():
        pass
    assert show.status()["replay"]["exact"] is True
    show.close()


@pytest.mark.parametrize("change", ["input", "nudge", "seed", "genome"])
def test_a_replay_of_something_else_is_found_out(recorded: Path, change: str) -> None:
    """Whatever is altered in a recording, the world ends elsewhere, and the replay says so."""
    raw = json.loads(recorded.read_bytes())
    bout = raw["bouts"][0]
    if change == "input":
        bout["events"][1]["thrust"] += 1e-6
    elif change == "nudge":
        del bout["events"][2]
    elif change == "seed":
        bout["seed"] += 1
    else:
        raw["cast"]["genomes"][document_hash(GENOME)]["connections"][1]["weight"] += 0.5
    show = replayed(recording_of(raw))
    assert show.status()["replay"]["exact"] is False
    show.close()


def test_nudges_reach_observations_only(tmp_path: Path) -> None:
    """A nudged ace, who looks at the world instead, flies on as if nothing had been said; a bred pilot does not."""
    ends: dict[str, list[str]] = {}
    for name, pilot in (("ace", ACE), ("bred", bred(GENOME))):
        for nudge in (None, Nudge(kind="rally", x=50.0, y=50.0)):
            show = GameShow(cast(pilot, sim_duration=5.0), None, 3, tmp_path / "unused.json")
            if nudge is not None:
                show.carry_out("nudge", nudge)
            play(show, 120)
            show.close()
            ends.setdefault(name, []).append(read_recording(tmp_path / "unused.json").bouts[0].state_sha256)
    assert ends["ace"][0] == ends["ace"][1]
    assert ends["bred"][0] != ends["bred"][1]


def test_the_latest_input_wins(tmp_path: Path) -> None:
    """Of inputs between two ticks the last counts; one that was overtaken on its way is not heard."""
    path = tmp_path / "recording.json"
    show = GameShow(cast(PERSON, ACE), None, 3, path)
    hands(show, thrust=1.0, seq=1)
    hands(show, turn=1.0, seq=3)
    hands(show, turn=-1.0, seq=2)
    play(show, 5)
    with pytest.raises(ConfigError, match="no person flies seat 1"):
        hands(show, seat=1)
    show.close()
    (event,) = read_recording(path).bouts[0].events
    assert event.type == "input"
    assert (event.thrust, event.turn) == (0.0, 1.0)


def test_a_squad_flies_as_its_members_would_alone(tmp_path: Path) -> None:
    """Seats of one pilot are decided for in one batch, which changes nothing for any of them."""
    other = {**GENOME, "genome_id": 2}  # the same network, but another pilot, so a crew of its own
    seats = [bred(GENOME), bred(GENOME), {**ACE, "team": 1}, {**ACE, "team": 1}]
    ends = []
    for second in (GENOME, other):
        pilots = [*seats[:1], bred(second), *seats[2:]]
        game = cast(*pilots).model_copy(update={"genomes": {document_hash(each): each for each in (GENOME, other)}})
        show = GameShow(game, None, 3, tmp_path / "recording.json")
        play(show, 200)
        show.close()
        ends.append(read_recording(tmp_path / "recording.json").bouts[0].state_sha256)
    assert ends[0] == ends[1]


def test_frames_carry_the_activations_of_one_pilot(tmp_path: Path) -> None:
    """By default of the first seat with a network, in the order of the nodes that `network` lists."""
    show = GameShow(cast(PERSON, bred(GENOME), bred(RECURRENT)), None, 3, tmp_path / "recording.json")
    play(show, 30)
    network = show.carry_out("network", SeatArguments(seat=1))
    assert network is not None
    ((seat, values),) = show.frame().activations.items()
    assert (seat, len(values)) == (1, len(network["nodes"]))
    inputs = [value for node, value in zip(network["nodes"], values, strict=True) if node["kind"] == "input"]
    assert np.isfinite(values).all()
    assert len(inputs) == 23
    show.carry_out("focus", FocusArguments(seat=2))
    assert list(show.frame().activations) == [2]
    show.carry_out("focus", FocusArguments(seat=None))
    assert show.frame().activations == {}
    with pytest.raises(ConfigError, match="no network flies seat 0"):
        show.carry_out("focus", FocusArguments(seat=0))
    show.close()


@pytest.mark.parametrize(
    ("pilots", "told"),
    [
        ([bred(chaser(inputs=5))], "genome .* is missing"),
        ([{**bred(GENOME), "system": "ppo"}], "'ppo' breeds no genomes"),
        ([{"kind": "policy", "run": "ppo-1"}], "there are no runs here"),
    ],
)
def test_who_cannot_fly_is_named(tmp_path: Path, pilots: list[dict[str, Any]], told: str) -> None:
    """A pilot that is not there, or that knows another world, is an error before the game begins."""
    with pytest.raises(ConfigError, match=told):
        GameShow(cast(*pilots), None, 3, tmp_path / "recording.json")


def test_a_genome_of_another_world_is_refused(tmp_path: Path) -> None:
    """It says how many numbers it wants to see, and how many there are."""
    small = chaser(inputs=5)
    game = cast(bred(GENOME)).model_copy(update={"genomes": {document_hash(GENOME): small}})
    with pytest.raises(ConfigError, match=r"chaser: inputs: .*5 numbers.* of 23"):
        GameShow(game, None, 3, tmp_path / "recording.json")


def test_any_world_with_three_numbers_can_be_driven(tmp_path: Path) -> None:
    """A person takes the rover of Lunabotics by hand; it has one seat, and nobody there to nudge."""
    raw = {"world": "lunabotics", "seats": [{"pilot": PERSON}]}
    path = tmp_path / "recording.json"
    show = GameShow(validate(Cast, raw), None, 3, path)
    before = show.frame()
    hands(show, thrust=1.0)
    play(show, 20)
    assert show.frame().layers != before.layers
    with pytest.raises(ConfigError, match="cannot be nudged"):
        show.carry_out("nudge", Nudge(kind="hold"))
    show.close()
    assert replayed(read_recording(path)).status()["replay"]["exact"] is True
    two = validate(Cast, {**raw, "seats": [{"pilot": PERSON}, {"pilot": PERSON}]})
    with pytest.raises(ConfigError, match="has 1 seat, got 2"):
        GameShow(two, None, 3, path)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"format": "video"}, "format"),
        ({"version": 2}, "version"),
        ({"bouts": []}, "at least one"),
        ({"bouts": [{"seed": 1, "ticks": 5, "state_sha256": "0" * 64, "events": [{"type": "input"}]}]}, "tick"),
        ({"tick_s": 0}, "tick_s"),
    ],
)
def test_what_is_no_recording_is_refused(recorded: Path, change: dict[str, Any], told: str) -> None:
    """The message names what is wrong with it."""
    with pytest.raises(ConfigError, match=told):
        recording_of({**json.loads(recorded.read_bytes()), **change})


def test_events_out_of_order_are_refused(recorded: Path) -> None:
    """Ticks count up within a bout and do not go beyond its end."""
    raw = json.loads(recorded.read_bytes())
    raw["bouts"][0]["events"].reverse()
    with pytest.raises(ConfigError, match="in order of tick"):
        recording_of(raw)
