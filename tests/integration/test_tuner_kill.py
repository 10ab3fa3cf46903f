"""The tuner in worker processes that are killed at random moments, with somebody reading the best config meanwhile."""

from __future__ import annotations

import json
import random
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from python_training.contracts.events import EventType
from python_training.runtime.run_folder import RunFolder, create_run
from python_training.systems.tuner.published.best_config import flat_numbers
from python_training.testing.bowl_objective import BowlObjective
from python_training.testing.runs import (
    deterministic_points,
    events_of,
    newest_files,
    spawn_worker,
    statuses,
    train,
    wait_for,
)
from python_training.testing.tuner_log import whole_log

CONFIG: dict[str, Any] = {
    "objective": "python_training.testing.bowl_objective:BowlObjective",
    "objective_config": {"rivals": ["weak", "strong"]},
    "games": 200,
    "min_improvement": 0.05,
    "baseline_games": 200,
    "tournament_games": 100,
    "parallel_configs": 2,
    "use_llm": False,
    "use_neural_net": False,
    "checkpoint_interval": 3,
    "checkpoint_interval_s": 0.3,
    "accept": {"confirmation": {"improvement": 0.03}, "non_regression": {"margin": 0.1}},
    "log": {"max_mb": 0.02},
}


def _run(root: Path, iterations: int) -> RunFolder:
    config = {**CONFIG, "max_iterations": iterations}
    return create_run(root / "logs", root / "checkpoints", system="tuner", config=config, threads=2)


class _Reader:
    """Reads config.yaml again and again; whatever it finds must be a whole setting."""

    def __init__(self, folder: RunFolder) -> None:
        self._path = folder.checkpoints_path / "config.yaml"
        self._names = set(BowlObjective({}, threads=1).start())
        self._ended = threading.Event()
        self.read, self.faults = 0, []  # type: tuple[int, list[str]]

    def watch(self) -> None:
        """Until `end` is called."""
        while not self._ended.wait(0.001):
            try:
                text = self._path.read_text()
            except FileNotFoundError:
                if self.read:
                    self.faults.append("it was gone")
                continue
            self.read += 1
            if set(flat_numbers(yaml.safe_load(text))) != self._names:
                self.faults.append(text)

    def end(self) -> None:
        """Stop reading."""
        self._ended.set()


@contextmanager
def _somebody_reading(folder: RunFolder) -> Iterator[_Reader]:
    reader = _Reader(folder)
    thread = threading.Thread(target=reader.watch)
    thread.start()
    try:
        yield reader
    finally:
        reader.end()
        thread.join()


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


def _published(folder: RunFolder) -> dict[str, str]:
    """The files that depend on the games alone."""
    return {
        name: (folder.checkpoints_path / name).read_text() for name in ("config.yaml", "recommended.yaml", "tuner.json")
    }


def _log(folder: RunFolder) -> list[dict[str, Any]]:
    """All lines of the log without their timestamps, the rolled ones first."""
    lines = [json.loads(line) for line in whole_log(folder.checkpoints_path)]
    return [{name: value for name, value in line.items() if name != "timestamp"} for line in lines]


def _commits(folder: RunFolder) -> list[str]:
    """Bodies of all commits without their timestamps and the run's name, the oldest first."""
    repository = folder.checkpoints_path / "repository"
    command = ["git", "-C", str(repository), "log", "--reverse", "--format=%B%x00"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\0")
    return [
        "\n".join(line for line in each.splitlines() if not line.startswith(("Timestamp:", "Run:"))).strip()
        for each in told
        if each.strip()
    ]


def _check_killed(root: Path, iterations: int, kills: int, most_seconds: float) -> None:
    straight, folder = _run(root, iterations), _run(root, iterations)
    assert train(straight, timeout=600.0) == 0, straight.log_path.read_text()
    moments = random.Random(kills)  # noqa: S311  # a test's moments are no secret
    with _somebody_reading(folder) as reader:
        for _ in range(kills):
            _kill_after(folder, moments.uniform(0.0, most_seconds))
            assert statuses(folder)[-1] == "running", "the run must take longer to be killed so often"
        assert train(folder, timeout=600.0) == 0, folder.log_path.read_text()
    assert reader.faults == []
    assert reader.read > 10
    assert deterministic_points(folder) == deterministic_points(straight)
    assert newest_files(folder) == newest_files(straight)
    assert _published(folder) == _published(straight)
    assert _log(folder) == _log(straight)
    assert [line["iteration"] for line in _log(folder)] == list(range(1, iterations + 1))
    assert _commits(folder) == _commits(straight)
    assert len(_commits(folder)) == sum(line["accepted"] for line in _log(folder)) > 0


def test_a_killed_tuner_decides_as_one_that_was_not(tmp_path: Path) -> None:
    """After three kills the same settings were proposed, played, accepted, logged and committed, each once."""
    _check_killed(tmp_path, 12, 3, 0.6)


@pytest.mark.slow
@pytest.mark.timeout(3000)
def test_a_tuner_killed_at_random_moments_decides_as_one_that_was_not(tmp_path: Path) -> None:
    """The same after twenty kills at random moments."""
    _check_killed(tmp_path, 60, 20, 1.5)
    assert events_of(max(_folders(tmp_path), key=lambda each: len(statuses(each))), EventType.REWOUND)


def _folders(root: Path) -> list[RunFolder]:
    return [RunFolder(root / "logs", root / "checkpoints", path.name) for path in (root / "logs").iterdir()]
