"""Rewards in units of the spread of the discounted return."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from python_training.systems.ppo.moments import RunningMoments

CLIP = 10.0
"""Scaled rewards are clipped to this, either way."""


class RewardScale:
    """Divides rewards by the running standard deviation of the discounted return, so that values are of order one.

    TF-Agents divides by the spread of single rewards, which leaves returns as large as the horizon makes them. The
    mean is not taken off: that would change what is best.
    """

    def __init__(self, num_envs: int, discount: float) -> None:
        self._discount = discount
        self._moments = RunningMoments()
        self._returns = np.zeros(num_envs, dtype=np.float64)

    def scale(
        self, rewards: NDArray[np.float64], ended: NDArray[np.bool_], valid: NDArray[np.bool_]
    ) -> NDArray[np.float64]:
        """Take in a rollout, then give its rewards, scaled; all arrays are (T, N)."""
        seen = np.empty_like(rewards)
        for t in range(len(rewards)):
            self._returns = self._returns * self._discount + rewards[t]
            seen[t] = self._returns
            self._returns = np.where(ended[t], 0.0, self._returns)
        self._moments.update(seen[valid])
        return np.clip(rewards / np.sqrt(self._moments.variance + 1e-8), -CLIP, CLIP)

    @property
    def spread(self) -> NDArray[np.float64]:
        """The variance of the discounted return so far."""
        return self._moments.variance

    def state(self) -> dict[str, NDArray[np.float64]]:
        """Moments and unfinished returns as arrays by name."""
        return {**self._moments.state(), "returns": self._returns}

    def restore(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Become what `state` described."""
        self._moments.restore(state)
        self._returns = np.asarray(state["returns"], dtype=np.float64)
