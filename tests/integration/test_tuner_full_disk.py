"""A tuner whose disk fills up for a while: it goes on, its best config stays whole, and no acceptance is lost."""

from __future__ import annotations

import contextlib
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from python_training.runtime.run_folder import RunFolder, create_run
from python_training.systems.tuner.published.best_config import flat_numbers
from python_training.testing.bowl_objective import BowlObjective
from python_training.testing.full_disk import CannotMountError, fill, small_disk
from python_training.testing.runs import deterministic_points, health_codes, spawn_worker, wait_for

CONFIG = {
    "objective": "python_training.testing.bowl_objective:BowlObjective",
    "objective_config": {"seconds_per_pair": 0.0002},
    "games": 200,
    "min_improvement": 0.05,
    "tournament_games": 40,
    "use_llm": False,
    "use_neural_net": False,
    "checkpoint_interval": 1,
    "checkpoint_interval_s": 0.5,
    "accept": {"confirmation": {"improvement": 0.03}},
}


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 8 MiB."""
    with contextlib.ExitStack() as stack:
        try:
            disk = stack.enter_context(small_disk(tmp_path / "disk", 8))
        except CannotMountError as error:
            pytest.skip(f"NOT TESTED: what happens on a full disk. {error}")
        yield disk


def _best(folder: RunFolder) -> dict[str, float]:
    best = flat_numbers(yaml.safe_load((folder.checkpoints_path / "config.yaml").read_text()))
    assert set(best) == set(BowlObjective({}, threads=1).start())
    return best


def _iterations(folder: RunFolder) -> float:
    return max((values.get("iteration", 0.0) for _, values in deterministic_points(folder)), default=0.0)


def test_a_full_disk_costs_no_acceptance(tmp_path: Path, tiny_disk: Path) -> None:
    """Decisions go on meanwhile; afterwards log, best config and commits hold all of them."""
    folder = create_run(tmp_path / "logs", tiny_disk, system="tuner", config=CONFIG, threads=1)
    worker = spawn_worker(folder)
    try:
        wait_for(lambda: (folder.checkpoints_path / "config.yaml").exists(), "a best config", timeout=120)
        fill(tiny_disk / "ballast")
        wait_for(lambda: "checkpoint_failed" in health_codes(folder), "the health event", timeout=120)
        _best(folder)
        reached = _iterations(folder)
        wait_for(lambda: _iterations(folder) > reached + 3, "the run to go on", timeout=120)
        _best(folder)
        (tiny_disk / "ballast").unlink()
        wait_for(lambda: "recovered" in health_codes(folder), "saving to resume", timeout=120)
        worker.terminate()
        assert worker.wait(60) == 0
    finally:
        worker.kill()
        worker.wait()
    lines = [json.loads(line) for line in (folder.checkpoints_path / "training_log.jsonl").read_text().splitlines()]
    assert [line["iteration"] for line in lines] == list(range(1, int(_iterations(folder)) + 1))
    accepted = [line for line in lines if line["accepted"]]
    if accepted:
        assert _best(folder) == pytest.approx(accepted[-1]["config"])
        command = ["git", "-C", str(folder.checkpoints_path / "repository"), "log", "--format=%s"]
        commits = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
        assert len(commits) == len(accepted)
