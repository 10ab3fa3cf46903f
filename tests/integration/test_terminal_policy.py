"""A policy's way out of training: paddock eval, paddock render, a session, and loading it from Python."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest
from PIL import Image

from python_training import load_policy
from python_training.contracts.metrics import primary_metric
from python_training.contracts.seeds import TRAINING_SEEDS_END
from python_training.environments.actions import actions_of
from python_training.runtime.control import ControlClient, socket_path
from python_training.runtime.run_folder import RunFolder, create_run
from python_training.systems.ppo.policy import Policy

PADDOCK = [sys.executable, "-c", "import sys; from backend.cli import main; sys.exit(main())"]
PATIENCE_S = 120.0

STEP = 256


@dataclass(frozen=True)
class Trained:
    """A root folder with one PPO run that has left checkpoints."""

    environment: dict[str, str]
    run: RunFolder

    def paddock(self, *arguments: str) -> dict[str, Any]:
        """The JSON of `paddock ARGUMENTS --json`."""
        done = subprocess.run(
            [*PADDOCK, *arguments, "--json"], env=self.environment, capture_output=True, text=True, timeout=PATIENCE_S
        )
        assert done.returncode == 0, done.stdout + done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found


def leave_checkpoint(run: RunFolder, step: int, *, eval_return: float, seed: int = 0) -> None:
    """Write a checkpoint with a policy of random weights, as a run of PPO leaves one."""
    random = np.random.default_rng(seed)
    policy = Policy(
        layers=((random.normal(size=(28, 3)).astype(np.float32), np.zeros(3, np.float32)),),
        log_std=np.zeros(3, np.float32),
        mean=np.zeros(28, np.float32),
        deviation=np.ones(28, np.float32),
        actions=actions_of(
            gymnasium.spaces.Box(np.float32([-1, -1, 0]), np.float32([1, 1, 1])), "lunabotics", zero="middle"
        ),
    )
    spec = run.spec()
    metrics = {"eval_return": eval_return}
    run.checkpoints().save(
        step,
        policy.save,
        reason="save",
        metrics=metrics,
        config=spec.config,
        system=spec.system,
        primary=primary_metric(spec.metrics),
    )


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """A run on Lunabotics with episodes of forty steps and three checkpoints, the second of which is the best."""
    root = tmp_path_factory.mktemp("policy")
    own = {name: value for name, value in os.environ.items() if not name.startswith("PADDOCK_")}
    config = {"env_config": {"max_steps_per_episode": 40}}
    run = create_run(root / "logs", root / "checkpoints", system="ppo", config=config)
    for step, eval_return in ((64, 1.0), (128, 9.0), (STEP, 4.0)):
        leave_checkpoint(run, step, eval_return=eval_return, seed=step)
    return Trained(own | {"PADDOCK_ROOT": str(root), "PADDOCK_PORT": "9"}, run)


def test_eval_reports_the_policy_beside_its_baselines(trained: Trained) -> None:
    """Held-out seeds, 95% intervals, random and expert on the same seeds, all in one JSON object."""
    told = trained.paddock("eval", "newest", "--episodes", "5")
    assert (told["run"], told["step"], told["episodes"]) == (trained.run.id, STEP, 5)
    assert told["seeds"] == [TRAINING_SEEDS_END, TRAINING_SEEDS_END + 4]
    assert told["previous_best"]["step"] == 128
    for player in (told, told["previous_best"], told["baselines"]["random"], told["baselines"]["expert"]):
        assert player["return_ci"][0] <= player["return_mean"] <= player["return_ci"][1]
        assert 0 <= player["success_rate_ci"][0] <= player["success_rate"] <= player["success_rate_ci"][1] <= 1
        assert player["deposits_ci"][0] <= player["deposits_mean"] <= player["deposits_ci"][1]
        assert player["length_mean"] == 40
    again = trained.paddock("eval", "newest", "--episodes", "5", "--step", "128")
    assert again["return_mean"] == told["previous_best"]["return_mean"]
    assert again["baselines"] == told["baselines"]
    assert again["previous_best"]["step"] == 64


def test_render_films_the_policy(trained: Trained, tmp_path: Path) -> None:
    """The film of a run shows the checkpoint that plays."""
    told = trained.paddock("render", "newest", "--output", str(tmp_path / "drive.gif"), "--width", "160")
    assert (told["player"], told["step"], told["steps"]) == ("policy", STEP, 40)
    with Image.open(told["output"]) as picture:
        assert picture.n_frames == told["frames"]


def test_policy_can_be_loaded_from_python(trained: Trained) -> None:
    """`load_policy` gives a player that acts on plain arrays."""
    player = load_policy(trained.run.path)
    player.reset(3, seed=0)
    actions = player.act(np.zeros((3, 28), dtype=np.float32), None)
    assert actions.shape == (3, 3)


def test_playing_a_policy_needs_no_tensorflow(trained: Trained) -> None:
    """A session is a light process: loading a checkpoint's policy imports no learning framework."""
    code = (
        "import sys; from python_training import load_policy; load_policy(sys.argv[1]);"
        "print([name for name in ('tensorflow', 'tf_agents', 'torch') if name in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code, trained.run.path], capture_output=True, text=True)
    assert told.stdout == "[]\n", told.stderr


@pytest.fixture
def session(trained: Trained, tmp_path: Path) -> Iterator[ControlClient]:
    """A session that follows the run's newest checkpoint."""
    spec = {
        "id": "policy",
        "folder": str(tmp_path),
        "world": "lunabotics",
        "world_config": {"max_steps_per_episode": 10},
        "player": {
            "kind": "policy",
            "run_dir": str(trained.run.path),
            "checkpoints_dir": str(trained.run.checkpoints_dir),
        },
        "speed": 20,
    }
    (tmp_path / "spec.json").write_text(json.dumps(spec))
    process = subprocess.Popen(
        [sys.executable, "-m", "python_training.runtime.session", str(tmp_path / "spec.json")],
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + PATIENCE_S
    while not socket_path(tmp_path).exists():
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < deadline, "the session did not begin"
        time.sleep(0.02)
    yield ControlClient(socket_path(tmp_path))
    process.kill()
    process.communicate()


def test_session_takes_up_a_newer_checkpoint_between_episodes(trained: Trained, session: ControlClient) -> None:
    """While it plays, a newer checkpoint appears: some episodes later it is that one which plays, never within one."""
    played: dict[int, set[int]] = {}
    deadline = time.monotonic() + PATIENCE_S
    for number, frame in enumerate(session.frames(fps=60)):
        assert time.monotonic() < deadline, f"only {played} was played"
        played.setdefault(frame["episode"], set()).add(frame["figures"]["Policy step"])
        if number == 5:
            leave_checkpoint(trained.run, 999, eval_return=5.0)
        if {999} in played.values():
            break
    trained.run.checkpoints().delete(999)
    assert played[0] == {STEP}
    assert all(len(steps) == 1 for steps in played.values())


def test_session_passes_over_a_damaged_checkpoint(trained: Trained, session: ControlClient) -> None:
    """A newer checkpoint whose bytes are not what was written is not played, and not touched either."""
    store = trained.run.checkpoints()
    leave_checkpoint(trained.run, 1000, eval_return=5.0)
    (store.folder / "1000" / "policy.npz").write_bytes(b"broken")
    assert session.request("restart", {"seed": 1}).result["step"] == STEP
    assert (store.folder / "1000").exists()
    store.delete(1000)
