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
from python_training.simulators.lunabotics.config import METRICS
from python_training.simulators.lunabotics.env import ENV_ID, LunaboticsEnv, LunaboticsVectorEnv


def test_the_registries_agree() -> None:
    """Paddock's registry and Gymnasium's name the same world, and each of its parts can be loaded."""
    entry = registry.world(ENV_ID)
    assert entry is not None
    assert entry is registry.world("lunabotics")
    assert registry.load(entry.env) is LunaboticsEnv
    assert registry.load(entry.vector_env) is LunaboticsVectorEnv
    assert registry.load(entry.metrics) is METRICS
    for target in (entry.config, entry.view, *entry.players.values()):
        assert callable(registry.load(target))


def test_gymnasium_makes_both_forms() -> None:
    """`make` and `make_vec` build the world by its id, with its settings."""
    env = gymnasium.make(ENV_ID, config={"num_orbs": 3})
    env.reset(seed=1)
    assert isinstance(env.unwrapped, LunaboticsEnv)
    assert env.unwrapped.config.num_orbs == 3
    env.close()
    vector = gymnasium.make_vec(ENV_ID, num_envs=4, vectorization_mode="vector_entry_point")
    assert isinstance(vector.unwrapped, LunaboticsVectorEnv)
    assert vector.reset(seed=1)[0].shape == (4, 28)
    vector.close()


def test_gymnasiums_checker_is_content() -> None:
    """Spaces, seeding, determinism, step signature and rendering pass `check_env`."""
    check_env(gymnasium.make(ENV_ID, render_mode="rgb_array").unwrapped)


# The checker advises action bounds of [-1, 1] for every action; dig is in [0, 1] by design.
@pytest.mark.filterwarnings("ignore:We recommend you to use a symmetric and normalized Box action space:UserWarning")
def test_stable_baselines_checker_is_content() -> None:
    """The env checker of Stable-Baselines3 passes."""
    checker = pytest.importorskip("stable_baselines3.common.env_checker")
    checker.check_env(LunaboticsEnv())


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

    class Rover(py_environment.PyEnvironment):
        def __init__(self) -> None:
            super().__init__(handle_auto_reset=False)
            self._env = LunaboticsEnv({"max_steps_per_episode": 50})
            self._over = True

        def observation_spec(self) -> Any:
            return array_spec.BoundedArraySpec((28,), np.float32, -1.0, 1.0)

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

    utils.validate_py_environment(Rover(), episodes=3)


def test_rendering_shows_the_field() -> None:
    """rgb_array gives a picture with the field's proportions that changes as the rover moves."""
    env = LunaboticsEnv(render_mode="rgb_array")
    env.reset(seed=4)
    first = env.render()
    assert first is not None
    assert first.dtype == np.uint8
    assert first.shape[2] == 3
    assert first.shape[1] / first.shape[0] == pytest.approx(6.8 / 5.0, rel=0.01)
    for _ in range(5):
        env.step(np.array([1.0, 0.0, 0.0]))
    assert (env.render() != first).any()
    assert LunaboticsEnv().render() is None
