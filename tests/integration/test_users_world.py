"""A world in a user's folder, from the terminal: trained, judged, filmed, watched, resumed and exported."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

PADDOCK = [sys.executable, "-c", "import sys; from backend.cli import main; sys.exit(main())"]
PATIENCE_S = 200.0

WORLD = '''
import time

import gymnasium
import numpy as np
from gymnasium import spaces


class Walk(gymnasium.Env):
    """An action on the side of x pays 1."""

    metadata = {"render_modes": ["rgb_array"], "render_fps": 10}
    observation_space = spaces.Dict({"x": spaces.Box(-1, 1, (1,), np.float64), "side": spaces.Discrete(2)})
    action_space = spaces.MultiDiscrete([2, 3])

    def __init__(self, length=20, pause=0.0, render_mode=None):
        self.length, self.pause, self.render_mode = length, pause, render_mode

    def reset(self, *, seed=None, options=None):
        assert seed is None or 0 <= seed < 2**31 - 1
        super().reset(seed=seed)
        self.t = 0
        return self.look(), {}

    def look(self):
        self.x = float(self.np_random.uniform(-1, 1))
        return {"x": np.array([self.x]), "side": int(self.x > 0)}

    def step(self, action):
        assert self.action_space.contains(action)
        time.sleep(self.pause)
        reward = float((self.x > 0) == (action[0] > 0))
        self.t += 1
        return self.look(), reward, self.length is not None and self.t >= self.length, False, {}

    def render(self):
        return np.full((32, 48, 3), 255 if self.x > 0 else 0, np.uint8)


gymnasium.register("Mine-v0", entry_point=Walk)
'''
SMALL = {
    "ppo": [
        *("--set", "num_envs=4", "--set", "rollout_length=32", "--set", "batch_size=64", "--set", "num_epochs=1"),
        *("--set", "actor_fc_layers=[8]", "--set", "value_fc_layers=[8]", "--set", "eval_episodes=2"),
    ],
    "neat": ["--pop-size", "6", "--set", "bouts=2", "--set", "trial_bouts=2", "--set", "held_out_bouts=2"],
}


class Folder:
    """A user's folder with the world in it, and a home of runs elsewhere."""

    def __init__(self, path: Path) -> None:
        self.own, self.other = path / "own", path / "other"
        self.own.mkdir()
        self.other.mkdir()
        (self.own / "my_worlds.py").write_text(WORLD)
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PADDOCK_")}
        self.environment = {**kept, "PADDOCK_ROOT": str(path / "root"), "PYTHONPATH": str(Path.cwd())}
        self.environment["PADDOCK_CONFIG_DIR"] = str(Path.cwd() / "config")

    def start(self, *words: str, cwd: Path | None = None) -> subprocess.Popen[str]:
        """The command, begun in a folder, the user's own by default."""
        return subprocess.Popen(
            [*PADDOCK, *words],
            cwd=cwd or self.own,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *words: str, cwd: Path | None = None, code: int = 0) -> Any:
        """What the command prints, as JSON where it is that."""
        process = self.start(*words, cwd=cwd)
        out, err = process.communicate(timeout=PATIENCE_S)
        assert process.returncode == code, err
        return json.loads(out) if out.startswith("{") else out + err


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """An empty home, and a folder with my_worlds.py."""
    return Folder(tmp_path)


@pytest.mark.parametrize(("system", "name"), [("ppo", "my_worlds:Mine-v0"), ("neat", "my_worlds:Walk")])
def test_a_world_in_the_users_folder_is_known_everywhere(folder: Folder, system: str, name: str) -> None:
    """Trained, judged, filmed and exported from its own folder and from another one, and resumed there."""
    ends = ["--set", "total_steps=256"] if system == "ppo" else ["--generations", "2"]
    trained = folder.run("train", system, "--set", f"env={name}", *ends, *SMALL[system], "--json")
    assert trained["status"] == "finished"
    judged = folder.run("eval", trained["run"], "--episodes", "3", "--json", cwd=folder.other)
    assert judged["length_mean"] == 20
    assert set(judged["baselines"]) >= {"random"}
    film = folder.run("render", trained["run"], "--output", str(folder.other / "film.gif"), "--json", cwd=folder.other)
    assert film["frames"] > 2
    assert folder.run("render", name, "--output", "random.gif", "--json")["player"] == "random"
    table = folder.run("runs", "export", trained["run"], cwd=folder.other)
    assert table.startswith("step,")
    spec = json.loads(next((Path(folder.environment["PADDOCK_ROOT"]) / "logs").glob("*/run.json")).read_text())
    assert spec["started_in"] == str(folder.own)
    resumed = folder.run("train", "--resume", trained["run"], "--json", cwd=folder.other)
    assert resumed["status"] == "finished"
    assert resumed["step"] >= trained["step"]


def test_a_module_that_is_gone_is_named_with_its_folder(folder: Folder) -> None:
    """A run whose world was moved away says which module it lacks, and where it was looked for."""
    words = ["--set", "env=my_worlds:Walk", "--set", "total_steps=256", *SMALL["ppo"]]
    trained = folder.run("train", "ppo", *words, "--json")
    (folder.own / "my_worlds.py").unlink()
    told = folder.run("eval", trained["run"], cwd=folder.other, code=3)
    assert "no module 'my_worlds'" in told
    assert str(folder.own) in told
    told = folder.run("train", "ppo", "--set", "env=nowhere.at_all:Env-v0", cwd=folder.other, code=3)
    assert "no module 'nowhere'" in told
    assert len(list((Path(folder.environment["PADDOCK_ROOT"]) / "logs").glob("ppo-*"))) == 1


@pytest.mark.parametrize("system", ["ppo", "neat"])
def test_a_stop_is_heard_in_a_slow_world_without_an_end(folder: Folder, system: str) -> None:
    """The first evaluation (the first generation) would take an hour; Ctrl+C ends it in order, well within a minute."""
    slow = ["--set", "env=my_worlds:Walk", "--set", "env_config.length=null", "--set", "env_config.pause=0.05"]
    process = folder.start("train", system, *slow, *SMALL[system], "--json")
    logs = Path(folder.environment["PADDOCK_ROOT"]) / "logs"
    deadline = time.monotonic() + PATIENCE_S
    while not any('"running"' in path.read_text() for path in logs.glob("*/events-*.jsonl")):
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=100)
    assert process.returncode == 0, err
    assert json.loads(out)["status"] == "stopped"


@pytest.mark.parametrize("words", [("eval",), ("render",)])
def test_ctrl_c_ends_looking_at_a_slow_world(folder: Folder, words: tuple[str, ...]) -> None:
    """Evaluation and films of a world without an end stop at once."""
    run = folder.run(
        "train", "ppo", "--set", "env=my_worlds:Walk", "--set", "total_steps=128", *SMALL["ppo"], "--json"
    )["run"]
    source = folder.own / "my_worlds.py"
    source.write_text(source.read_text().replace("length=20, pause=0.0", "length=None, pause=0.05"))
    process = folder.start(*words, run)
    with pytest.raises(subprocess.TimeoutExpired):
        process.communicate(timeout=12)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130
