from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from python_training.contracts.errors import CheckpointError
from python_training.systems.neat.elites import Elite, Elites, from_json, to_json
from python_training.systems.neat.genome_json import encode
from python_training.systems.neat.genome_record import GenomeRecord, NodeRecord
from python_training.systems.neat.lineage import Birth, Lineage
from python_training.systems.neat.registry_files import REPORT, publish
from python_training.systems.neat.run_state import RunState
from python_training.systems.neat.threshold import Met, Threshold


def _genome(key: int, bias: float = 0.5) -> bytes:
    node = NodeRecord(key=0, bias=bias, response=1.0, activation="tanh", aggregation="sum")
    return encode(GenomeRecord(genome_id=key, inputs=1, outputs=1, recurrent=False, nodes=(node,), connections=()))


def _elite(generation: int, fitness: float = 1.0, **changes: Any) -> Elite:
    elite = Elite(
        generation=generation,
        genome_id=100 + generation,
        fitness=fitness,
        performance={"enemies_destroyed": 45.0},
        trial_score=2.0,
        held_out_score=None,
        elo=1000.0,
        species=1,
        nodes=1,
        connections=0,
        parents=(2, 1),
        ancestors=(Birth(2, 1, 0.5, ()),),
        final=False,
        genome=_genome(100 + generation),
    )
    return replace(elite, **changes)


def _generations(elites: Elites) -> list[int]:
    return [elite.generation for elite in elites]


def test_old_elites_go_by_the_stated_rule() -> None:
    """The newest stay, every tenth snapshot, the best, and those that met a threshold."""
    elites = Elites()
    for generation in range(5, 205, 5):
        elites.add(_elite(generation, fitness=9.0 if generation == 35 else 1.0, final=generation == 65))
        elites.prune(4, 5)
    assert _generations(elites) == [35, 50, 65, 100, 150, 185, 190, 195, 200]


def test_a_genome_that_is_elite_twice_has_one_file() -> None:
    """It is the same genome, and its file, named after it, can only have one content."""
    elites = Elites([_elite(5, genome_id=7, genome=_genome(7))])
    elites.add(_elite(10, genome_id=7, genome=_genome(7, bias=0.25)))
    assert elites[1].genome == elites[0].genome


def test_elites_come_back_as_they_were_told() -> None:
    """Everything of them, the genome to the byte, through JSON."""
    elites = [_elite(5), _elite(10, final=True, held_out_score=3.5)]
    assert from_json(json.loads(json.dumps(to_json(elites)))) == elites


def test_a_genome_that_is_not_the_one_named_is_refused() -> None:
    """Its hash tells."""
    (told,) = to_json([_elite(5)])
    with pytest.raises(ValueError, match="generation 5"):
        from_json([{**told, "genome": _genome(105, bias=0.75).decode()}])


def _checkpoint(root: Path, step: int, *elites: Elite, met: bool = False) -> Path:
    run = RunState(
        rated=True,
        champion=elites[-1] if elites else None,
        elites=Elites(elites),
        threshold=Threshold([Met(step, 100.0, 110.0)] if met else []),
        lineage=Lineage([Birth(2, 1, 0.5, ())]),
        rivals=[_genome(3)],
        history=[{"generation": step, "best_fitness": 3.0}],
    )
    folder = root / str(step)
    folder.mkdir(parents=True)
    run.save(folder)
    return folder


def _names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.is_file()}


def test_a_run_state_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    """Saving what was loaded writes the same files."""
    first = _checkpoint(tmp_path, 10, _elite(5), _elite(10), met=True)
    second = tmp_path / "again"
    second.mkdir()
    RunState.load(first).save(second)
    files = [path.relative_to(first) for path in first.rglob("*") if path.is_file()]
    assert files
    assert all((first / name).read_bytes() == (second / name).read_bytes() for name in files)


def test_the_registry_has_the_documents_format(tmp_path: Path) -> None:
    """Elite files as the source document shows them, with JSON genomes, and a report."""
    publish(_checkpoint(tmp_path, 10, _elite(5, 2.0), _elite(10, 3.0, final=True), met=True), tmp_path, 1672531200.0)
    assert _names(tmp_path) == {
        "elite_genome_gen5.json",
        "elite_genome_gen10_final.json",
        "genome_105.json",
        "genome_110.json",
        REPORT,
    }
    document = json.loads((tmp_path / "elite_genome_gen10_final.json").read_text())
    expected = {
        "generation": 10,
        "fitness": 3.0,
        "genome_id": "110",
        "timestamp": 1672531200.0,
        "performance_stats": {"enemies_destroyed": 45.0},
        "genome_file": "genome_110.json",
    }
    assert {name: document[name] for name in expected} == expected
    assert document["parents"] == ["2", "1"]
    assert document["ancestors"] == [{"genome_id": "2", "generation": 1, "fitness": 0.5, "parents": []}]
    report = json.loads((tmp_path / REPORT).read_text())
    assert report["threshold_reached"] is True
    assert report["champion"]["genome_id"] == "110"
    assert [each["file"] for each in report["elites"]] == ["elite_genome_gen5.json", "elite_genome_gen10_final.json"]


def test_publishing_again_changes_nothing(tmp_path: Path) -> None:
    """A timestamp is that of the first checkpoint that had the elite."""
    publish(_checkpoint(tmp_path, 5, _elite(5)), tmp_path, 1.0)
    before = (tmp_path / "elite_genome_gen5.json").read_bytes()
    publish(_checkpoint(tmp_path, 10, _elite(5), _elite(10)), tmp_path, 2.0)
    assert (tmp_path / "elite_genome_gen5.json").read_bytes() == before
    assert json.loads((tmp_path / "elite_genome_gen10.json").read_text())["timestamp"] == 2.0


def test_elites_that_were_let_go_of_leave_the_registry(tmp_path: Path) -> None:
    """Their genomes go with them, unless another elite has the same."""
    shared = _elite(10, genome_id=105, genome=_genome(105))
    publish(_checkpoint(tmp_path, 10, _elite(5), shared), tmp_path, 1.0)
    publish(_checkpoint(tmp_path, 15, shared, _elite(15)), tmp_path, 2.0)
    assert _names(tmp_path) - {REPORT} == {
        "elite_genome_gen10.json",
        "elite_genome_gen15.json",
        "genome_105.json",
        "genome_115.json",
    }
    publish(_checkpoint(tmp_path, 20, _elite(15)), tmp_path, 3.0)
    assert _names(tmp_path) - {REPORT} == {"elite_genome_gen15.json", "genome_115.json"}


def test_a_run_that_fell_back_keeps_later_elites(tmp_path: Path) -> None:
    """When the newest checkpoint is damaged the run goes on from an older one; its best elite is not lost meanwhile."""
    publish(_checkpoint(tmp_path, 10, _elite(5), _elite(10, 9.0)), tmp_path, 1.0)
    publish(_checkpoint(tmp_path, 6, _elite(5)), tmp_path, 2.0)
    assert {"elite_genome_gen10.json", "genome_110.json"} <= _names(tmp_path)


def test_what_is_no_checkpoint_publishes_nothing(tmp_path: Path) -> None:
    """A CheckpointError, and the registry is as it was."""
    checkpoint = _checkpoint(tmp_path, 5, _elite(5))
    for damaged in (b"", b"{}", b'[{"generation": 5}]', b"[1]"):
        (checkpoint / "elites.json").write_bytes(damaged)
        with pytest.raises(CheckpointError):
            publish(checkpoint, tmp_path, 1.0)
    (checkpoint / "elites.json").unlink()
    with pytest.raises(CheckpointError):
        publish(checkpoint, tmp_path, 1.0)
    assert _names(tmp_path) == set()
