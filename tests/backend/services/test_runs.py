from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from backend.errors import ConflictError, NotFoundError
from backend.services.labels import FILE, read_labels
from backend.services.player_files import PlayerFiles
from backend.services.run_settings import RunSettings
from backend.services.systems import Systems
from backend.store.base import RunFilter
from python_training.contracts.errors import ConfigError, UnknownNameError
from python_training.contracts.status import RunStatus


def test_a_created_run_is_queued_and_found(room: Any) -> None:
    """Creating validates, writes the folder, and the run is there at once with complete config and metrics."""
    run = room.runs.create("scripted", {"total_steps": 7}, name="  n  ", tags=["b", "b", " a "])
    assert (run.status, run.name, run.tags, run.total_steps) == (RunStatus.QUEUED, "n", ("b", "a"), 7)
    assert run.config["keep_checkpoints"] == 5
    assert run.primary is not None
    assert room.runs.newest() == run
    assert room.runs.find(RunFilter(tag="a")) == ([run], 1)


def test_a_run_of_a_preset_is_named_after_it(room: Any) -> None:
    """Without a name a run takes the title of the preset that was asked for; a name given stays."""
    preset = {"system": "ppo", "preset": "lunabotics"}
    assert room.runs.create(**preset).name == "Lunabotics rover"
    assert room.runs.create(**preset, name="mine").name == "mine"
    assert room.runs.create("ppo").name == ""


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"name": "x" * 201}, "name"), ({"tags": ["x" * 51]}, "tags"), ({"tags": [str(n) for n in range(51)]}, "tags")],
)
def test_labels_have_bounds(room: Any, fields: dict[str, Any], field: str) -> None:
    """A label that is too long is refused by its field's name, and no run is made."""
    with pytest.raises(ConfigError, match="at most") as caught:
        room.runs.create("scripted", **fields)
    assert caught.value.field == field
    assert room.runs.newest() is None


def test_labels_can_be_changed_one_by_one(room: Any) -> None:
    """What is not named stays; the labels lie beside the journal too."""
    run = room.runs.create("scripted", name="first", notes="n")
    changed = room.runs.patch(run.id, tags=["t"], pinned=True)
    assert (changed.name, changed.notes, changed.tags, changed.pinned) == ("first", "n", ("t",), True)
    assert room.runs.patch(run.id, notes="").notes == ""
    folder = room.runs.folder(run.id)
    assert read_labels(folder.path)[0].tags == ("t",)
    (folder.path / FILE).write_text(json.dumps({"name": 1}))
    assert read_labels(folder.path)[0].tags == ()


@pytest.mark.parametrize("id", ["", "..", "../../etc", "a/b", "UPPER", "x" * 200, ".sessions", "nothing-there"])
def test_an_id_that_is_no_run_is_not_found(room: Any, id: str) -> None:
    """Whatever a client sends as an id, it is not found, and never reaches another folder."""
    for ask in (room.runs.get, room.runs.delete, room.runs.start, room.runs.patch):
        with pytest.raises(NotFoundError):
            ask(id)


def test_starting_and_stopping_without_a_worker_is_written_to_the_journal(room: Any) -> None:
    """A stopped run is queued by start, a queued one stopped by stop; an active one cannot be deleted."""
    run = room.runs.create("scripted")
    with pytest.raises(ConflictError, match="active"):
        room.runs.delete(run.id)
    assert room.runs.command(run.id, "stop").run.status is RunStatus.STOPPED
    with pytest.raises(ConflictError, match="has no worker"):
        room.runs.command(run.id, "stop")
    assert room.runs.command(run.id, "start").run.status is RunStatus.QUEUED
    with pytest.raises(ConflictError, match="queued already"):
        room.runs.start(run.id)
    assert room.runs.stop_all() == {run.id: None}
    room.runs.delete(run.id)
    assert room.runs.find() == ([], 0)


def test_systems_and_worlds_describe_themselves(room: Any, tmp_path: Path) -> None:
    """Each system has schema, defaults, presets and exactly one primary metric; hidden ones only show when asked."""
    systems = Systems(PlayerFiles(tmp_path), RunSettings(room.runs))
    names = [system.name for system in systems.list()]
    assert "scripted" not in names
    assert "scripted" in [system.name for system in systems.list(hidden=True)]
    scripted = systems.get("scripted").to_dict()
    assert scripted["config_schema"]["properties"]["drift"]["live"] is True
    assert scripted["defaults"]["total_steps"] == 100
    assert [spec["name"] for spec in scripted["metrics"] if spec["primary"]] == ["value"]
    json.dumps([system.to_dict() for system in systems.list(hidden=True)], allow_nan=False)
    worlds = [world.to_dict() for world in systems.worlds()]
    assert "expert" in worlds[0]["players"]
    with pytest.raises(UnknownNameError):
        systems.get("scriptet")
    with pytest.raises(ConfigError):
        systems.check("scripted", {"drift": "much"})
