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
    if ruling not in (Ruling.H0, Ruling.H1):
        return score_interval(counts, test.values)
    pairs, low, high = sum(counts), test.values[0], test.values[-1]
    worst, best = _all_lost(pairs, low, high), _all_won(pairs, low, high)
    mean = math.fsum(count * value for count, value in zip(counts, test.values, strict=True)) / pairs
    variance = math.fsum(count * (value - mean) ** 2 for count, value in zip(counts, test.values, strict=True)) / pairs
    if variance <= 0:  # every pair the same: nothing is known of how they would spread
        return best if mean == high else worst if mean == low else score_interval(counts, test.values)
    llr = test.llr(counts)
    if test.kind == "mean_score":
        found = _stopped(test, pairs, llr, mean, test.h0, test.h1).estimate()
    else:
        # The test is about the mean in standard deviations.
        deviation = math.sqrt(variance)
        stopped = _stopped(test, pairs, llr, (mean - test.even) / deviation, t_of_pair(test.h0), t_of_pair(test.h1))
        found = stopped.estimate().linear(deviation, test.even)
    # The approximation knows no ends of the scale, but nothing speaks stronger than so many pairs all won or all lost.
    return Estimate(
        min(max(found.value, worst.value), best.value),
        min(max(found.low, low), best.low),
        min(max(found.high, worst.high), high),
    )


def _stopped(test: SequentialTest, pairs: int, llr: float, seen: float, h0: float, h1: float) -> Stopped:
    """The test as a motion whose drift at the mean that was seen is the one that was seen.

    Near the hypotheses that is the variance of the pairs. Far from them the ratio grows more slowly than the normal
    approximation says, for each hypothesis has the variance of its own likeliest distribution.
    """
    variance = pairs * (h1 - h0) * (seen - (h0 + h1) / 2) / llr
    return Stopped(pairs, llr, test.lower, test.upper, h0, h1, variance)


def _all_won(pairs: int, least: float, greatest: float) -> Estimate:
    """The mean of a pair after so many, all of them the best there can be.

    A share p of best pairs shows n of n with probability p^n; the share at which that is 1/2 is the estimate, that at
    which it is 2.5% the limit (Clopper & Pearson 1934). The other pairs are taken for the worst.
    """
    value, low = (least + (greatest - least) * chance ** (1 / pairs) for chance in (0.5, 0.025))
    return Estimate(value, low, greatest)


def _all_lost(pairs: int, least: float, greatest: float) -> Estimate:
    """The same for the worst."""
    mirrored = _all_won(pairs, least, greatest)
    return Estimate(least + greatest - mirrored.value, least, least + greatest - mirrored.low)
