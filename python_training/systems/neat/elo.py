"""Ratings of pilots that met in duels (Elo 1978, "The Rating of Chessplayers, Past and Present")."""

from __future__ import annotations

import math
from collections.abc import Sequence

FIRST_RATING = 1000.0
"""What the first pilot of a run is rated, which all others are relative to."""
SCALE = 400.0
"""A pilot that is rated so much higher gets ten points for each one of the other."""


def expected_score(rating: float, opponent: float) -> float:
    """The share of the points that a pilot of `rating` gets in duels with one rated `opponent`."""
    gap: float = 10.0 ** ((opponent - rating) / SCALE)
    return 1.0 / (1.0 + gap)


def performance_rating(opponents: Sequence[float], points: Sequence[float], duels: int) -> float:
    """The rating at which one would expect the points that were made against opponents of known ratings.

    Each opponent was met in `duels` duels and gave `points` (one for a win, half for a draw). A draw with each is
    added, so that a pilot that won or lost all has a finite rating, too.
    """
    if not opponents:
        return FIRST_RATING
    made = math.fsum(points) + 0.5 * len(opponents)
    low, high = min(opponents) - 4 * SCALE, max(opponents) + 4 * SCALE
    while high - low > 1e-6:
        middle = (low + high) / 2
        expected = math.fsum((duels + 1) * expected_score(middle, opponent) for opponent in opponents)
        low, high = (middle, high) if expected < made else (low, middle)
    return (low + high) / 2
