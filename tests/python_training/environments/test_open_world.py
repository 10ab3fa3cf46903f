from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from python_training.contracts.errors import ConfigError, PaddockError, UnknownNameError, WorldError
from python_training.contracts.seeds import HELD_OUT_SEEDS, SEEDS_END, TRAINING_SEEDS_END, held_out_seeds, training_seed
from python_training.environments import names
from python_training.environments.episodes import play_episodes
from python_training.environments.evaluate import evaluate
from python_training.environments.imports import FOLDER, look_in
from python_training.environments.names import check_name
from python_training.environments.open_world import LONGEST_EPISODE, UNLIMITED_EPISODE, OpenWorld, open_world
from python_training.environments.stopping import InterruptedWorkError, StopSignal, stopped_by
from python_training.policy import ENVIRONMENT, NOTHING_ALLOWED, NotAllowedError, Policy

Bring = Callable[..., str]

REGISTERED = """
gymnasium.register("Brought-v0", entry_point=Walk, max_episode_steps=15)
gymnasium.register("brought/Walk-v1", entry_point=Walk)


def make(length=5, **settings):
    return Walk(length, **settings)


TEN = 10
"""
ENDLESS = """
class Endless(Walk):
    def step(self, action):
        observation, reward, _, _, info = super().step(action)
        return observation, reward, False, False, info
"""


class Ones:
    """Takes the second of two actions, always."""

    def reset(self, num_envs: int, seed: int) -> None:
        """Nothing to forget."""

    def act(self, observations: np.ndarray, world: object) -> np.ndarray:
        """Actions (N,)."""
        return np.ones(len(observations), np.int64)


def length_of(world: OpenWorld) -> int:
    """Steps of an episode."""
    return int(play_episodes(Ones(), world, [3]).lengths[0])


@pytest.mark.parametrize(
    ("name", "settings", "length"),
    [
        ("Walk", {}, 20),
        ("Walk", {"length": 7}, 7),
        ("make", {}, 5),
        ("make", {"length": 4}, 4),
        ("Brought-v0", {}, 15),
        ("Brought-v0", {"length": 6}, 6),
        ("Brought-v0", {"max_episode_steps": 3}, 3),
        ("brought/Walk-v1", {}, 20),
        ("Walk", {"max_episode_steps": 3}, 3),
    ],
)
def test_a_world_of_a_users_module_is_opened(bring: Bring, name: str, settings: dict[str, Any], length: int) -> None:
    """A class, a function or a registered id of a module in the current folder, with settings as its arguments."""
    world = open_world(f"{bring(REGISTERED)}:{name}", settings, 1)
    assert length_of(world) == length
    world.close()


@pytest.mark.parametrize("name", ["Endless", "Endless-v0"])
@pytest.mark.parametrize(
    "settings", [{}, {"max_episode_steps": -1}, {"max_episode_steps": 0}, {"max_episode_steps": None}]
)
def test_a_world_without_an_end_is_cut_off(
    bring: Bring, monkeypatch: pytest.MonkeyPatch, name: str, settings: dict[str, Any]
) -> None:
    """At the documented number of steps, counted here, whatever the world or its settings say."""
    monkeypatch.setattr("python_training.environments.open_world.UNLIMITED_EPISODE", 50)
    module = bring(ENDLESS + 'gymnasium.register("Endless-v0", entry_point=Endless)\n')
    found = evaluate(Ones(), f"{module}:{name}", settings, episodes=2)
    assert found.lengths == (50, 50)


def test_pendulum_without_its_limit_is_cut_off() -> None:
    """Gymnasium's own way of asking for no limit: 10,000 steps, as the documents say."""
    world = open_world("Pendulum-v1", {"max_episode_steps": -1}, 1, autoreset=False)
    assert world.envs.unwrapped.limit == UNLIMITED_EPISODE == 10_000
    usual = open_world("Pendulum-v1", {}, 1)
    assert usual.envs.unwrapped.limit == 200


@pytest.mark.parametrize("limit", [-2, LONGEST_EPISODE + 1, 2.5, "10", True])
def test_other_limits_are_refused_by_name(limit: Any) -> None:
    """The error says what is taken."""
    with pytest.raises(ConfigError, match=r"max_episode_steps: expected a whole number from 1 to") as refused:
        open_world("CartPole-v1", {"max_episode_steps": limit}, 1)
    assert refused.value.field == "env_config.max_episode_steps"


@pytest.mark.parametrize(
    ("name", "error", "said"),
    [
        ("no_such_module:Walk", ConfigError, r"no module 'no_such_module' in .*, or on Python's path"),
        ("MODULE.deeper:Walk", ConfigError, "no module|is not a package"),
        ("MODULE:Wlak", UnknownNameError, "no class or registered id in MODULE named 'Wlak'"),
        ("MODULE:TEN", ConfigError, "must be a class or a function that gives an environment, got int"),
        ("MODULE:np", ConfigError, "got module"),
        ("MODULE:spaces/", ConfigError, "expected module:Class or module:Id-v0"),
        (":Walk", ConfigError, "expected module:Class or module:Id-v0"),
        ("a b:Walk", ConfigError, "expected module:Class or module:Id-v0"),
        ("Walk-v7", UnknownNameError, "no world named 'Walk-v7'"),
    ],
)
def test_what_is_not_there_is_named(bring: Bring, name: str, error: type[PaddockError], said: str) -> None:
    """The error names the module and where it was looked for, or what was found instead."""
    module = bring(REGISTERED)
    with pytest.raises(error, match=said.replace("MODULE", module)) as refused:
        open_world(name.replace("MODULE", module), {}, 1)
    assert refused.value.field == "env"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("import nowhere_at_all", "needs the module 'nowhere_at_all', which is not installed"),
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("def broken(:", "SyntaxError"),
        ("raise SystemExit(0)", "ended the import of"),
    ],
)
def test_a_module_that_cannot_be_imported_is_told_of(bring: Bring, source: str, said: str) -> None:
    """Whatever stands at its top, the error says what went wrong, and the process goes on."""
    with pytest.raises(PaddockError, match=said):
        open_world(f"{bring(source)}:Walk", {}, 1)


def test_the_folder_of_a_run_counts_before_the_current_one(
    bring: Bring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that is taken up elsewhere finds the module where it began; a namesake is told of."""
    module = bring(REGISTERED)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    with pytest.raises(ConfigError, match="elsewhere"):
        open_world(f"{module}:Walk", {}, 1)
    monkeypatch.setenv(FOLDER, "")
    look_in(str(tmp_path))
    open_world(f"{module}:Walk", {}, 1).close()
    (elsewhere / f"{module}.py").write_text("")
    look_in(str(elsewhere))
    with pytest.raises(ConfigError, match="under that name already"):
        open_world(f"{module}:Walk", {}, 1)


def test_a_file_of_the_users_never_takes_the_place_of_pythons_own(bring: Bring, tmp_path: Path) -> None:
    """A folder with a random.py or a json.py in it is no trap: what is meant by such a name is told."""
    bring(name="colorsys")
    with pytest.raises(ConfigError, match=r"means .*colorsys\.py, but Python has"):
        open_world("colorsys:Walk", {}, 1)


def test_entry_points_are_worlds(bring: Bring, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed package's world goes by the name of its entry point, and is imported only when it is opened."""
    module = bring()
    entry = EntryPoint("walk", f"{module}:Walk", names.GROUP)
    monkeypatch.setattr(names, "entry_points", lambda group: [entry] if group == names.GROUP else [])
    names.installed_worlds.cache_clear()
    try:
        check_name("walk")
        assert module not in sys.modules
        monkeypatch.syspath_prepend(str(Path.cwd()))
        assert length_of(open_world("walk", {}, 1)) == 20
        with pytest.raises(UnknownNameError) as refused:
            check_name("wakl")
        assert refused.value.hint == "Did you mean 'walk'?"
    finally:
        names.installed_worlds.cache_clear()


def test_a_config_from_the_network_imports_only_what_is_allowed(bring: Bring, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a process of the server's, a module that the operator has not listed is not even looked for."""
    module = bring()
    monkeypatch.setenv(ENVIRONMENT, NOTHING_ALLOWED.to_json())
    with pytest.raises(NotAllowedError, match=module):
        open_world(f"{module}:Walk", {}, 1)
    assert module not in sys.modules
    open_world("CartPole-v1", {}, 1).close()
    monkeypatch.setenv(ENVIRONMENT, Policy(modules=(module,)).to_json())
    open_world(f"{module}:Walk", {}, 1).close()


def test_naming_a_world_imports_nothing(bring: Bring) -> None:
    """Whoever checks a config, as the web process does, neither imports a module nor an entry point."""
    module = bring("raise AssertionError('imported')")
    for system in ("ppo", "neat"):
        code = (
            "from python_training import registry; from python_training.contracts.config import validate\n"
            f"validate(registry.system('{system}').config_class(), {{'env': '{module}:Walk'}})"
        )
        subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, "PYTHONPATH": str(Path.cwd())})


@pytest.mark.parametrize(
    ("settings", "said"), [({"wings": 2}, "wings"), ({"length": 3, "render_mode": "x", "y": 1}, "'y'")]
)
def test_arguments_that_a_world_does_not_take_are_told(bring: Bring, settings: dict[str, Any], said: str) -> None:
    """A class of the user's says what it does not know; the field is env_config."""
    with pytest.raises(ConfigError, match=said) as refused:
        open_world(f"{bring()}:Walk", settings, 1)
    assert refused.value.field == "env_config"


def test_held_out_seeds_fit_a_c_int_and_are_apart_from_training() -> None:
    """All seeds lie below 2**31 - 1; a number drawn anywhere becomes a training seed."""
    held_out = held_out_seeds(HELD_OUT_SEEDS)
    assert min(held_out) == TRAINING_SEEDS_END
    assert max(held_out) == SEEDS_END - 1 == 2**31 - 2
    drawn = [0, 1, TRAINING_SEEDS_END - 1, TRAINING_SEEDS_END, SEEDS_END - 1, SEEDS_END, 2**31, 2**32 - 1]
    assert all(0 <= training_seed(each) < TRAINING_SEEDS_END for each in drawn)
    assert [training_seed(each) for each in drawn[:3]] == drawn[:3]
    with pytest.raises(ValueError, match="131072"):
        held_out_seeds(HELD_OUT_SEEDS + 1)


def test_a_stop_ends_the_playing_of_episodes(bring: Bring) -> None:
    """Evaluation listens to whoever may stop it, in worlds from outside and in Paddock's own."""
    stop = StopSignal()
    with stopped_by(stop):
        worlds = [open_world(f"{bring(ENDLESS)}:Endless", {}, 2), open_world("lunabotics", {}, 2)]
    stop.ask(grace_s=0)
    for world in worlds:
        with pytest.raises(InterruptedWorkError):
            play_episodes(Ones(), world, [1, 2])


def test_a_world_that_breaks_its_word_is_named_in_an_evaluation(bring: Bring) -> None:
    """A reset in the style of Gym 0.21 is refused with the world's name."""
    module = bring(
        "class Old(Walk):\n    def reset(self, *, seed=None, options=None):\n"
        "        return super().reset(seed=seed)[0]\n"
    )
    with pytest.raises(WorldError, match=f"'{module}:Old' breaks Gymnasium's API"):
        evaluate(Ones(), f"{module}:Old", episodes=1)


def test_pictures_of_a_world_from_outside_are_images(bring: Bring) -> None:
    """What it renders is shown as it is; a world that draws nothing says so instead."""
    module = bring("class Blind(Walk):\n    metadata = {}\n")
    world = open_world(f"{module}:Walk", {}, 1, pictures=True)
    world.reset([1])
    frame = world.draw()
    (shape,) = frame.layers[0].shapes
    assert (frame.width, frame.height, shape.kind, shape.w, shape.h) == (48, 32, "image", 48, 32)
    world.require_pictures()
    blind = open_world(f"{module}:Blind", {}, 1, pictures=True)
    blind.reset([1])
    assert "draws no pictures" in blind.draw().layers[0].shapes[0].text
    with pytest.raises(ConfigError, match="rgb_array"):
        blind.require_pictures()
