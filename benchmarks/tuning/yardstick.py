"""A tuning problem whose truth is known: 31 parameters in [0, 1], noisy games as the only signal.

Strength is a quadratic bowl whose weights are heavy-tailed, with about two of five parameters nearly irrelevant. The
optimum beats the start in 65% of games. A tuner may only `play`; `win_probability` is for judging what it recommends.
Any file with functions of these names can stand in its place: `paddock bench tuner -- --yardstick FILE`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

DIMENSIONS = 31
OPTIMUM_WINS = 0.65

WinProbability = Callable[[Sequence[float] | NDArray[np.float64]], float]


def problem(seed: int) -> tuple[NDArray[np.float64], WinProbability]:
    """The start, (31,), and the true probability with which a configuration beats it."""
    rng = np.random.default_rng(1000 + seed)
    weight = rng.pareto(1.0, DIMENSIONS) + 0.05
    weight[rng.random(DIMENSIONS) < 0.4] *= 0.01
    best = rng.random(DIMENSIONS)
    start = np.clip(best + rng.normal(0, 0.3, DIMENSIONS), 0, 1)
    loss_at_start = np.sum(weight * (start - best) ** 2)
    scale = math.log(OPTIMUM_WINS / (1 - OPTIMUM_WINS)) / loss_at_start

    def win_probability(x: Sequence[float] | NDArray[np.float64]) -> float:
        loss = np.sum(weight * (np.asarray(x) - best) ** 2)
        return 1 / (1 + math.exp(-scale * (loss_at_start - loss)))

    return start, win_probability


def play(
    win_probability: WinProbability,
    a: NDArray[np.float64],
    b: NDArray[np.float64],
    games: int,
    rng: np.random.Generator,
) -> int:
    """Wins of `a` over `b` in `games` independent games."""
    pa, pb = win_probability(a), win_probability(b)
    logit = math.log(pa / (1 - pa)) - math.log(pb / (1 - pb))
    return int(rng.binomial(games, 1 / (1 + math.exp(-logit))))
