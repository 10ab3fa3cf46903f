"""The generalised log-likelihood ratio of counts, exactly: each hypothesis at its likeliest distribution.

A hypothesis fixes the mean of the score, or its t-value (how many standard deviations the mean lies above even), and
leaves the rest of the distribution open. So each is represented by the distribution of greatest likelihood among those
that fulfil it, and the ratio of the two likelihoods is what the test accumulates. Sources: M. Van den Bergh,
"Comments on normalized Elo" and "The generalized maximum likelihood ratio for the expectation value of a distribution",
http://hardy.uhasselt.be/Fishtest/, as used by Fishtest.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

UNSEEN = 1e-3
"""Count that stands for none. Without it a score not seen yet would be impossible under either hypothesis."""

_ROOT_STEPS = 200
_T_STEPS = 200
_CLOSE = 1e-13

Distribution = list[float]


def mean_llr(counts: Sequence[int], values: Sequence[float], mean0: float, mean1: float) -> float:
    """Log of how much likelier `counts` are if the mean is `mean1` than if it is `mean0`.

    Args:
        counts: (K,) how often each value was seen.
        values: (K,) the values, ascending.
        mean0: H0, strictly between the least and the greatest value.
        mean1: H1, likewise.
    """
    total, seen = _frequencies(counts)
    return total * _ratio(seen, likeliest_with_mean(seen, values, mean0), likeliest_with_mean(seen, values, mean1))


def t_llr(counts: Sequence[int], values: Sequence[float], even: float, t0: float, t1: float) -> float:
    """Log of how much likelier `counts` are if the mean lies `t1` standard deviations above `even` than if `t0`."""
    total, seen = _frequencies(counts)
    return total * _ratio(seen, likeliest_with_t(seen, values, even, t0), likeliest_with_t(seen, values, even, t1))


def likeliest_with_mean(seen: Sequence[float], values: Sequence[float], mean: float) -> Distribution:
    """The distribution of the given mean under which frequencies `seen` are likeliest (Lagrange's multiplier)."""
    return _tilted(seen, [value - mean for value in values])


def likeliest_with_t(seen: Sequence[float], values: Sequence[float], even: float, t: float) -> Distribution:
    """The distribution whose mean is `even` + `t` standard deviations under which frequencies `seen` are likeliest.

    The condition is not linear in the probabilities, so it is replaced by its tangent at the last answer until the
    answer stays where it is.
    """
    # Beginning with the uniform distribution, as beginning with one of no variance would lead nowhere.
    answer = [1 / len(values)] * len(values)
    for _ in range(_T_STEPS):
        mean = math.fsum(p * value for p, value in zip(answer, values, strict=True))
        deviation = math.sqrt(math.fsum(p * (value - mean) ** 2 for p, value in zip(answer, values, strict=True)))
        slopes = [value - even - t * deviation * (1 + ((mean - value) / deviation) ** 2) / 2 for value in values]
        before, answer = answer, _tilted(seen, slopes)
        if max(abs(p - q) for p, q in zip(answer, before, strict=True)) < _CLOSE:
            break
    return answer


def _frequencies(counts: Sequence[int]) -> tuple[float, Distribution]:
    """The number of counts and the share of each, none of which is 0."""
    filled = [count if count > 0 else UNSEEN for count in counts]
    total = math.fsum(filled)
    return total, [count / total for count in filled]


def _ratio(seen: Sequence[float], under0: Sequence[float], under1: Sequence[float]) -> float:
    """Mean log-likelihood ratio of one observation."""
    return math.fsum(share * math.log(q / p) for share, p, q in zip(seen, under0, under1, strict=True))


def _tilted(seen: Sequence[float], slopes: Sequence[float]) -> Distribution:
    """p_i = seen_i / (1 + x slope_i) with the x that makes sum(p_i slope_i) zero; the p_i then add up to 1."""
    x = _multiplier(seen, slopes)
    return [share / (1 + x * slope) for share, slope in zip(seen, slopes, strict=True)]


def _multiplier(seen: Sequence[float], slopes: Sequence[float]) -> float:
    """The root of sum(seen_i slope_i / (1 + x slope_i)), which falls in x wherever all p_i are positive."""
    least, greatest = min(slopes), max(slopes)
    if not least < 0 < greatest:
        raise ValueError(f"No distribution fulfils the hypothesis: slopes from {least} to {greatest}.")
    low, high = -1 / greatest, -1 / least
    x = 0.0
    for _ in range(_ROOT_STEPS):
        terms = [slope / (1 + x * slope) for slope in slopes]
        value = math.fsum(share * term for share, term in zip(seen, terms, strict=True))
        if value > 0:
            low = x
        else:
            high = x
        step = value / math.fsum(share * term * term for share, term in zip(seen, terms, strict=True))
        # Newton's step where it stays inside the bracket, else half the bracket.
        after = x + step if low < x + step < high else (low + high) / 2
        if abs(after - x) <= _CLOSE * max(1.0, abs(x)):
            return after
        x = after
    return x
