from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from backend.errors import NotFoundError
from backend.services.elites import Elites
from python_training.contracts.errors import CheckpointError
from python_training.runtime.elites import MAX_ELITE_BYTES

GENOME = {
    "format": "paddock-genome",
    "version": 1,
    "inputs": 1,
    "outputs": 1,
    "recurrent": False,
    "nodes": [{"key": 0, "bias": 0.0, "response": 1.0, "activation": "tanh", "aggregation": "sum"}],
    "connections": [{"from": -1, "to": 0, "weight": 1.5, "enabled": True}],
}


@pytest.fixture
def run(room: Any) -> str:
    """A run without elites yet."""
    run_id: str = room.runs.create("scripted", {}).id
    return run_id


@pytest.fixture
def elites(room: Any) -> Elites:
    """The service."""
    return Elites(room.runs)


def leave(room: Any, run: str, generation: int, *, final: bool = False, **changes: Any) -> Path:
    """Write an elite as a training system does; returns its file."""
    folder: Path = room.root / "checkpoints" / run
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "genome_12345.json").write_text(json.dumps(GENOME))
    path = folder / f"elite_genome_gen{generation}{'_final' if final else ''}.json"
    elite = {
        "generation": generation,
        "fitness": 250000.0,
        "genome_id": "12345",
        "timestamp": 1672531200.0,
        "performance_stats": {"enemies_destroyed": 45, "accuracy": 0.85, "damage_dealt": 12500.0},
        "genome_file": "genome_12345.json",
        "sha256": "ab" * 32,
        "parents": ["100", 101],
    }
    path.write_text(json.dumps({**elite, **changes}))
    return path


def test_a_run_without_elites_has_none(elites: Elites, run: str) -> None:
    """That is no error: most systems leave none."""
    assert elites.of_run(run) == []


def test_elites_are_listed_newest_first(elites: Elites, room: Any, run: str) -> None:
    """By generation, not by name; the final one stands for its generation."""
    leave(room, run, 5)
    leave(room, run, 25)
    leave(room, run, 25, final=True, fitness=None, species=3)
    leave(room, run, 100)
    listed = elites.of_run(run)
    assert [(elite.generation, elite.final) for elite in listed] == [(100, False), (25, True), (5, False)]
    assert listed[1].fitness is None
    assert listed[2].performance_stats["enemies_destroyed"] == 45
    assert listed[2].parents == ("100", "101")
    assert elites.get(run, 25) == listed[1]


def test_damaged_ones_are_left_out(elites: Elites, room: Any, run: str) -> None:
    """Half a file, a fitness that is no number, a file that is too large, and a name that is none of ours."""
    leave(room, run, 1)
    leave(room, run, 2).write_text('{"generation": 2')
    leave(room, run, 3, fitness="high")
    leave(room, run, 4).write_text(json.dumps({"x": "x" * MAX_ELITE_BYTES}))
    leave(room, run, 5).rename(room.root / "checkpoints" / run / "elite_genome_genX.json")
    assert [elite.generation for elite in elites.of_run(run)] == [1]
    with pytest.raises(CheckpointError, match=r"elite_genome_gen3\.json is damaged: fitness"):
        elites.get(run, 3)


def test_the_newest_of_all_runs_begin_with_the_newest_run(elites: Elites, room: Any, run: str) -> None:
    """At most as many as asked for."""
    newer = room.runs.create("scripted", {}).id
    leave(room, run, 9)
    leave(room, newer, 1)
    leave(room, newer, 2)
    assert [(elite.run, elite.generation) for elite in elites.newest(10)] == [(newer, 2), (newer, 1), (run, 9)]
    assert len(elites.newest(2)) == 2


def test_the_genome_is_handed_out_as_it_was_written(elites: Elites, room: Any, run: str) -> None:
    """Byte for byte, so that its hash holds."""
    leave(room, run, 5)
    assert elites.genome(run, 5) == ("genome_12345.json", json.dumps(GENOME).encode())


def test_a_system_without_genomes_has_no_networks(elites: Elites, room: Any, run: str) -> None:
    """Elites that lie beside the checkpoints of such a run are listed all the same."""
    leave(room, run, 5)
    with pytest.raises(NotFoundError, match="cannot be drawn"):
        elites.network(run, 5)


def test_forebears_follow_the_elite(elites: Elites, room: Any, run: str) -> None:
    """Newest first; the elite itself is not repeated."""
    line = [
        {"genome_id": "7", "generation": 1, "fitness": 10.0, "parents": []},
        {"genome_id": "100", "generation": 4, "fitness": 90.0, "parents": ["7"]},
        {"genome_id": "12345", "generation": 5, "fitness": 250000.0, "parents": ["100"]},
    ]
    leave(room, run, 5, ancestors=line)
    assert [each.genome_id for each in elites.ancestors(run, 5)] == ["12345", "100", "7"]


@pytest.mark.parametrize("name", ["../../secret.json", "/etc/passwd", "genome_1.json/../x.json", "genome_1.pkl"])
def test_no_other_file_can_be_named(elites: Elites, room: Any, run: str, name: str) -> None:
    """A genome lies beside its elite, under a name of its kind."""
    (room.root / "checkpoints" / "secret.json").parent.mkdir(exist_ok=True)
    leave(room, run, 5, genome_file=name)
    with pytest.raises(CheckpointError, match="genome_file"):
        elites.genome(run, 5)


def test_a_link_or_a_pipe_is_not_read(elites: Elites, room: Any, run: str) -> None:
    """A folder that was copied from elsewhere may hold links; a pipe would never end."""
    folder = leave(room, run, 5).parent
    (folder / "genome_12345.json").unlink()
    (folder / "genome_12345.json").symlink_to("/etc/hostname")
    with pytest.raises(CheckpointError, match="cannot be read"):
        elites.genome(run, 5)
    (folder / "genome_12345.json").unlink()
    os.mkfifo(folder / "genome_12345.json")
    with pytest.raises(CheckpointError, match="no plain file"):
        elites.genome(run, 5)


def test_what_is_not_there_is_not_found(elites: Elites, room: Any, run: str) -> None:
    """A generation that was pruned, and a run that never was."""
    leave(room, run, 5)
    with pytest.raises(NotFoundError) as caught:
        elites.get(run, 6)
    assert caught.value.field == "generation"
    with pytest.raises(NotFoundError):
        elites.of_run("no-such-run")


@pytest.mark.parametrize(
    ("generation", "told", "hint"),
    [
        (31, "has not reached generation 31: it is at 30", "generation 30"),
        (0, "they count from 1", ""),
        (14, "no longer keeps", "10 and 20"),
        (5, "no longer keeps", "10"),
    ],
)
def test_a_generation_never_reached_is_told_from_a_pruned_one(
    room: Any, elites: Elites, run: str, generation: int, told: str, hint: str
) -> None:
    """Whoever asks for one that is still to come should wait, and for one that is gone look beside it."""
    for kept in (10, 20, 30):
        leave(room, run, kept)
    with pytest.raises(NotFoundError, match=told) as caught:
        elites.get(run, generation)
    assert hint in (caught.value.hint or "")


def test_a_generation_that_is_bred_but_not_saved_is_neither(room: Any, elites: Elites) -> None:
    """Between two checkpoints a run is further than its newest elite."""
    run = room.add(40).id
    room.feed_all()
    leave(room, run, 30)
    with pytest.raises(NotFoundError, match="has saved no elite of generation 35 yet") as caught:
        elites.get(run, 35)
    assert "30" in (caught.value.hint or "")
