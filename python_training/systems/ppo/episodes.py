"""What the training episodes came to."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

WINDOW = 100
"""Episodes of the moving average."""


class EpisodeStatistics:
    """Follows the episodes of N copies of a world.

    Args:
        num_envs: copies.
        figures: names of what the world reports at the end of an episode.
    """

    def __init__(self, num_envs: int, figures: tuple[str, ...]) -> None:
        self._names = ("episode_reward", "episode_length", *figures)
        self._figures = figures
        self._returns = np.zeros(num_envs, dtype=np.float64)
        self._lengths = np.zeros(num_envs, dtype=np.int64)
        self._recent: deque[float] = deque(maxlen=WINDOW)
        self._ended_now: dict[str, list[float]] = {name: [] for name in self._names}
        self.count = 0

    def step(
        self,
        rewards: NDArray[np.float64],
        ended: NDArray[np.bool_],
        valid: NDArray[np.bool_],
        infos: Mapping[str, Any],
    ) -> None:
        """Take in one step of all copies; arrays are (N,), `valid` is false for a step that only reset a copy."""
        self._returns += rewards
        self._lengths += valid
        if not ended.any():
            return
        reported = infos.get("episode_figures", {})
        for index in np.flatnonzero(ended):
            self.count += 1
            self._recent.append(float(self._returns[index]))
            self._ended_now["episode_reward"].append(float(self._returns[index]))
            self._ended_now["episode_length"].append(float(self._lengths[index]))
            for name in self._figures:
                if name in reported:
                    self._ended_now[name].append(float(reported[name][index]))
        self._returns[ended] = 0.0
        self._lengths[ended] = 0

    def collect(self) -> dict[str, float]:
        """Metrics of the episodes that ended since the last call; without any, only their number so far."""
        values = {"episode": float(self.count)}
        for name, ended in self._ended_now.items():
            if ended:
                values[name] = float(np.mean(ended))
                ended.clear()
        if "episode_reward" in values:
            values["avg_reward_100"] = float(np.mean(self._recent))
        return values

    def state(self) -> dict[str, NDArray[Any]]:
        """Everything as arrays by name; to be asked for after `collect`."""
        return {
            "returns": self._returns,
            "lengths": self._lengths,
            "recent": np.array(self._recent, dtype=np.float64),
            "count": np.array(self.count, dtype=np.int64),
        }

    def restore(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Become what `state` described."""
        self._returns = np.array(state["returns"], dtype=np.float64)
        self._lengths = np.array(state["lengths"], dtype=np.int64)
        self._recent = deque(state["recent"].tolist(), maxlen=WINDOW)
        self.count = int(state["count"])
