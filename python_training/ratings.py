"""Ratings of players from what they scored against each other: Bradley and Terry's model, in Elo points.

Worlds and systems both rate players, and neither may import the other, so this lies below both.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

ELO = 400 / math.log(10)
"""Elo points of one unit of log-odds."""
_PRIOR_DRAWS = 1.0
"""Draws added to every pairing that was played, so that a player who won all its games has a rating."""
_NEWTON_STEPS = 100


def ratings(
    points: NDArray[np.float64], played: NDArray[np.float64], variances: NDArray[np.float64] | None = None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Ratings of greatest likelihood (Bradley & Terry 1952, doi:10.2307/2334029), and their standard errors.

    The ratings' mean is 0. Players between whom there is no chain of games are each rated around their own group's.

    Args:
        points: (P, P) what the row's player scored against the column's, half a point a draw.
        played: (P, P) games between the two.
        variances: (P, P) of `points`, where more is known of it than that games are won or lost and independent:
            draws and mirrored pairs make it smaller. The errors then hold whatever the games' distribution.
    """
    met = (played > 0) & ~np.eye(len(points), dtype=bool)
    points, played = points + met * _PRIOR_DRAWS / 2, played + met * _PRIOR_DRAWS
    strength = np.zeros(len(points))
    curvature = np.zeros_like(points)
    for _ in range(_NEWTON_STEPS):
        expected = 1 / (1 + np.exp(strength[None, :] - strength[:, None]))
        weight = played * expected * (1 - expected)
        curvature = np.diag(weight.sum(axis=1)) - weight
        # The likelihood does not change when all move together: the pseudo-inverse keeps their mean where it is.
        move = np.linalg.pinv(curvature, hermitian=True) @ (points - played * expected).sum(axis=1)
        strength += np.clip(move, -2.0, 2.0)
        strength -= strength.mean()
        if np.abs(move).max() < 1e-9:
            break
    inverse = np.linalg.pinv(curvature, hermitian=True)
    covariance = inverse
    if variances is not None:
        noise = variances + met * _PRIOR_DRAWS / 4
        covariance = inverse @ (np.diag(noise.sum(axis=1)) - noise) @ inverse  # Huber's sandwich
    return strength * ELO, np.sqrt(np.maximum(np.diag(covariance), 0.0)) * ELO
