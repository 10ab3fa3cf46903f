"""Running mean and variance of everything seen so far."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray


class RunningMoments:
    """Mean and variance by element over all batches, in float64 (Chan et al. 1979, the parallel update).

    TF-Agents' StreamingTensorNormalizer begins with variance 0, so it clips the whole first rollout to its bounds;
    this one begins as mean 0 and variance 1, which leaves the first rollout as it is.
    """

    def __init__(self, shape: tuple[int, ...] = ()) -> None:
        self.count = np.zeros((), dtype=np.float64)
        self.mean = np.zeros(shape, dtype=np.float64)
        self.variance = np.ones(shape, dtype=np.float64)

    def update(self, batch: NDArray[Any]) -> None:
        """Take in a batch (N, *shape); an empty one changes nothing."""
        added = len(batch)
        if added == 0:
            return
        batch = np.asarray(batch, dtype=np.float64)
        mean, variance = batch.mean(axis=0), batch.var(axis=0)
        total = self.count + added
        shift = mean - self.mean
        spread = self.variance * self.count + variance * added + shift**2 * self.count * added / total
        self.mean = self.mean + shift * added / total
        self.variance = spread / total
        self.count = np.asarray(total)

    def state(self) -> dict[str, NDArray[np.float64]]:
        """The moments as arrays by name."""
        return {"count": self.count, "mean": self.mean, "variance": self.variance}

    def restore(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Become what `state` described."""
        self.count, self.mean, self.variance = (
            np.asarray(state[name], dtype=np.float64) for name in ("count", "mean", "variance")
        )
