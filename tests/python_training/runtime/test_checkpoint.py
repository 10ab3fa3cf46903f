from __future__ import annotations

import errno
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from python_training.contracts.errors import CheckpointDamagedError, CheckpointError, NoCheckpointError, NotFiniteError
from python_training.contracts.metrics import MetricSpec
from python_training.runtime.checkpoint import CheckpointInfo, CheckpointStore
from python_training.runtime.finite_files import require_finite
from python_training.runtime.manifest import MANIFEST, seal

HIGHER = MetricSpec("value", "Value", "For tests.", better="higher", primary=True)


@pytest.fixture
def store(tmp_path: Path) -> CheckpointStore:
    """An empty store."""
    return CheckpointStore(tmp_path / "run")


def _files(content: str) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        (folder / "state.json").write_text(content)
        (folder / "deep").mkdir()
        (folder / "deep" / "weights.bin").write_bytes(content.encode() * 100)

    return write


def _save(store: CheckpointStore, step: int, content: str = "x", **options: Any) -> CheckpointInfo:
    wanted: dict[str, Any] = {"reason": "periodic", "metrics": {}, "config": {}, "system": "scripted", **options}
    return store.save(step, _files(content), primary=HIGHER, **wanted)


def test_a_saved_checkpoint_is_listed_with_all_it_holds(store: CheckpointStore) -> None:
    """The manifest names every file with its size and hash, and what was measured."""
    info = _save(store, 7, metrics={"value": 2.5}, config={"seed": 1}, reason="save")
    assert store.list() == [info] == [store.get(7)]
    assert [(file.name, file.bytes) for file in info.files] == [("deep/weights.bin", 100), ("state.json", 1)]
    assert (info.step, info.name, info.reason, info.bytes) == (7, "7", "save", 101)
    assert (info.metrics, info.config, info.best, info.pinned) == ({"value": 2.5}, {"seed": 1}, True, False)
    store.verify(info)


def test_steps_are_in_order_of_number(store: CheckpointStore) -> None:
    """Step 100 comes after step 20, whatever their names sort like."""
    for step in (100, 20, 3):
        _save(store, step)
    assert [info.step for info in store.list()] == [3, 20, 100]


def test_a_failed_save_leaves_nothing_and_harms_nothing(store: CheckpointStore) -> None:
    """When writing fails half-way, the older checkpoint of the same step is still there, whole."""
    old = _save(store, 1, "old")

    def fails(folder: Path) -> None:
        (folder / "state.json").write_text("half")
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(CheckpointError, match="the disk is full"):
        store.save(1, fails, reason="save", metrics={}, config={}, system="scripted")
    store.verify(old)
    assert [path.name for path in store.folder.iterdir()] == ["1"]


def test_a_fault_of_the_trainer_is_not_hidden(store: CheckpointStore) -> None:
    """An error that is not the disk's comes through as it is."""

    def fails(folder: Path) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.save(1, fails, reason="save", metrics={}, config={}, system="scripted")
    assert list(store.folder.iterdir()) == []


def test_saving_a_step_again_replaces_it_and_keeps_the_pin(store: CheckpointStore) -> None:
    """The newer state of a step wins."""
    _save(store, 1, "old")
    store.pin(1, True)
    info = _save(store, 1, "newer")
    assert info.pinned
    assert (info.path / "state.json").read_text() == "newer"
    assert [path.name for path in store.folder.iterdir()] == ["1"]


@pytest.mark.parametrize("killed", ["before the new one was in place", "before the old one was gone"])
def test_a_kill_within_a_replacement_loses_no_checkpoint(store: CheckpointStore, tmp_path: Path, killed: str) -> None:
    """Whichever rename the writer died between, one whole checkpoint of the step is there after tidying."""
    shutil.copytree(_save(store, 1, "old").path, tmp_path / "old")
    new = _save(store, 1, "new")
    shutil.copytree(tmp_path / "old", store.folder / ".old-1")
    if killed == "before the new one was in place":
        new.path.rename(store.folder / ".tmp-1")
    store.tidy()
    info = store.get(1)
    store.verify(info)
    expected = "old" if killed == "before the new one was in place" else "new"
    assert (info.path / "state.json").read_text() == expected
    assert [path.name for path in store.folder.iterdir()] == ["1"]


def _flip_a_bit(info: CheckpointInfo) -> None:
    path = info.path / "deep" / "weights.bin"
    content = bytearray(path.read_bytes())
    content[50] ^= 1
    path.write_bytes(content)


def _cut_a_file(info: CheckpointInfo) -> None:
    (info.path / "state.json").write_text("")


def _remove_a_file(info: CheckpointInfo) -> None:
    (info.path / "state.json").unlink()


def _cut_the_manifest(info: CheckpointInfo) -> None:
    path = info.path / "manifest.json"
    path.write_text(path.read_text()[:40])


def _remove_the_manifest(info: CheckpointInfo) -> None:
    (info.path / "manifest.json").unlink()


def _escape(info: CheckpointInfo) -> None:
    path = info.path / "manifest.json"
    raw = json.loads(path.read_text())
    raw["files"][0]["name"] = "../2/state.json"
    path.write_text(json.dumps(raw))


@pytest.mark.parametrize(
    "damage", [_flip_a_bit, _cut_a_file, _remove_a_file, _cut_the_manifest, _remove_the_manifest, _escape]
)
def test_a_damaged_checkpoint_is_set_aside_and_the_newest_good_one_taken(
    store: CheckpointStore, damage: Callable[[CheckpointInfo], None]
) -> None:
    """Any damage is found before anything is loaded; the folder is kept under another name."""
    good = _save(store, 1)
    damage(_save(store, 2))
    found, damaged = store.newest_good(set_aside=False)
    assert found == good
    assert (store.folder / "2").exists()
    found, damaged = store.newest_good()
    assert found == good
    assert [(each.step, each.name) for each in damaged] == [(2, "2.damaged")]
    assert (store.folder / "2.damaged").is_dir()
    assert store.newest_good() == (good, ())


def test_a_second_damaged_one_of_a_step_gets_a_name_of_its_own(store: CheckpointStore) -> None:
    """Nothing that was set aside is overwritten."""
    for name in ("1.damaged", "1.damaged-2"):
        _cut_a_file(_save(store, 1))
        assert store.newest_good()[1][0].name == name


def test_no_checkpoint_is_no_error(store: CheckpointStore) -> None:
    """A run without checkpoints has none; asking for one by step says so."""
    assert store.list() == []
    assert store.newest_good() == (None, ())
    with pytest.raises(NoCheckpointError, match="no checkpoint 5"):
        store.get(5)


def test_a_step_that_was_never_reached_is_told_from_one_that_is_gone(store: CheckpointStore) -> None:
    """One is still to come, beside the other there may be one to take instead."""
    with pytest.raises(NoCheckpointError, match="none has been saved yet"):
        store.get(5)
    for step in (10, 20, 40):
        _save(store, step)
    with pytest.raises(NoCheckpointError, match="none beyond 40"):
        store.get(50)
    with pytest.raises(NoCheckpointError, match="no longer kept") as caught:
        store.get(30)
    assert "20, 40" in (caught.value.hint or "")


def test_verify_names_the_file(store: CheckpointStore) -> None:
    """The error says which file is wrong and how."""
    info = _save(store, 1)
    _cut_a_file(info)
    with pytest.raises(CheckpointDamagedError, match=r"state\.json must have 1 bytes, got 0"):
        store.verify(info)


def test_a_link_is_not_taken_into_a_checkpoint(store: CheckpointStore, tmp_path: Path) -> None:
    """What points outside of the folder is refused: its hash would say nothing."""

    def write(folder: Path) -> None:
        (folder / "link").symlink_to(tmp_path)

    with pytest.raises(CheckpointError, match="only hold plain files, got link"):
        store.save(1, write, reason="save", metrics={}, config={}, system="scripted")


def test_pruning_keeps_the_newest_the_best_and_the_pinned(store: CheckpointStore) -> None:
    """Retention removes what is old, not best and not pinned."""
    for step, value in enumerate((1.0, 9.0, 2.0, 3.0, 4.0, 5.0)):
        _save(store, step, metrics={"value": value})
    store.pin(0, True)
    assert [info.step for info in store.prune(keep=2)] == [2, 3]
    assert [(info.step, info.best, info.pinned) for info in store.list()] == [
        (0, False, True),
        (1, True, False),
        (4, False, False),
        (5, False, False),
    ]
    store.pin(0, False)
    assert [info.step for info in store.prune(keep=2)] == [0]


def test_passed_bests_do_not_crowd_out_the_newest(store: CheckpointStore) -> None:
    """A checkpoint that was saved only for being the best goes as soon as it is not."""
    for step in range(3):
        _save(store, step, metrics={"value": float(step)})
    for step in range(3, 6):
        _save(store, step, metrics={"value": float(step)}, reason="best")
    assert [info.step for info in store.prune(keep=3)] == [3, 4, 0]
    assert [info.step for info in store.list()] == [1, 2, 5]


@pytest.mark.parametrize(("better", "best"), [("higher", 2), ("lower", 0)])
def test_best_follows_the_direction_of_the_primary_metric(store: CheckpointStore, better: Any, best: int) -> None:
    """A loss is best when it is lowest."""
    primary = MetricSpec("value", "Value", "For tests.", better=better, primary=True)
    for step in range(3):
        store.save(
            step,
            _files("x"),
            reason="periodic",
            metrics={"value": float(step)},
            config={},
            system="scripted",
            primary=primary,
        )
    assert [info.step for info in store.list() if info.best] == [best]


def test_the_earliest_of_equals_is_best(store: CheckpointStore) -> None:
    """A later checkpoint that repeats the best value measured earlier is not better."""
    for step in range(3):
        _save(store, step, metrics={"value": 1.0})
    assert [info.step for info in store.list() if info.best] == [0]


def _arrays(**arrays: NDArray[Any]) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        (folder / "deep").mkdir()
        np.savez(folder / "deep" / "weights.npz", allow_pickle=False, **arrays)

    return write


def _text(name: str, content: str) -> Callable[[Path], None]:
    return lambda folder: _write(folder / name, content)


def _write(path: Path, content: str) -> None:
    path.write_text(content)


def _one_bad(dtype: str, bad: float) -> NDArray[Any]:
    array = np.ones(300_000, dtype=dtype)  # more than is looked at at once
    array[-1] = bad
    return array


NOT_FINITE = {
    "float32": _arrays(kernel=np.ones(3, np.float32), bias=_one_bad("<f4", np.nan)),
    "float64": _arrays(bias=_one_bad("<f8", -np.inf)),
    "float16": _arrays(bias=_one_bad("<f2", np.inf)),
    "big endian": _arrays(bias=_one_bad(">f4", np.nan)),
    "complex": _arrays(bias=_one_bad("c16", np.nan)),
    "scalar": _arrays(bias=np.array(np.nan)),
    "json": _text("state.json", '{"value": NaN}'),
    "json that overflows": _text("state.json", "[1e999]"),
    "json lines": _text("log.jsonl", '{"a": 1}\n{"a": -Infinity}\n'),
}


@pytest.mark.parametrize("write", NOT_FINITE.values(), ids=NOT_FINITE.keys())
def test_what_is_not_finite_is_not_saved(store: CheckpointStore, write: Callable[[Path], None]) -> None:
    """Whatever file it stands in: the save fails by name, and the checkpoints that there were are as they were."""
    old = _save(store, 1)
    with pytest.raises(
        NotFiniteError, match=r"(weights\.npz|state\.json|log\.jsonl) holds a number that is not finite"
    ):
        store.save(2, write, reason="periodic", metrics={}, config={}, system="scripted")
    assert store.list() == [old]
    assert [path.name for path in store.folder.iterdir()] == ["1"]


@pytest.mark.parametrize("write", NOT_FINITE.values(), ids=NOT_FINITE.keys())
def test_what_is_not_finite_is_never_chosen(store: CheckpointStore, write: Callable[[Path], None]) -> None:
    """A checkpoint whose hashes are right but whose numbers are not is damaged, and the one before it is used."""
    good, bad = _save(store, 1), _save(store, 2)
    manifest = json.loads((bad.path / MANIFEST).read_text())
    for path in bad.path.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    write(bad.path)
    manifest["files"] = [file.to_dict() for file in seal(bad.path)]
    (bad.path / MANIFEST).write_text(json.dumps(manifest))
    with pytest.raises(CheckpointDamagedError, match="not finite"):
        store.verify(store.get(2))
    newest, damaged = store.newest_good()
    assert newest == good
    assert [(each.step, each.name) for each in damaged] == [(2, "2.damaged")]


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1e999"])
def test_a_metric_that_is_not_finite_makes_no_checkpoint_the_best(store: CheckpointStore, value: str) -> None:
    """A manifest that says so is not believed at all."""
    _save(store, 1, metrics={"value": 1.0})
    info = _save(store, 2, metrics={"value": 0.5})
    text = (info.path / MANIFEST).read_text()
    (info.path / MANIFEST).write_text(text.replace('"value": 0.5', f'"value": {value}'))
    assert [(each.step, each.best) for each in store.list()] == [(1, True)]


def test_numbers_that_are_finite_pass(tmp_path: Path) -> None:
    """Integers, flags, texts, empty arrays, the greatest floats, whose sum is infinite, and what is no array at all."""
    greatest = np.full(10, np.finfo(np.float64).max)
    np.savez(
        tmp_path / "a.npz", greatest=greatest, none=np.empty(0), flags=np.array([True]), words=np.array(["nan", "inf"])
    )
    np.save(tmp_path / "b.npy", np.arange(5))
    (tmp_path / "c.json").write_text('{"NaN": "Infinity", "x": 1e308}')
    (tmp_path / "d.npz").write_bytes(b"no archive")
    (tmp_path / "e.json").write_text("{no json")
    require_finite(tmp_path)
