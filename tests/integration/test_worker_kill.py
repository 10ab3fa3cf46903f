"""A run that is killed again and again is the run that never was."""

from __future__ import annotations

import random
import signal
import time
from pathlib import Path

import pytest

from python_training.contracts.events import EventType
from python_training.runtime.journal import JournalWriter, read_events
from python_training.runtime.run_folder import RunFolder, create_run
from python_training.testing.runs import (
    deterministic_points,
    events_of,
    newest_files,
    scripted_run,
    spawn_worker,
    statuses,
    train,
    wait_for,
)

CONFIG = {
    "total_steps": 8_000,
    "steps_per_advance": 10,  # so that a slow disk, with a checkpoint after some updates, ends this too
    "seconds_per_step": 0.0005,
    "checkpoint_interval_s": 0.25,  # points go to the journal every 0.1 s, so that kills leave some to take back
    "state_bytes": 50_000,
}


def _kill_after(folder: RunFolder, seconds: float) -> bool:
    """Kill a worker that long after it began to train; whether it was still at it."""
    attempts = statuses(folder).count("running")
    worker = spawn_worker(folder)
    try:
        wait_for(lambda: statuses(folder).count("running") > attempts or worker.poll() is not None, "training")
        time.sleep(seconds)
        worker.kill()
        return worker.wait() == -signal.SIGKILL
    finally:
        worker.kill()
        worker.wait()


def _killed_again_and_again(folder: RunFolder, kills: int, seed: int) -> None:
    """Train a run to its end, killing its worker that many times on the way."""
    moments = random.Random(seed)  # noqa: S311  # a test's moments are no secret
    done = 0
    while done < kills:
        assert statuses(folder)[-1] != "finished", f"finished after {done} kills: it must take longer"
        done += _kill_after(folder, moments.uniform(0.0, 0.4))
    assert train(folder, timeout=600.0) == 0


def test_a_run_killed_at_twenty_moments_equals_one_that_was_not(tmp_path: Path) -> None:
    """After 20 kills at seeded random moments the same points hold and the last checkpoint is the same, bit for bit."""
    straight = scripted_run(tmp_path, **{**CONFIG, "seconds_per_step": 0.0})
    assert train(straight, timeout=600.0) == 0
    folder = scripted_run(tmp_path, **CONFIG)
    _killed_again_and_again(folder, 20, seed=20261121)
    assert deterministic_points(folder) == deterministic_points(straight)
    assert newest_files(folder) == newest_files(straight)
    seqs = [event.seq for event in read_events(folder.path)]
    assert seqs == list(range(1, len(seqs) + 1))
    assert events_of(folder, EventType.REWOUND), "no kill hit between two checkpoints"


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_a_run_killed_at_a_hundred_moments_equals_one_that_was_not(tmp_path: Path, seed: int) -> None:
    """The same with 5 x 100 kills, in runs whose user changes something on the way."""
    config = {**CONFIG, "total_steps": 30_000, "seed": seed}
    straight, folder = scripted_run(tmp_path, **{**config, "seconds_per_step": 0.0}), scripted_run(tmp_path, **config)
    for each in (straight, folder):
        with JournalWriter(each.path) as journal:
            journal.append(EventType.SET, step=1_000, changes={"drift": 0.5})
            journal.append(EventType.SET, step=5_000, changes={"drift": -0.5})
    assert train(straight, timeout=600.0) == 0
    _killed_again_and_again(folder, 100, seed)
    assert deterministic_points(folder) == deterministic_points(straight)
    assert newest_files(folder) == newest_files(straight)


def test_tensorboard_shows_a_killed_run_as_one_curve(tmp_path: Path) -> None:
    """What the lives before a rewind drew is purged by TensorBoard itself."""
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    folder = scripted_run(tmp_path, **{**CONFIG, "total_steps": 400, "checkpoint_interval_s": 0.1})
    for seconds in (0.06, 0.09):
        _kill_after(folder, seconds)
    assert train(folder, timeout=600.0) == 0
    scalars = accumulator.EventAccumulator(str(folder.tensorboard_path), size_guidance={"scalars": 0})
    scalars.Reload()
    steps = [event.step for event in scalars.Scalars("value")]
    assert steps == sorted(set(steps))
    assert steps[-1] == 400


def _wait_for_checkpoints(folder: RunFolder, count: int) -> None:
    wait_for(lambda: len(events_of(folder, EventType.CHECKPOINT)) >= count, f"{count} checkpoints", timeout=120.0)


@pytest.mark.slow
def test_a_learner_that_is_killed_equals_one_that_was_not(tmp_path: Path) -> None:
    """PPO in worker processes, killed twenty times: the same curves and the same weights, bit for bit."""
    config = {
        "env": "lunabotics",
        "total_steps": 256_000,
        "num_envs": 4,
        "rollout_length": 32,
        "batch_size": 64,
        "num_epochs": 4,
        "actor_fc_layers": [32],
        "value_fc_layers": [32],
        "eval_every": 10,
        "eval_episodes": 2,
        "checkpoint_interval_s": 0.2,
    }
    straight, folder = (
        create_run(tmp_path / "logs", tmp_path / "checkpoints", system="ppo", config=config) for _ in range(2)
    )
    assert train(straight, timeout=600.0) == 0, straight.log_path.read_text()
    moments = random.Random(7)  # noqa: S311  # as above
    for _ in range(20):
        enough = len(events_of(folder, EventType.CHECKPOINT)) + 1
        worker = spawn_worker(folder)
        try:
            _wait_for_checkpoints(folder, enough)
            time.sleep(moments.uniform(0.0, 1.0))
        finally:
            worker.kill()
            worker.wait()
    assert statuses(folder)[-1] == "running", "it must take longer to be killed twenty times"
    assert train(folder, timeout=600.0) == 0
    assert deterministic_points(folder) == deterministic_points(straight)
    assert newest_files(folder) == newest_files(straight)
    assert events_of(folder, EventType.REWOUND)
