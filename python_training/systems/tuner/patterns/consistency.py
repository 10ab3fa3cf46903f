"""What winners have in common, in numbers: by parameter, how near they are to each other and how far from losers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float64]

EPSILON = 0.01
"""Share of a range that counts as no spread at all; without it a parameter that nobody turned would be consistent."""

CHANCE = 3.0
"""A contrast below this many standard errors is often chance, with some thirty parameters to look at."""


@dataclass(frozen=True, slots=True, eq=False)
class Consistency:
    """By parameter, all (D,) and in the unit cube.

    Attributes:
        mean: of winners.
        spread: of winners, a standard deviation.
        losing: mean of losers.
        consistency: from 0 (winners lie as wide as all settings) towards 1 (they agree where all do not).
        contrast: mean of winners less mean of losers, in standard errors of that difference (Welch 1947).
    """

    mean: Rows
    spread: Rows
    losing: Rows
    consistency: Rows
    contrast: Rows


def compare(winners: Rows, losers: Rows) -> Consistency:
    """Compare winners (W, D) with losers (L, D), each at least two."""
    spread = winners.std(axis=0, ddof=1)
    everything = np.concatenate((winners, losers)).std(axis=0, ddof=1)
    consistency = np.clip((everything - spread) / (everything + EPSILON), 0, 1)
    error = np.sqrt(spread**2 / len(winners) + losers.var(axis=0, ddof=1) / len(losers) + EPSILON**2 / len(winners))
    mean, losing = winners.mean(axis=0), losers.mean(axis=0)
    return Consistency(mean, spread, losing, consistency, (mean - losing) / error)


def auc(scores: Rows, won: NDArray[np.bool_]) -> tuple[float, float]:
    """Chance that a winner has the higher score than a loser, and its standard error (Hanley & McNeil 1982).

    0.5 where there are not both winners and losers, with an infinite error.
    """
    winners, losers = scores[won], scores[~won]
    w, l = len(winners), len(losers)  # noqa: E741  # the paper's letters would say less
    if not w or not l:
        return 0.5, float("inf")
    difference = winners[:, None] - losers[None, :]
    area = float(np.mean((difference > 0) + 0.5 * (difference == 0)))
    q1, q2 = area / (2 - area), 2 * area**2 / (1 + area)
    variance = (area * (1 - area) + (w - 1) * (q1 - area**2) + (l - 1) * (q2 - area**2)) / (w * l)
    # All right or all wrong is no proof of certainty: then the error is that of one outcome turned round.
    return area, float(np.sqrt(max(variance, 0.25 / (w * l))))
