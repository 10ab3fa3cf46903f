"""What is wrong with the files of one run is that run's own trouble, whatever it is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from backend.domain.run import Labels
from backend.services import journal_feed
from backend.services.elites import Elites
from backend.services.labels import read_labels, write_labels
from backend.store.base import RunFilter
from python_training.contracts.errors import ConfigError, PaddockError
from python_training.contracts.trainer import Point
from python_training.runtime.journal import JournalWriter
from python_training.runtime.run_folder import RunFolder, damaged_runs, list_runs
from python_training.testing.damages import DAMAGES, fill, is_told

PARTS = list(dict.fromkeys(name.split(":")[0] for name in DAMAGES))


def inflicted(room: Any) -> RunFolder:
    """A stopped run of ten points with all the files that a run may have."""
    folder: RunFolder = room.add(10)
    room.append(folder, "status", status="stopped")
    fill(folder)
    write_labels(folder.path, Labels("called", "notes", ("tag",)))
    return folder


def goes_on(room: Any, good: RunFolder, step: int) -> None:
    """Have a point more in the journal of a good run, and see it everywhere where it should be."""
    with JournalWriter(good.path) as journal:
        journal.add_point(Point(step, {"value": float(step)}))
    room.feed_all()
    assert room.store.get(good.id).step == step
    shown = [run.to_dict() for run in room.runs.find(RunFilter())[0]]
    assert good.id in [run["id"] for run in shown]
    json.dumps(shown, allow_nan=False)
    assert room.runs.newest().id
    assert room.runs.patch(good.id, notes=f"step {step}").notes == f"step {step}"


@pytest.mark.parametrize("known", [True, False], ids=["known", "new"])
@pytest.mark.parametrize("part", PARTS)
def test_damaged_runs_hurt_no_other_and_can_be_deleted(
    room: Any, part: str, known: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether damaged before the server sees them or after, others live on, over restarts; each shows its reason."""
    monkeypatch.setattr(journal_feed, "UNFINISHED_S", 0.0)
    good = room.add(1)
    bad = {name: inflicted(room) for name in DAMAGES if name.startswith(f"{part}:")}
    if known:
        room.feed_all()
    for name, folder in bad.items():
        DAMAGES[name](folder)
        assert folder.exists(), name
    goes_on(room, good, 2)
    room.reopen()
    goes_on(room, good, 3)
    assert {run.id for run in room.runs.find(RunFilter())[0]} == {good.id, *(folder.id for folder in bad.values())}
    for name, folder in bad.items():
        shown = room.runs.get(folder.id)
        json.dumps(shown.to_dict(), allow_nan=False)
        json.dumps([info.to_dict() for info in folder.checkpoints().list()], allow_nan=False)
        # What was taken in before is not read once more: a journal may be damaged there without a loss.
        passed_over = known and part == "journal"
        assert shown.damage or passed_over or not is_told(name), name
        assert part in ("run.json", "labels.json", "journal") or not shown.damage, (name, shown.damage)
        if shown.status.is_active and not shown.damage:
            room.append(folder, "status", status="stopped")
        room.runs.delete(folder.id)
        assert not folder.path.exists(), name
    goes_on(room, good, 4)
    assert room.store.standings().keys() == {good.id}


def test_a_mended_run_is_whole_again(room: Any) -> None:
    """Once its run.json is back a run is what it was, with all its points."""
    bad = room.add(10)
    whole = bad.spec_path.read_bytes()
    bad.spec_path.write_text("{")
    room.feed_all()
    assert room.store.get(bad.id).damage == "run.json is not JSON."
    assert [(folder.id, why) for folder, why in damaged_runs(room.logs, room.root / "checkpoints")] == [
        (bad.id, "run.json is not JSON.")
    ]
    assert list_runs(room.logs, room.root / "checkpoints") == []
    bad.spec_path.write_bytes(whole)
    room.feed_all()
    room.feed_all()
    run = room.store.get(bad.id)
    assert (run.damage, run.system, run.step) == ("", "scripted", 10)
    assert len(room.store.series(bad.id)["value"].step) == 10


def test_a_damaged_run_is_never_the_newest(room: Any) -> None:
    """Scripts and clients that name no run act on one that can be read."""
    good, bad = room.add(1), room.add(1)
    bad.spec_path.write_text("{")
    room.feed_all()
    assert room.runs.newest().id == good.id


def test_what_can_be_read_of_a_damaged_journal_is_kept(room: Any) -> None:
    """One bad line costs that line; the reason names the file, the place and the value."""
    bad = room.add(10)
    DAMAGES["journal: step is negative"](bad)
    room.feed_all()
    run = room.store.get(bad.id)
    assert run.step == 10
    assert len(room.store.series(bad.id)["value"].step) == 10
    assert "events-000001.jsonl, byte" in run.damage
    assert "-5" in run.damage


@pytest.mark.parametrize("status", ["running", "stopped"])
def test_a_fault_is_remembered_where_it_would_not_be_found_again(room: Any, status: str) -> None:
    """A server begins to read in the last segment; what was lost before that shows all the same, of a live run too."""
    bad = room.add(10)
    room.append(bad, "status", status=status)
    DAMAGES["journal: segment missing"](bad)
    room.feed_all()
    told = room.store.get(bad.id).damage
    assert "are missing" in told
    for _ in range(2):
        room.reopen()
        room.feed_all()
        assert room.store.get(bad.id).damage == told
        with JournalWriter(bad.path) as journal:
            journal.add_point(Point(11, {"value": 1.0}))
        room.feed_all()
        assert room.store.get(bad.id).damage == told


@pytest.mark.parametrize("name", [name for name in DAMAGES if name.startswith("checkpoints:")])
def test_elites_are_listed_beside_a_run_whose_folder_for_them_is_damaged(room: Any, name: str) -> None:
    """A folder that cannot be read holds no elites."""
    folder = inflicted(room)
    DAMAGES[name](folder)
    room.feed_all()
    assert Elites(room.runs).of_run(folder.id) == []
    assert Elites(room.runs).newest(10) == []


def test_damaged_labels_are_kept_when_new_ones_are_written(room: Any) -> None:
    """Whoever writes notes on a run whose labels are damaged loses nothing that might still be mended."""
    bad = room.add(1)
    (bad.path / "labels.json").write_text('{"name": "half')
    room.feed_all()
    assert "labels.json" in room.store.get(bad.id).damage
    room.runs.patch(bad.id, notes="new")
    assert read_labels(bad.path) == (Labels(notes="new"), "")
    assert (bad.path / "labels.json.damaged").read_text() == '{"name": "half'


NO_TEXT = ["\ud800", "a\x00b", "\udfff end"]


@pytest.mark.parametrize("text", NO_TEXT)
@pytest.mark.parametrize("field", ["name", "notes", "tags"])
def test_what_is_no_text_does_not_get_into_labels(room: Any, field: str, text: str) -> None:
    """Creating and patching refuse it by the field's name, and nothing has changed then."""
    value: Any = [text] if field == "tags" else text
    with pytest.raises(ConfigError, match=field) as caught:
        room.runs.create("scripted", **{field: value})
    assert caught.value.field == field
    run = room.runs.create("scripted", name="before")
    with pytest.raises(ConfigError, match=field):
        room.runs.patch(run.id, **{field: value})
    assert room.runs.get(run.id) == run


@pytest.mark.parametrize("text", NO_TEXT)
def test_what_is_no_text_does_not_get_into_a_config(room: Any, text: str) -> None:
    """Wherever it stands, as a value or as a name, and however deep."""
    for config in ({"env": text}, {"env_config": {"a": [{"b": text}]}}, {"env_config": {text: 1}}):
        with pytest.raises(PaddockError):
            room.runs.create("ppo", config)
    assert room.runs.find(RunFilter())[1] == 0
