"""Generalised advantage estimation (Schulman et al. 2016, https://arxiv.org/abs/1506.02438)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def advantages(
    rewards: NDArray[np.float64],
    values: NDArray[np.float32],
    terminated: NDArray[np.bool_],
    ended: NDArray[np.bool_],
    discount: float,
    smoothing: float,
) -> NDArray[np.float64]:
    """Advantages (T, N) of T steps in N copies of a world.

    TF-Agents slices the bootstrap value off before it is used (its issue 953) and treats a time limit like a terminal
    state. Here the last step is bootstrapped with `values[T]`, and a step that was cut off with the value of where the
    episode was cut: only a terminal state is worth nothing. Advantages never flow from one episode into another.

    Args:
        rewards: (T, N).
        values: (T + 1, N), of the state before each step and of the last state. With NEXT_STEP autoreset the state
            after the last step of an episode is that episode's last one, which is what is needed here.
        terminated: (T, N), the step led to a terminal state.
        ended: (T, N), the step was the last of its episode, terminal or cut off.
        discount: gamma.
        smoothing: lambda.
    """
    length, copies = rewards.shape
    if values.shape != (length + 1, copies):
        raise ValueError(f"values must have shape ({length + 1}, {copies}), got {values.shape}.")
    known = values.astype(np.float64)
    surprise = rewards + discount * known[1:] * ~terminated - known[:-1]
    kept = discount * smoothing * ~ended
    result = np.empty_like(rewards, dtype=np.float64)
    following = np.zeros(copies)
    for t in range(length - 1, -1, -1):
        following = surprise[t] + kept[t] * following
        result[t] = following
    return result


def normalised(values: NDArray[np.float64], valid: NDArray[np.bool_]) -> NDArray[np.float64]:
    """`values` (T, N) with mean 0 and spread 1 over all `valid` ones of the rollout; 0 where not valid.

    TF-Agents normalises within each minibatch and counts masked rows; a minibatch's own mean is noise.
    """
    chosen = values[valid]
    if chosen.size == 0:
        return np.zeros_like(values)
    return np.where(valid, (values - chosen.mean()) / (chosen.std() + 1e-8), 0.0)


def explained_variance(returns: NDArray[np.float64], values: NDArray[np.float64]) -> float:
    """1 - Var[returns - values] / Var[returns]; NaN where the returns are all the same."""
    spread = float(np.var(returns)) if returns.size else 0.0
    return 1.0 - float(np.var(returns - values)) / spread if spread > 0 else float("nan")
