"""Runs that are logged to a real MLflow tracking store while real workers train them."""

from __future__ import annotations

import json
import shutil
import signal
from pathlib import Path
from typing import Any

import pytest

from python_training.contracts.errors import RunLockedError
from python_training.contracts.events import EventType
from python_training.runtime.journal import effective_points, read_events
from python_training.runtime.mlflow_follower import log_once, only_one
from python_training.runtime.mlflow_settings import EXPERIMENT, TRACKING_URI, MLflowSettings
from python_training.runtime.run_folder import RunFolder
from python_training.testing.runs import (
    deterministic_points,
    health_codes,
    scripted_run,
    spawn_worker,
    train,
    wait_for,
)

# MLflow 3.17 uses a loader strategy that SQLAlchemy 2.1 deprecates.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

PATIENCE_S = 60.0


@pytest.fixture(scope="module")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of a store without runs, made once: its migrations take seconds."""
    from mlflow.tracking import MlflowClient

    path = tmp_path_factory.mktemp("mlflow") / "mlflow.db"
    MlflowClient(f"sqlite:///{path}")
    return path


@pytest.fixture
def store(empty_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A client of a store that workers started from now on log to; artifacts go to the folder below."""
    from mlflow.tracking import MlflowClient

    path = tmp_path / "mlflow.db"
    shutil.copy(empty_store, path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(TRACKING_URI, f"sqlite:///{path}")
    monkeypatch.setenv(EXPERIMENT, "rovers")
    return MlflowClient(f"sqlite:///{path}")


def logged(store: Any, folder: RunFolder, status: str) -> Any:
    """The one MLflow run of a run, once it has that status; the follower may outlive the worker by a few seconds."""

    def look() -> Any:
        experiment = store.get_experiment_by_name("rovers")
        runs = store.search_runs([experiment.experiment_id]) if experiment else []
        mine = [run for run in runs if run.data.tags["paddock.run"] == folder.id]
        assert len(mine) < 2
        return mine[0] if mine and mine[0].info.status == status else None

    return wait_for(look, f"an MLflow run that is {status}", PATIENCE_S)


def history(store: Any, run: Any, metric: str) -> list[tuple[int, float]]:
    """Step and value of every point of a metric, in the order of time."""
    points = sorted(store.get_metric_history(run.info.run_id, metric), key=lambda point: (point.timestamp, point.step))
    return [(point.step, point.value) for point in points]


def held(folder: RunFolder, metric: str) -> list[tuple[int, float]]:
    """The same as the journal has it."""
    return [(step, values[metric]) for step, _, values in effective_points(read_events(folder.path))]


def points_behind_checkpoint(folder: RunFolder, count: int) -> bool:
    """Whether there are that many checkpoints, and points that no checkpoint covers."""
    events = list(read_events(folder.path))
    saved = [event for event in events if event.type is EventType.CHECKPOINT and not event.data.get("removed")]
    return len(saved) >= count and events[-1].type is EventType.POINTS


def test_finished_run_is_in_the_store(store: Any, tmp_path: Path) -> None:
    """Params are its config, metrics its points, artifacts its spec and manifests; the run itself is unchanged."""
    folder = scripted_run(tmp_path, total_steps=1500, drift=0.25, nan_from_step=1400)
    assert train(folder) == 0
    run = logged(store, folder, "FINISHED")
    assert run.data.params["total_steps"] == "1500"
    assert run.data.params["drift"] == "0.25"
    assert run.data.params["hang_at_step"] == "null"
    assert history(store, run, "value") == held(folder, "value")
    assert [step for step, _ in history(store, run, "noise")] == list(range(1, 1400))
    assert (
        run.data.tags.items()
        >= {
            "paddock.system": "scripted",
            "paddock.primary_metric": "value",
            "paddock.status": "finished",
            "paddock.checkpoint.newest": "1500",
        }.items()
    )
    artifacts = Path(run.info.artifact_uri)
    manifest = folder.checkpoints().get(1500).path / "manifest.json"
    assert (artifacts / "checkpoints" / "newest.json").read_text() == manifest.read_text()
    assert json.loads((artifacts / "run.json").read_text())["id"] == folder.id
    unlogged = scripted_run(tmp_path / "other", total_steps=1500, drift=0.25, nan_from_step=1400)
    assert train(unlogged) == 0
    assert deterministic_points(folder) == deterministic_points(unlogged)


def test_killed_and_resumed_run_goes_on_in_the_same_mlflow_run(store: Any, tmp_path: Path) -> None:
    """What a resumed run supersedes never reaches MLflow: every step is there once, as the journal holds it."""
    config = {"total_steps": 3000, "seconds_per_step": 0.002, "checkpoint_interval_s": 0.5}
    folder = scripted_run(tmp_path, **config)
    worker = spawn_worker(folder)
    wait_for(lambda: points_behind_checkpoint(folder, 2), "points behind the second checkpoint", PATIENCE_S)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    before = logged(store, folder, "RUNNING")
    assert train(folder) == 0
    run = logged(store, folder, "FINISHED")
    assert run.info.run_id == before.info.run_id
    assert history(store, run, "value") == held(folder, "value")
    assert "paddock.rewound_to" in run.data.tags


def test_store_that_fails_costs_nothing_but_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Training goes on; when the store can be reached at last, it is told everything, and the run's health says so."""
    from mlflow.tracking import MlflowClient

    blocked = tmp_path / "store"
    blocked.write_text("a file in place of the folder")
    uri = f"sqlite:///{blocked}/mlflow.db"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(TRACKING_URI, uri)
    monkeypatch.setenv(EXPERIMENT, "rovers")
    folder = scripted_run(tmp_path, total_steps=10**6, seconds_per_step=0.01, checkpoint_interval_s=1)
    worker = spawn_worker(folder)
    try:
        wait_for(lambda: "mlflow_failed" in health_codes(folder), "a warning", PATIENCE_S)
        blocked.unlink()
        blocked.mkdir()
        wait_for(lambda: "recovered" in health_codes(folder), "the end of the warning", PATIENCE_S)
        folder.control().request("stop")
        assert worker.wait(PATIENCE_S) == 0
    finally:
        worker.kill()
        worker.wait()
    store = MlflowClient(uri)
    run = logged(store, folder, "KILLED")
    assert history(store, run, "value") == held(folder, "value")


def test_nothing_is_logged_unless_a_store_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By default no process is started and no file written for MLflow; an empty variable counts as unset."""
    monkeypatch.setenv(TRACKING_URI, "")
    monkeypatch.chdir(tmp_path)
    folder = scripted_run(tmp_path, total_steps=20)
    assert train(folder) == 0
    assert not list(tmp_path.rglob("ml*"))


def test_run_trained_without_a_store_is_logged_afterwards(
    empty_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`paddock mlflow` tells MLflow the whole journal, and a second time nothing twice; not while somebody follows."""
    from mlflow.tracking import MlflowClient

    path = tmp_path / "mlflow.db"
    shutil.copy(empty_store, path)
    monkeypatch.chdir(tmp_path)
    folder = scripted_run(tmp_path, total_steps=50)
    assert train(folder) == 0
    settings, store = MLflowSettings(f"sqlite:///{path}", "rovers"), MlflowClient(f"sqlite:///{path}")
    log_once(settings, folder)
    run = logged(store, folder, "FINISHED")
    assert history(store, run, "value") == held(folder, "value")
    assert log_once(settings, folder) == 0
    assert history(store, run, "value") == held(folder, "value")
    with only_one(folder), pytest.raises(RunLockedError):
        log_once(settings, folder)
