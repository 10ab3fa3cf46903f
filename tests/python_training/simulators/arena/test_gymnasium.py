"""The world in the hands of other libraries' checkers."""

from __future__ import annotations

import os
import warnings
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from python_training import registry
from python_training.simulators.arena.config import METRICS
from python_training.simulators.arena.env import ENV_ID, ArenaEnv, ArenaVectorEnv


def test_the_registries_agree() -> None:
    """Paddock's registry and Gymnasium's name the same world, and each of its parts can be loaded."""
    entry = registry.world(ENV_ID)
    assert entry is not None
    assert entry is registry.world("arena")
    assert registry.load(entry.env) is ArenaEnv
    assert registry.load(entry.vector_env) is ArenaVectorEnv
    assert registry.load(entry.metrics) is METRICS
    for target in (entry.config, entry.view, entry.score, entry.performance, *entry.players.values()):
        assert callable(registry.load(target))


def test_gymnasium_makes_both_forms() -> None:
    """`make` and `make_vec` build the world by its id, with its settings."""
    env = gymnasium.make(ENV_ID, config={"sim_duration": 3.0})
    env.reset(seed=1)
    assert isinstance(env.unwrapped, ArenaEnv)
    assert env.unwrapped.config.sim_duration == 3.0
    env.close()
    vector = gymnasium.make_vec(ENV_ID, num_envs=4, vectorization_mode="vector_entry_point")
    assert isinstance(vector.unwrapped, ArenaVectorEnv)
    assert vector.reset(seed=1)[0].shape == (4, 23)
    vector.close()


def test_gymnasiums_checker_is_content() -> None:
    """Spaces, seeding, determinism, step signature and rendering pass `check_env`."""
    check_env(gymnasium.make(ENV_ID, render_mode="rgb_array").unwrapped)


# The checker advises action bounds of [-1, 1] for every action; fire is in [0, 1] by design.
@pytest.mark.filterwarnings("ignore:We recommend you to use a symmetric and normalized Box action space:UserWarning")
def test_stable_baselines_checker_is_content() -> None:
    """The env checker of Stable-Baselines3 passes."""
    checker = pytest.importorskip("stable_baselines3.common.env_checker")
    checker.check_env(ArenaEnv())


@pytest.fixture(scope="module")
def tf_agents_modules() -> Any:
    """TF-Agents' environment modules, imported with the old Keras that it needs."""
    os.environ.setdefault("TF_USE_LEGACY_KERAS", "1")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    with warnings.catch_warnings():
        # TF-Agents' sources themselves draw syntax and deprecation warnings when they are compiled and imported.
        warnings.simplefilter("ignore")
        from tf_agents.environments import py_environment, utils
        from tf_agents.specs import array_spec
        from tf_agents.trajectories import time_step

    return py_environment, utils, array_spec, time_step


def test_tf_agents_validator_is_content(tf_agents_modules: Any) -> None:
    """`validate_py_environment` plays episodes and finds every time step within its specs."""
    py_environment, utils, array_spec, time_step = tf_agents_modules

    class Pilot(py_environment.PyEnvironment):
        def __init__(self) -> None:
            super().__init__(handle_auto_reset=False)
            self._env = ArenaEnv({"sim_duration": 5.0})
            self._over = True

        def observation_spec(self) -> Any:
            return array_spec.BoundedArraySpec((23,), np.float32, -1.0, 1.0)

        def action_spec(self) -> Any:
            space = self._env.action_space
            return array_spec.BoundedArraySpec((3,), np.float32, space.low, space.high)

        def _reset(self) -> Any:
            self._over = False
            return time_step.restart(self._env.reset(seed=11)[0])

        def _step(self, action: Any) -> Any:
            if self._over:
                return self.reset()
            seen, reward, terminated, truncated, _ = self._env.step(action)
            self._over = terminated or truncated
            if terminated:
                return time_step.termination(seen, reward)
            return (time_step.truncation if truncated else time_step.transition)(seen, np.float32(reward))

    utils.validate_py_environment(Pilot(), episodes=3)


def test_rendering_shows_the_arena() -> None:
    """rgb_array gives a picture with the arena's proportions that changes as ships move."""
    env = ArenaEnv(render_mode="rgb_array")
    env.reset(seed=4)
    first = env.render()
    assert first is not None
    assert first.dtype == np.uint8
    assert first.shape[2] == 3
    assert first.shape[1] / first.shape[0] == pytest.approx(1000 / 700, rel=0.01)
    for _ in range(5):
        env.step(np.array([1.0, 0.0, 0.0]))
    assert (env.render() != first).any()
    assert ArenaEnv().render() is None
