"""Worlds of users, as files in a folder of theirs."""

from __future__ import annotations

import itertools
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import gymnasium
import pytest

BASE = '''
import gymnasium
import numpy as np
from gymnasium import spaces


class Walk(gymnasium.Env):
    """x in [-1, 1]; an action on the side of x pays 1. Ends after 20 steps."""

    metadata = {"render_modes": ["rgb_array"], "render_fps": 10}
    observation_space = spaces.Box(-np.inf, np.inf, (2,), np.float32)
    action_space = spaces.Discrete(2)
    length = 20

    def __init__(self, length=20, render_mode=None):
        self.length, self.render_mode = length, render_mode

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.x, self.t = float(self.np_random.uniform(-1, 1)), 0
        return self.observe(), {}

    def observe(self):
        return np.array([self.x, self.t / 20], np.float32)

    def pay(self, action):
        return float((self.x > 0) == (np.ravel(action)[0] > 0))

    def step(self, action):
        assert self.action_space.contains(action), f"{action!r} is not in {self.action_space}"
        reward = self.pay(action)
        self.x, self.t = float(self.np_random.uniform(-1, 1)), self.t + 1
        return self.observe(), reward, self.t >= self.length, False, {}

    def render(self):
        picture = np.zeros((32, 48, 3), np.uint8)
        picture[:, : int(24 * (1 + self.x))] = 255
        return picture
'''
"""The beginning of every module that `bring` writes."""

_numbers = itertools.count()


@pytest.fixture
def bring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., str]]:
    """Write a module of a user's into the current folder, which is an empty one; returns its name."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PADDOCK_WORLD_FOLDER", raising=False)
    known, path = set(gymnasium.registry), list(sys.path)
    written: list[str] = []

    def write(source: str = "", name: str | None = None) -> str:
        module = name or f"brought_{os.getpid()}_{next(_numbers)}"
        Path(tmp_path, f"{module}.py").write_text(BASE + source)
        written.append(module)
        return module

    yield write
    for module in written:
        sys.modules.pop(module, None)
    for env_id in set(gymnasium.registry) - known:
        del gymnasium.registry[env_id]
    sys.path[:] = path
