"""What the learner is given: a rollout's valid steps, flat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Samples:
    """M valid steps to learn from.

    Attributes:
        inputs: (M, observation_size) float32, normalised observations.
        actions: (M, outputs) float32, or of choices int64, (M,) or (M, choices); as drawn.
        returns, advantages, values: (M,) float32.
    """

    inputs: NDArray[np.float32]
    actions: NDArray[Any]
    returns: NDArray[np.float32]
    advantages: NDArray[np.float32]
    values: NDArray[np.float32]
