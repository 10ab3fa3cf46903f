"""The mean of a pair, with its interval, from the counts of a test: corrected for stopping where a bound ended it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from python_training.systems.tuner.statistics.intervals import score_interval
from python_training.systems.tuner.statistics.sequential import Estimate, Stopped
from python_training.systems.tuner.statistics.sprt import Ruling, SequentialTest, t_of_pair


def estimate(test: SequentialTest, counts: Sequence[int], ruling: Ruling) -> Estimate:
    """The mean of a pair after `test` came to `ruling` on (K,) `counts`.

    A test that goes on, or ended at its cap or for lack of difference, gets the interval of a fixed number of games.
    """
    plain = score_interval(counts, test.values)
    if ruling not in (Ruling.H0, Ruling.H1):
        return plain
    pairs = sum(counts)
    mean = math.fsum(count * value for count, value in zip(counts, test.values, strict=True)) / pairs
    variance = math.fsum(count * (value - mean) ** 2 for count, value in zip(counts, test.values, strict=True)) / pairs
    if variance <= 0:  # every pair the same: nothing is known of how they would spread
        return _of_one_kind(pairs, mean, test.values[0], test.values[-1]) or plain
    llr = test.llr(counts)
    low, high = test.values[0], test.values[-1]
    if test.kind == "mean_score":
        stopped = Stopped(pairs, llr, test.lower, test.upper, test.h0, test.h1, variance)
        found = stopped.estimate()
    else:
        # The test is about the mean in standard deviations, whose variance is 1.
        stopped = Stopped(pairs, llr, test.lower, test.upper, t_of_pair(test.h0), t_of_pair(test.h1), 1.0)
        found = stopped.estimate().linear(math.sqrt(variance), test.even)
    return Estimate(min(max(found.value, low), high), min(max(found.low, low), high), min(max(found.high, low), high))


def _of_one_kind(pairs: int, mean: float, least: float, greatest: float) -> Estimate | None:
    """The mean where all pairs were the best or the worst there can be, None where they were anything between.

    A share p of best pairs shows n of n with probability p^n; the share at which that is 1/2 is the estimate, that at
    which it is 2.5% the limit (Clopper & Pearson 1934). The other pairs are taken for the worst.
    """
    if mean not in (least, greatest):
        return None
    width = greatest - least
    inside, limit = (width * (1 - chance ** (1 / pairs)) for chance in (0.5, 0.025))
    if mean == greatest:
        return Estimate(greatest - inside, greatest - limit, greatest)
    return Estimate(least + inside, least, least + limit)
