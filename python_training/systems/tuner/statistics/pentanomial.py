"""Counts of mirrored pairs by score. The five of them say all that a test needs to know about the games.

Two games from one seed with sides swapped are not independent: what the seed favours helps each side once. Counting
pairs instead of games keeps that in the variance, which is why tests of pairs need fewer games (Van den Bergh,
http://hardy.uhasselt.be/Fishtest/normalized_elo_practical.pdf).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

PAIR_SCORES = (0.0, 0.25, 0.5, 0.75, 1.0)
"""What a pair can be worth: the mean of two games of 0, 1/2 or 1."""
EVEN = 0.5
"""What equal players score."""
NORMALISED_ELO = 800 / math.log(10)
"""Normalised Elo of one standard deviation of a single game above an even score."""
LOGISTIC_ELO = 400 / math.log(10)
"""Elo of one unit of log-odds."""


@dataclass(frozen=True, slots=True)
class Pentanomial:
    """How many pairs scored 0, 0.25, 0.5, 0.75 and 1."""

    counts: tuple[int, int, int, int, int] = (0, 0, 0, 0, 0)

    @classmethod
    def of(cls, scores: NDArray[np.float64]) -> Self:
        """Count scores of shape (P,); raises ValueError for one that no pair can have."""
        rounded = np.rint(scores * 4)
        # An objective of a user's own is not trusted to keep to the five values.
        wrong = ~((rounded == scores * 4) & (rounded >= 0) & (rounded <= 4))
        if wrong.any():
            raise ValueError(f"Pair scores must be among {PAIR_SCORES}, got {float(scores[wrong][0])}.")
        return cls.from_counts(np.bincount(rounded.astype(np.int64), minlength=5).tolist())

    @classmethod
    def from_counts(cls, counts: Sequence[int]) -> Self:
        """Read five counts; raises ValueError unless there are five and none is negative."""
        if len(counts) != 5 or any(count < 0 for count in counts):
            raise ValueError(f"Expected five counts that are not negative, got {list(counts)}.")
        return cls((counts[0], counts[1], counts[2], counts[3], counts[4]))

    def __add__(self, other: Pentanomial) -> Pentanomial:
        return Pentanomial.from_counts([mine + more for mine, more in zip(self.counts, other.counts, strict=True)])

    @property
    def pairs(self) -> int:
        """How many pairs were counted."""
        return sum(self.counts)

    @property
    def games(self) -> int:
        """How many games that were."""
        return 2 * self.pairs

    @property
    def mean(self) -> float:
        """Mean pair score, an even one when there are no pairs."""
        pairs = self.pairs
        if not pairs:
            return EVEN
        return math.fsum(score * count for score, count in zip(PAIR_SCORES, self.counts, strict=True)) / pairs

    @property
    def variance(self) -> float:
        """Variance of a pair's score (divided by the number of pairs), 0 when there are none."""
        pairs, mean = self.pairs, self.mean
        if not pairs:
            return 0.0
        squares = ((score - mean) ** 2 * count for score, count in zip(PAIR_SCORES, self.counts, strict=True))
        return math.fsum(squares) / pairs

    @property
    def normalised_elo(self) -> float:
        """How far above even a single game is, in its standard deviations, times 347.4; 0 where nothing varies."""
        deviation = math.sqrt(2 * self.variance)
        return NORMALISED_ELO * (self.mean - EVEN) / deviation if deviation > 0 else 0.0

    @property
    def elo(self) -> float:
        """The logistic Elo of the mean, infinite at 0 and 1."""
        return elo_of(self.mean)

    @property
    def all_even(self) -> bool:
        """Whether every pair was even, as between players who always do the same."""
        return self.pairs == self.counts[2]


def elo_of(score: float) -> float:
    """Logistic Elo of a mean score from 0 to 1, infinite at the ends."""
    if score <= 0 or score >= 1:
        return math.copysign(math.inf, score - EVEN)
    return LOGISTIC_ELO * math.log(score / (1 - score))
