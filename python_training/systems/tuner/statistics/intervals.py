"""95% intervals from a number of games that was fixed beforehand. For tests that stopped early see `sequential`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Self

import numpy as np
from numpy.typing import NDArray

from python_training.systems.tuner.statistics.sequential import Estimate

LARGEST = 1e150
_Z = NormalDist().inv_cdf(0.975)


def score_interval(counts: Sequence[int], values: Sequence[float]) -> Estimate:
    """The mean of (K,) ascending `values` seen `counts` times, with its interval inside their range.

    Agresti and Coull's rule (1998, doi:10.1080/00031305.1998.10480550), carried over to pairs: two extreme outcomes on
    either side are added before mean and variance are taken, so that few or equal outcomes promise no certainty.
    """
    filled = [float(count) for count in counts]
    pairs = math.fsum(filled)
    filled[0] += _Z * _Z / 2
    filled[-1] += _Z * _Z / 2
    total = math.fsum(filled)
    centre = math.fsum(count * value for count, value in zip(filled, values, strict=True)) / total
    variance = math.fsum(count * (value - centre) ** 2 for count, value in zip(filled, values, strict=True)) / total
    half = _Z * math.sqrt(variance / total)
    seen = math.fsum(count * value for count, value in zip(counts, values, strict=True))
    mean = seen / pairs if pairs else (values[0] + values[-1]) / 2
    return Estimate(mean, max(values[0], min(mean, centre - half)), min(values[-1], max(mean, centre + half)))


@dataclass(frozen=True, slots=True)
class Moments:
    """Number, sum and sum of squares of a figure: its mean and interval without its values."""

    count: int = 0
    total: float = 0.0
    squares: float = 0.0

    @classmethod
    def of(cls, values: NDArray[np.float64]) -> Self:
        """Of those among `values` that have a finite square, however many of them there are."""
        finite = values[np.abs(values) <= LARGEST]  # false of NaN
        return cls(len(finite), float(finite.sum()), float((finite * finite).sum()))

    def __add__(self, other: Moments) -> Moments:
        return Moments(self.count + other.count, self.total + other.total, self.squares + other.squares)

    @property
    def mean(self) -> float:
        """The mean; NaN of nothing."""
        return self.total / self.count if self.count else math.nan

    def estimate(self) -> Estimate:
        """The mean with its normal interval, infinitely wide for fewer than two values."""
        if self.count < 2:
            return Estimate(self.mean, -math.inf, math.inf)
        variance = max(self.squares - self.total * self.total / self.count, 0.0) / (self.count - 1)
        half = _Z * math.sqrt(variance / self.count)
        return Estimate(self.mean, self.mean - half, self.mean + half)
