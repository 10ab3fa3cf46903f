from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from python_training.contracts.errors import ConfigError, PaddockError, UnknownNameError, WorkerUnreachableError
from python_training.contracts.events import EventType
from python_training.runtime.journal import read_events
from python_training.runtime.run_folder import RunFolder, WorkerInfo, create_run, list_runs, write_json
from python_training.testing.runs import scripted_run


def test_a_created_run_is_queued_and_complete_on_disk(tmp_path: Path) -> None:
    """run.json has the whole config and all metrics; the journal begins with `queued`."""
    folder = create_run(
        tmp_path / "logs",
        tmp_path / "checkpoints",
        system="scripted",
        config={"seed": 4, "total_steps": 9},
        name="First",
        threads=2,
        parent={"run": "scripted-other", "step": 3},
    )
    spec = folder.spec()
    assert (spec.id, spec.system, spec.name, spec.seed, spec.threads) == (folder.id, "scripted", "First", 4, 2)
    assert (spec.total_steps, spec.parent) == (9, {"run": "scripted-other", "step": 3})
    assert spec.config["checkpoint_interval_s"] == 60.0
    assert [metric.name for metric in spec.metrics if metric.primary] == ["value"]
    (event,) = read_events(folder.path)
    assert (event.type, event.data["status"]) == (EventType.STATUS, "queued")
    assert (folder.worker(), folder.worker_alive()) == (None, False)


def test_a_run_finds_its_checkpoints_wherever_its_folder_is_reached_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder alone says where the checkpoints are, also by a relative path and after both were moved."""
    folder = create_run(tmp_path / "a" / "logs", tmp_path / "a" / "elsewhere", system="scripted", config={})
    assert RunFolder.at(folder.path) == folder
    monkeypatch.chdir(tmp_path / "a")
    assert RunFolder.at(Path("logs") / folder.id) == folder
    (tmp_path / "a").rename(tmp_path / "b")
    assert RunFolder.at(tmp_path / "b" / "logs" / folder.id).checkpoints_dir == tmp_path / "b" / "elsewhere"


@pytest.mark.parametrize("name", ["", "..", "../x", "a/b", "/etc", ".sessions", "A", "a b", "a\0", "x" * 81, "a\n"])
def test_an_id_cannot_lead_elsewhere(tmp_path: Path, name: str) -> None:
    """What is no id of a run is refused before any path is made of it."""
    with pytest.raises(UnknownNameError, match="not the id of a run"):
        RunFolder(tmp_path, tmp_path, name)


def test_a_bad_config_makes_no_folder(tmp_path: Path) -> None:
    """A run that could not begin is not created."""
    with pytest.raises(ConfigError, match="total_steps"):
        scripted_run(tmp_path, total_steps=0)
    with pytest.raises(UnknownNameError, match="no training system named 'pppo'"):
        create_run(tmp_path / "logs", tmp_path, system="pppo", config={})
    assert list(tmp_path.iterdir()) == []


def test_runs_are_listed_oldest_first_and_other_folders_are_not_runs(tmp_path: Path) -> None:
    """Only a folder with a readable run.json is a run."""
    folders = [scripted_run(tmp_path) for _ in range(3)]
    (tmp_path / "logs" / "lost+found").mkdir()
    (tmp_path / "logs" / "half-created").mkdir()
    (tmp_path / "logs" / "file").touch()
    broken = scripted_run(tmp_path)
    broken.spec_path.write_text("{")
    assert list_runs(tmp_path / "logs", tmp_path / "checkpoints") == folders
    assert list_runs(tmp_path / "nowhere", tmp_path) == []
    with pytest.raises(PaddockError, match=r"run\.json is not JSON"):
        broken.spec()
    with pytest.raises(UnknownNameError, match="There is no run"):
        RunFolder(tmp_path / "logs", tmp_path, "half-created").spec()


def test_a_worker_is_known_by_pid_and_start_time(tmp_path: Path) -> None:
    """Another process that got the pid of a dead worker is not taken for it, nor is a zombie."""
    folder = scripted_run(tmp_path)
    me = WorkerInfo.of_this_process("terminal", folder.socket_path)
    write_json(folder.worker_path, me.to_dict())
    assert folder.worker() == me
    assert folder.worker_alive()
    assert not replace(me, started=me.started - 60.0).is_alive()
    child = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert not replace(me, pid=child.pid).is_alive()
    child.wait()
    assert not replace(me, pid=child.pid).is_alive()


def test_control_of_a_run_that_nobody_trains_is_an_error(tmp_path: Path) -> None:
    """There is nobody to ask, and the message says so."""
    folder = scripted_run(tmp_path)
    with pytest.raises(WorkerUnreachableError, match="Nobody trains the run"):
        folder.control()
    folder.worker_path.write_text("not JSON")
    assert folder.worker() is None


def test_looking_at_runs_imports_nothing_heavy() -> None:
    """The web process reads runs, journals and checkpoints without NumPy, numba, TensorFlow or torch."""
    code = (
        "import sys; from python_training.runtime import run_folder, journal, checkpoint, control, control_server;"
        "print([name for name in ('numpy', 'numba', 'tensorflow', 'torch', 'flask') if name in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"
