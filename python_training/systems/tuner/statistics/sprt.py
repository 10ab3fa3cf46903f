"""The sequential test: play until the counts speak for one hypothesis, and no longer.

Wald's bounds on the generalised log-likelihood ratio. Crossing the upper one accepts H1 (better by so much), the lower
one H0 (no better); nothing else ends a test but its cap, and then the candidate has not been proved.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from python_training.systems.tuner.statistics.likelihood import mean_llr, t_llr
from python_training.systems.tuner.statistics.pentanomial import EVEN, NORMALISED_ELO, PAIR_SCORES

Kind = Literal["mean_score", "normalised_elo"]
"""What a test's hypotheses are about."""


class Ruling(StrEnum):
    """How a test stands."""

    GOES_ON = "goes_on"
    H1 = "h1"
    H0 = "h0"
    NO_DIFFERENCE = "no_difference"
    CAP = "cap"


@dataclass(frozen=True, slots=True)
class SequentialTest:
    """A GSPRT of two hypotheses.

    Attributes:
        kind: whether `h0` and `h1` are mean scores of a pair, or normalised Elo.
        h0, h1: the hypotheses.
        alpha: chance that H1 is accepted where H0 is true.
        beta: chance that H0 is accepted where H1 is true.
        max_pairs: the cap.
        no_difference_pairs: so many pairs, all of them even, end the test.
        values: what a pair can be worth, ascending, with `even` in the middle.
        even: the worth of a pair in which nobody did better.
    """

    kind: Kind
    h0: float
    h1: float
    alpha: float
    beta: float
    max_pairs: int
    no_difference_pairs: int
    values: tuple[float, ...] = PAIR_SCORES
    even: float = EVEN

    @property
    def lower(self) -> float:
        """The bound at which H0 is accepted (Wald 1945)."""
        return math.log(self.beta / (1 - self.alpha))

    @property
    def upper(self) -> float:
        """The bound at which H1 is accepted."""
        return math.log((1 - self.beta) / self.alpha)

    def longest_expected_pairs(self) -> float:
        """Pairs that it takes on average where the truth lies midway between the hypotheses, if games are independent.

        There the ratio has no drift, and wanders until it meets a bound (Wald 1947).
        """
        if self.kind == "normalised_elo":
            return -self.lower * self.upper / (t_of_pair(self.h1) - t_of_pair(self.h0)) ** 2
        # Two independent games that are even have this variance, and a difference of two pairs has twice as much.
        variance = 0.125 if self.values == PAIR_SCORES else 0.25
        return -self.lower * self.upper * variance / (self.h1 - self.h0) ** 2

    def llr(self, counts: Sequence[int]) -> float:
        """The log-likelihood ratio of (K,) counts, one for each of `values`; 0 while nothing is known.

        While all pairs were even it is 0 too: what has not varied yet says nothing about its variance.
        """
        if sum(counts) == counts[len(counts) // 2]:
            return 0.0
        if self.kind == "mean_score":
            return mean_llr(counts, self.values, self.h0, self.h1)
        return t_llr(counts, self.values, self.even, t_of_pair(self.h0), t_of_pair(self.h1))

    def ruling(self, counts: Sequence[int]) -> Ruling:
        """What follows from `counts`."""
        pairs = sum(counts)
        if pairs == counts[len(counts) // 2]:
            if pairs >= min(self.no_difference_pairs, self.max_pairs):
                return Ruling.NO_DIFFERENCE
            return Ruling.GOES_ON
        llr = self.llr(counts)
        if llr >= self.upper:
            return Ruling.H1
        if llr <= self.lower:
            return Ruling.H0
        return Ruling.CAP if pairs >= self.max_pairs else Ruling.GOES_ON


def t_of_pair(normalised_elo: float) -> float:
    """The t-value of a pair: normalised Elo counts deviations of a game, and a pair's are smaller by the root of 2."""
    return math.sqrt(2) * normalised_elo / NORMALISED_ELO
