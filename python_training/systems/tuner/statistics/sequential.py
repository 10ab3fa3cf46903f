"""What a stopped sequential test says of the gain: an estimate and an interval that know about the stopping.

A test that ends when it looks good ends on good luck more often than on bad, so the plain mean of its games promises
too much. Here the log-likelihood ratio is taken for the Brownian motion that it nearly is, with a drift that belongs
to the true score, and the outcomes of the test are put in order: accepted early, accepted late, rejected late,
rejected early. The estimate is the score at which an outcome as good as the one seen has probability 1/2, the limits
are those at which it has 2.5% and 97.5% (Siegmund 1978, doi:10.1093/biomet/65.2.341). Over all tests, lucky and
unlucky, the interval holds the truth in 95%.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

_CONFIDENCE = 0.95
_SHORT = 0.15
"""Below this share of the time that the motion takes to cross the band, mirror images converge faster than waves."""
_WAVES = 60
_FADED = 45.0
"""A wave that is so many times e smaller than the slowest one no longer counts, nor do those after it."""
_REACH = 20
"""Standard deviations of a pair within which its mean is looked for."""
_HALVINGS = 45
_phi = NormalDist().cdf


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its 95% interval."""

    value: float
    low: float
    high: float

    def linear(self, slope: float, offset: float) -> Estimate:
        """The estimate of `slope` (> 0) times the quantity plus `offset`."""
        return Estimate(slope * self.value + offset, slope * self.low + offset, slope * self.high + offset)


@dataclass(frozen=True, slots=True)
class Stopped:
    """A test that ended at one of its bounds.

    Attributes:
        pairs: how many pairs were played.
        llr: where the log-likelihood ratio stood, at or beyond a bound.
        lower, upper: the bounds.
        h0, h1: the hypotheses about the mean of one pair.
        variance: of one pair, as seen.
    """

    pairs: int
    llr: float
    lower: float
    upper: float
    h0: float
    h1: float
    variance: float

    def estimate(self) -> Estimate:
        """The mean of a pair, median-unbiased, with its 95% interval; raises ValueError where nothing varied."""
        if self.variance <= 0:
            raise ValueError("A test without variance has no estimate.")
        tail = (1 - _CONFIDENCE) / 2
        return Estimate(self._mean_where(0.5), self._mean_where(tail), self._mean_where(1 - tail))

    def probability_of_as_good(self, mean: float) -> float:
        """How likely an outcome at least as good as this one is where a pair's mean is `mean`."""
        # Drift and variance of the ratio per pair, from its quadratic form.
        step = (self.h1 - self.h0) / self.variance
        drift = step * (mean - (self.h0 + self.h1) / 2)
        variance = step * step * self.variance
        # What went beyond a bound at the last look is taken for the bound: that is where the motion was stopped.
        if self.llr >= self.upper:
            return crossing_probability(drift, variance, self.lower, self.llr, self.pairs)
        return 1 - crossing_probability(-drift, variance, -self.upper, -self.llr, self.pairs)

    def _mean_where(self, probability: float) -> float:
        """The mean at which an outcome as good as this has the given probability, which grows with the mean."""
        reach = max(1.0, _REACH * math.sqrt(self.variance))
        low, high = self.h0 - reach, self.h1 + reach
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            if self.probability_of_as_good(middle) < probability:
                low = middle
            else:
                high = middle
        return (low + high) / 2


def crossing_probability(drift: float, variance: float, lower: float, upper: float, time: float) -> float:
    """Chance that a Brownian motion from 0 reaches `upper` > 0 within `time` without touching `lower` < 0 before.

    Args:
        drift: of the motion per unit of time.
        variance: likewise.
        lower: an absorbing bound.
        upper: the other one.
        time: a positive number.
    """
    width = upper - lower
    if variance * time < _SHORT * width * width:
        chance = _by_images(drift, variance, upper, width, time)
    else:
        chance = _ever(drift, variance, lower, upper) - _later(drift, variance, lower, upper, time)
    return min(max(chance, 0.0), 1.0)


def _ever(drift: float, variance: float, lower: float, upper: float) -> float:
    """The chance without a limit of time."""
    pull = 2 * drift / variance
    if abs(pull) * (upper - lower) < 1e-9:
        return -lower / (upper - lower)
    if drift > 0:
        return math.expm1(pull * lower) / math.expm1(pull * (lower - upper))
    # The same fraction, times e^(pull (upper - lower)), so that nothing overflows.
    return (math.exp(pull * upper) - math.exp(pull * (upper - lower))) / -math.expm1(pull * (upper - lower))


def _later(drift: float, variance: float, lower: float, upper: float, time: float) -> float:
    """The chance to reach `upper` first, but after `time`: standing waves between the bounds that die away."""
    width = upper - lower
    total, slowest = 0.0, 0.0
    for n in range(1, _WAVES + 1):
        wave = n * math.pi / width
        rate = (drift * drift / variance + variance * wave * wave) / 2
        slowest = slowest or rate
        if (rate - slowest) * time > _FADED:
            break
        amplitude = math.exp(max(drift * upper / variance - rate * time, -745.0)) / rate
        total += (-1) ** (n + 1) * n * math.sin(-wave * lower) * amplitude
    return total * variance * math.pi / (width * width)


def _by_images(drift: float, variance: float, upper: float, width: float, time: float) -> float:
    """The chance as a sum over mirror images of the bound, for short times."""
    deviation = math.sqrt(variance * time)
    total = 0.0
    for k in (0, 1, -1, 2, -2):
        image = upper + 2 * k * width
        distance = abs(image)
        near = _tilted_tail(drift * (upper - distance) / variance, (drift * time - distance) / deviation)
        far = _tilted_tail(drift * (upper + distance) / variance, -(drift * time + distance) / deviation)
        total += math.copysign(near + far, image)
    return total


def _tilted_tail(exponent: float, z: float) -> float:
    """e^exponent times the normal distribution function at `z`, where one may be huge and the other tiny."""
    if z > -30:
        tail = _phi(z)
        return math.exp(exponent + math.log(tail)) if tail > 0 else 0.0
    # Mills' ratio: the tail of the normal distribution far out.
    return math.exp(exponent - z * z / 2 - math.log(-z * math.sqrt(2 * math.pi)))
