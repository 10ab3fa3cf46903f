"""NEAT in worker processes that are killed at random moments."""

from __future__ import annotations

import hashlib
import json
import random
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from python_training.contracts.events import EventType
from python_training.runtime.run_folder import RunFolder, create_run
from python_training.testing.runs import (
    deterministic_points,
    events_of,
    newest_files,
    spawn_worker,
    statuses,
    train,
    wait_for,
)

CONFIG = {
    "pop_size": 20,
    "bouts": 4,
    "trial_bouts": 4,
    "held_out_bouts": 4,
    "sim_duration": 10.0,
    "snapshot_interval": 3,
    "keep_snapshots": 5,
    "fitness_threshold": None,
    "checkpoint_interval_s": 0.2,
}


def _run(root: Path, generations: int) -> RunFolder:
    return create_run(
        root / "logs", root / "checkpoints", system="neat", config={**CONFIG, "generations": generations}, threads=2
    )


def _elites(folder: RunFolder) -> dict[int, Mapping[str, Any]]:
    """The registry's elites by generation; each must name a genome file that is there and whole."""
    found = {}
    for path in folder.checkpoints_path.glob("elite_genome_gen*.json"):
        document = json.loads(path.read_bytes())
        genome = (folder.checkpoints_path / document["genome_file"]).read_bytes()
        assert hashlib.sha256(genome).hexdigest() == document["sha256"], path.name
        found[document["generation"]] = document
    return found


def _kill_after(folder: RunFolder, seconds: float) -> None:
    """Kill a worker that long after it began to train."""
    attempts = statuses(folder).count("running")
    worker = spawn_worker(folder)
    try:
        wait_for(
            lambda: statuses(folder).count("running") > attempts or worker.poll() is not None, "training", timeout=120
        )
        time.sleep(seconds)
    finally:
        worker.kill()
        worker.wait()


def _killed(folder: RunFolder, kills: int, most_seconds: float) -> None:
    """Kill the run's workers; after each kill the best elite that was there must still be there."""
    moments = random.Random(kills)  # noqa: S311  # a test's moments are no secret
    best: Mapping[str, Any] | None = None
    for _ in range(kills):
        _kill_after(folder, moments.uniform(0.0, most_seconds))
        assert statuses(folder)[-1] == "running", "the run must take longer to be killed so often"
        elites = _elites(folder)
        if best is not None:
            assert elites[best["generation"]] == best
        best = max(elites.values(), key=lambda each: each["fitness"], default=None)


def _check_equal(folder: RunFolder, straight: RunFolder) -> None:
    assert deterministic_points(folder) == deterministic_points(straight)
    assert newest_files(folder) == newest_files(straight)
    times = ("timestamp",)
    own, others = (
        {key: {name: value for name, value in each.items() if name not in times} for key, each in _elites(run).items()}
        for run in (folder, straight)
    )
    assert own == others


def test_a_killed_population_goes_on_as_if_nothing_had_happened(tmp_path: Path) -> None:
    """After three kills the final population, the elites and the curves are the same, bit for bit."""
    straight, folder = _run(tmp_path, 40), _run(tmp_path, 40)
    assert train(straight, timeout=200.0) == 0, straight.log_path.read_text()
    _killed(folder, 3, 0.3)
    assert train(folder, timeout=200.0) == 0, folder.log_path.read_text()
    _check_equal(folder, straight)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_population_killed_twenty_times_goes_on_as_if_nothing_had_happened(tmp_path: Path) -> None:
    """The same after twenty kills at random moments."""
    straight, folder = _run(tmp_path, 150), _run(tmp_path, 150)
    assert train(straight, timeout=600.0) == 0, straight.log_path.read_text()
    _killed(folder, 20, 0.8)
    assert train(folder, timeout=600.0) == 0, folder.log_path.read_text()
    _check_equal(folder, straight)
    assert events_of(folder, EventType.REWOUND), "no kill hit between two checkpoints"
