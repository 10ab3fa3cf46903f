from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from backend.errors import NotFoundError
from backend.services.casting import Casting, WantedSeats
from backend.services.elites import Elites
from backend.services.player_files import PlayerFiles
from backend.services.run_settings import RunSettings
from python_training import registry
from python_training.contracts.config import config_dir
from python_training.contracts.errors import (
    CheckpointDamagedError,
    ConfigError,
    NoCheckpointError,
    UnknownNameError,
)
from python_training.runtime.seats import Cast, document_hash
from python_training.testing.chaser import chaser


@pytest.fixture
def casting(room: Any) -> Casting:
    """The service."""
    return Casting(room.runs, Elites(room.runs), PlayerFiles(room.root / "players"))


def bred(room: Any, *generations: int, **config: Any) -> str:
    """A NEAT run that has left an elite of each of `generations`."""
    run: str = room.runs.create("neat", {"env": "arena", "env_config": config}).id
    folder: Path = room.root / "checkpoints" / run
    folder.mkdir(parents=True)
    for generation in generations:
        content = json.dumps({**chaser(), "genome_id": generation}).encode()
        (folder / f"genome_{generation}.json").write_bytes(content)
        elite = {
            "generation": generation,
            "fitness": 1000.0 * generation,
            "genome_id": str(generation),
            "timestamp": 1.0,
            "genome_file": f"genome_{generation}.json",
            "sha256": hashlib.sha256(content).hexdigest(),
        }
        (folder / f"elite_genome_gen{generation}.json").write_text(json.dumps(elite))
    return run


def cast(casting: Casting, *pilots: dict[str, Any], world: str | None = None, **config: Any) -> Cast:
    """The cast for pilots as a request names them."""
    seats = TypeAdapter(WantedSeats).validate_python([{"pilot": pilot} for pilot in pilots])
    return casting.cast(seats, world, config)


ELITE: dict[str, Any] = {"kind": "elite"}


def test_an_elite_brings_its_genome_and_its_world(room: Any, casting: Casting) -> None:
    """By default the newest elite of the newest run that has any, in its run's settings, with others on top."""
    bred(room, 1, 2)
    run = bred(room, 5, 10, width=1500.0, sim_duration=20.0)
    made = cast(casting, ELITE, {**ELITE, "generation": 5}, {"kind": "person"}, sim_duration=60.0)
    assert (made.world, made.world_config["width"], made.world_config["sim_duration"]) == ("arena", 1500.0, 60.0)
    first, second, third = (seat.pilot for seat in made.seats)
    assert first.kind == second.kind == "genome"
    assert (first.run, first.generation, second.generation) == (run, 10, 5)
    assert made.genomes[first.sha256]["genome_id"] == 10
    assert third.kind == "person"


def test_a_squad_shares_one_genome(room: Any, casting: Casting) -> None:
    """Equal pilots are equal, so that they are flown in one batch, and the genome is there once."""
    bred(room, 3)
    made = cast(casting, *[ELITE] * 5)
    assert len({seat.pilot for seat in made.seats}) == 1
    assert len(made.genomes) == 1


def test_a_genome_that_was_changed_on_disk_does_not_fly(room: Any, casting: Casting) -> None:
    """Its hash is not the one that the run wrote down."""
    run = bred(room, 3)
    (room.root / "checkpoints" / run / "genome_3.json").write_text(json.dumps(chaser(1.0)))
    with pytest.raises(CheckpointDamagedError, match=r"genome_3\.json") as caught:
        cast(casting, ELITE)
    assert caught.value.field == "seats.0.pilot.generation"


def test_a_genome_may_be_brought(casting: Casting) -> None:
    """It is named by the hash of what it says, not of how its file is laid out."""
    made = cast(casting, {"kind": "genome", "genome": chaser(), "name": "mine.json"})
    (seat,) = made.seats
    assert seat.pilot.kind == "genome"
    assert (seat.pilot.name, seat.pilot.system, seat.pilot.sha256) == ("mine.json", "neat", document_hash(chaser()))
    assert document_hash(dict(reversed(chaser().items()))) == seat.pilot.sha256
    assert (made.world, made.world_config) == ("arena", {})


@pytest.mark.parametrize(
    ("pilot", "world", "error", "field"),
    [
        (ELITE, None, NotFoundError, "seats.0.pilot"),
        ({**ELITE, "run": "nobody"}, None, NotFoundError, "seats.0.pilot.run"),
        ({"kind": "policy"}, None, NoCheckpointError, "seats.0.pilot"),
        ({"kind": "person"}, "moon", UnknownNameError, "world"),
    ],
)
def test_who_is_not_there_is_named(
    casting: Casting, pilot: dict[str, Any], world: str | None, error: type[Exception], field: str
) -> None:
    """The field of the error leads to the seat."""
    with pytest.raises(error) as caught:
        cast(casting, pilot, world=world)
    assert getattr(caught.value, "field", None) == field


def test_a_run_that_has_none_yet_says_so(room: Any, casting: Casting) -> None:
    """A run without elites, one without checkpoints, and one of a system that leaves no policy."""
    run = bred(room)
    with pytest.raises(NotFoundError, match="has no elite yet"):
        cast(casting, {**ELITE, "run": run})
    with pytest.raises(NoCheckpointError, match="no checkpoint yet"):
        cast(casting, {"kind": "policy", "run": run})
    scripted = room.runs.create("scripted", {}).id
    with pytest.raises(ConfigError, match="leaves no policy"):
        cast(casting, {"kind": "policy", "run": scripted})


def test_presets_and_files_bring_their_values(room: Any, casting: Casting) -> None:
    """A recording of the game has all it needs, whatever becomes of the file; equal players share their values."""
    folder = room.root / "players" / "battlesnake"
    folder.mkdir(parents=True)
    preset = config_dir() / "presets" / "battlesnake" / "default.yaml"
    shutil.copy(preset, folder / "mine.yaml")
    pilots = [{"kind": "preset", "name": "default"}, {"kind": "file", "path": "mine.yaml"}, {"kind": "person"}]
    made = cast(casting, *pilots, world="battlesnake", mode="wrapped")
    first, second, _ = (seat.pilot for seat in made.seats)
    assert first.kind == second.kind == "tuned"
    assert (first.name, second.name) == ("default", "mine.yaml")
    assert first.sha256 == second.sha256
    assert len(made.tuned) == 1
    assert len(made.tuned[first.sha256]["values"]) == 31
    assert made.world_config == {"mode": "wrapped"}


def tuned(room: Any, **config: Any) -> str:
    """A tuner run that has saved its first checkpoint, from a preset."""
    run: str = room.runs.create("tuner", {"objective": "battlesnake", "objective_config": config}).id
    folder: Path = room.root / "checkpoints" / run
    folder.mkdir(parents=True)
    shutil.copy(config_dir() / "presets" / "battlesnake" / "training.yaml", folder / "config.yaml")
    best, guess = {"weights.space": 7.0}, {"weights.space": 9.0}
    found = {
        "objective": "battlesnake",
        "start": {"weights.space": 5.0},
        "incumbent": {"name": "incumbent 1", "values": best},
        "recommended": {"values": guess},
        "accepted": [{"number": 1, "values": best}],
    }
    (folder / "tuner.json").write_text(json.dumps(found))
    return run


def test_what_a_run_tunes_may_play(room: Any, casting: Casting) -> None:
    """Each of its settings is a player of its world, with what is not tuned, in the games that it is tuned for."""
    run = tuned(room, game={"mode": "wrapped"})
    pilots = [{"kind": "setting", "name": f"{run}:{which}"} for which in ("best", "recommended", "start", "1")]
    made = cast(casting, *pilots, width=7)
    assert (made.world, made.world_config["mode"], made.world_config["width"]) == ("battlesnake", "wrapped", 7)
    flown = [seat.pilot for seat in made.seats]
    assert [(pilot.kind, pilot.name, pilot.run) for pilot in flown] == [
        ("tuned", f"{run}:{which}", run) for which in ("best", "recommended", "start", "1")
    ]
    assert [made.tuned[pilot.sha256]["values"]["weights.space"] for pilot in flown] == [7.0, 9.0, 5.0, 7.0]
    assert all(len(document["values"]) == 31 for document in made.tuned.values())


def test_a_run_that_tunes_no_player_is_named_by_its_seat(room: Any, casting: Casting) -> None:
    """Of another world, of another objective, of no tuner, with nothing saved; and a setting that is not there."""
    run = tuned(room)
    training = room.runs.create("tuner", preset="ppo-cartpole").id
    fresh = room.runs.create("tuner", {"objective": "battlesnake"}).id
    for name, world, error in [
        (f"{run}:best", "arena", ConfigError),
        (f"{training}:best", "battlesnake", ConfigError),
        (f"{bred(room)}:best", "battlesnake", ConfigError),
        ("nonsense", "battlesnake", ConfigError),
        (f"{fresh}:best", None, NoCheckpointError),
        (f"{run}:2", None, UnknownNameError),
        ("nobody:best", None, NotFoundError),
    ]:
        with pytest.raises(error) as caught:
            cast(casting, {"kind": "person"}, {"kind": "setting", "name": name}, world=world)
        assert getattr(caught.value, "field", "").startswith("seats.1.pilot"), name


def test_what_runs_tune_is_offered_in_their_world(room: Any) -> None:
    """The newest run first, once it has a checkpoint; runs of other objectives tune nobody there."""
    run = tuned(room)
    room.runs.create("neat", {"env": "arena"})
    settings = RunSettings(room.runs)
    battlesnake, arena = registry.WORLDS["battlesnake"], registry.WORLDS["arena"]
    assert list(settings.list(battlesnake)) == []
    room.append(room.runs.folder(run), "checkpoint", step=5, name="5", metrics={}, reason="periodic")
    room.feed_all()
    assert [each.name for each in settings.list(battlesnake)] == [f"{run}:best", f"{run}:recommended", f"{run}:start"]
    assert list(settings.list(arena)) == []
    assert room.runs.get(run).to_dict()["world"] == "battlesnake"


def test_a_player_that_cannot_be_read_is_named_by_its_seat(casting: Casting) -> None:
    """The field of the error leads there."""
    person = {"kind": "person"}
    with pytest.raises(UnknownNameError) as caught:
        cast(casting, person, {"kind": "preset", "name": "nobody"}, world="battlesnake")
    assert caught.value.field == "seats.1.pilot.name"
    with pytest.raises(NotFoundError) as refused:
        cast(casting, person, {"kind": "file", "path": "../mine.yaml"}, world="battlesnake")
    assert refused.value.field == "seats.1.pilot.path"
