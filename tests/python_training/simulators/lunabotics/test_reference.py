from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from python_training.simulators.lunabotics.config import LunaboticsConfig
from python_training.simulators.lunabotics.env import LunaboticsVectorEnv
from python_training.simulators.lunabotics.reference import ReferenceRover
from python_training.simulators.lunabotics.scripted import ExpertPlayer

RANDOMISED = {
    "max_steps_per_episode": 250,
    "randomisation": {
        "slip": 0.3,
        "mass": 0.3,
        "latency": 8,
        "sensor_distance": 0.1,
        "sensor_angle": 0.1,
        "missing_obstacles": 5,
        "obstacle_size": 0.3,
    },
    "curriculum": {"enabled": True, "promote_at": 0.3, "memory": 0.5},
}


@pytest.mark.parametrize(
    ("settings", "needed"),
    [
        ({}, {"truncated", "collected", "deposited", "rock", "wall"}),
        (RANDOMISED, {"truncated", "collected", "deposited", "rock", "wall", "stages"}),
        ({"num_orbs": 1}, {"terminated", "collected", "deposited"}),
        ({"action_repeat": 1, "dt": 0.05, "world_height": 6.0, "num_craters": 2}, {"collected", "deposited"}),
    ],
    ids=["defaults", "randomised", "one orb", "other field"],
)
def test_the_kernel_equals_the_reference(settings: dict[str, Any], needed: set[str]) -> None:
    """Over thousands of steps, half driven by the expert and half at random, both live exactly the same life.

    Observations and flags are equal, rewards to the last bit but one; `needed` are the events that must have come up.
    """
    config = LunaboticsConfig.model_validate(settings)
    count = 4
    env = LunaboticsVectorEnv(count, config)
    seen, _ = env.reset(seed=7)
    rovers = [ReferenceRover(config, 7 + index) for index in range(count)]
    np.testing.assert_array_equal(seen, [rover.reset() for rover in rovers])
    expert, rng = ExpertPlayer(config), np.random.default_rng(0)
    expert.reset(count, 0)
    over, came = [False] * count, set()
    for step in range(1200):
        actions = expert.act(seen, env).astype(np.float64)
        if step % 200 < 80:
            actions[:2] = np.clip(rng.uniform(-1.5, 1.5, (2, 3)), (-1, -1, 0), 1)
        before = env.state.contacts.copy()
        seen, rewards, terminated, truncated, _ = env.step(actions)
        for index, rover in enumerate(rovers):
            reward, flags = 0.0, (False, False)
            if over[index]:
                observation = rover.reset()
            else:
                observation, reward, *rest = rover.step(actions[index].tolist())
                flags = (rest[0], rest[1])
            over[index] = any(flags)
            np.testing.assert_array_equal(seen[index], observation, err_msg=f"step {step}")
            assert rewards[index] == pytest.approx(reward, rel=1e-13, abs=1e-13)
            assert (terminated[index], truncated[index]) == flags
            assert env.state.pose[index].tolist() == [rover.x, rover.y, rover.heading]
            assert (env.state.collected[index], env.state.deposited[index]) == (rover.collected, rover.deposited)
            assert env.state.stage[index] == rover.stage
        begun = env.state.contacts & ~before
        came |= {
            name
            for name, happened in (
                ("terminated", terminated.any()),
                ("truncated", truncated.any()),
                ("collected", env.state.collected.any()),
                ("deposited", env.state.deposited.any()),
                ("rock", (begun & 0xFFFFFF).any()),
                ("wall", (begun >> 24).any()),
                ("stages", len(set(env.state.stage)) > 1),
            )
            if happened
        }
    assert came >= needed


PLAY = """
import numpy as np
from python_training.simulators.lunabotics.env import LunaboticsConfig, LunaboticsVectorEnv
from python_training.simulators.lunabotics.scripted import ExpertPlayer

env = LunaboticsVectorEnv(2, LunaboticsConfig(max_steps_per_episode=70, num_rocks=3, num_craters=1))
expert = ExpertPlayer(env.config)
expert.reset(2, 0)
seen, _ = env.reset(seed=5)
total = np.zeros(2)
for _ in range(90):
    seen, rewards, *_ = env.step(expert.act(seen, env))
    total += rewards
print(seen.tolist(), total.tolist(), env.state.rng.tolist(), env.state.episode.tolist())
"""


def test_the_world_is_the_same_without_the_compiler() -> None:
    """With NUMBA_DISABLE_JIT=1 the kernels run as plain Python, warn of nothing, and give the same numbers."""
    outputs = []
    for disabled in ("0", "1"):
        result = subprocess.run(
            [sys.executable, "-W", "error::RuntimeWarning", "-c", PLAY],
            env={**os.environ, "NUMBA_DISABLE_JIT": disabled},
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode == 0, result.stderr
        outputs.append(result.stdout)
    assert outputs[0] == outputs[1]
    assert "[2, 2]" in outputs[0]
