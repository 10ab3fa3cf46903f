"""What is believed of a parameter before any game: there is a best value near, and it may matter much or hardly at all.

Around a reference a parameter adds `slope * u - curvature * u**2` to the strength (in logits of winning a game); u is
its distance from the reference in the cube. Two things are known of every tuning problem: few parameters matter much
and many hardly at all, so the curvature is spread over four powers of ten; and the best value, slope / (2 curvature),
lies about REACH away, so parameters with little curvature cannot have much slope. The second is what lets a weak
signal be told from noise. Which powers of ten are common is learned from all parameters together (empirical Bayes).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

CURVATURES: Array = np.geomspace(0.003, 30.0, 28)
"""Logits lost at the far end of the cube; from what no number of games could show to a parameter that decides all."""
REACH = 0.35
"""Standard deviation of the distance from the reference to the best value."""
PRIOR_PARAMETERS = 40.0
"""The even spread over CURVATURES counts as much as so many parameters."""


def even() -> Array:
    """(K,) the same probability for every power of ten."""
    return np.full(len(CURVATURES), 1.0 / len(CURVATURES))


@dataclass(frozen=True, slots=True, eq=False)
class Pairs2D:
    """D normal distributions of (slope, curvature), by precision matrix and precision times mean.

    Attributes:
        precision: (D, 3) the entries (slope, slope), (slope, curvature), (curvature, curvature).
        shift: (D, 2).
    """

    precision: Array
    shift: Array

    def over(self, other: Pairs2D) -> Pairs2D:
        """Its density divided by the other's."""
        return Pairs2D(self.precision - other.precision, self.shift - other.shift)

    def towards(self, other: Pairs2D, share: Array) -> Pairs2D:
        """(D,) shares of the other mixed into this, in natural parameters."""
        part = share[:, None]
        return Pairs2D(
            (1 - part) * self.precision + part * other.precision, (1 - part) * self.shift + part * other.shift
        )

    @property
    def proper(self) -> NDArray[np.bool_]:
        """(D,) which of them can be normalised."""
        first, mixed, last = self.precision.T
        return np.asarray((first > 1e-6) & (last > 1e-6) & (first * last > 1.0001 * mixed * mixed))


def of_moments(mean: Array, covariance: Array) -> Pairs2D:
    """From means (D, 2) and covariances (D, 3), in the order of Pairs2D.precision."""
    slope, mixed, curvature = covariance.T
    determinant = slope * curvature - mixed * mixed
    precision = np.column_stack([curvature, -mixed, slope]) / determinant[:, None]
    first, cross, last = precision.T
    shift = np.column_stack([first * mean[:, 0] + cross * mean[:, 1], cross * mean[:, 0] + last * mean[:, 1]])
    return Pairs2D(precision, shift)


def as_normal(probabilities: Array, dimensions: int) -> Pairs2D:
    """The prior itself as the normal distribution with its moments, for each of D parameters."""
    slope_variance = float(probabilities @ (2.0 * REACH * CURVATURES) ** 2)
    mean = float(probabilities @ CURVATURES)
    variance = float(probabilities @ CURVATURES**2) - mean * mean
    one = of_moments(np.array([[0.0, mean]]), np.array([[slope_variance, 0.0, variance]]))
    return Pairs2D(np.repeat(one.precision, dimensions, axis=0), np.repeat(one.shift, dimensions, axis=0))


@dataclass(frozen=True, slots=True, eq=False)
class Tilted:
    """What the prior and everything else say together of D parameters.

    Attributes:
        mean: (D, 2) of slope and curvature.
        covariance: (D, 3).
        weights: (D, K) probability of each of CURVATURES.
    """

    mean: Array
    covariance: Array
    weights: Array


def tilted(others: Pairs2D, probabilities: Array) -> Tilted:
    """The moments of the prior times `others`: exact in the slope, a sum over CURVATURES."""
    kappa = CURVATURES[None, :]
    prior_variance = (2.0 * REACH * kappa) ** 2
    first, mixed, last = (column[:, None] for column in others.precision.T)
    towards_slope, towards_curvature = (column[:, None] for column in others.shift.T)
    precision = np.maximum(first, 1e-6) + 1.0 / prior_variance
    pull = towards_slope - mixed * kappa
    log = (
        np.log(probabilities)[None, :]
        - 0.5 * np.log(prior_variance)
        - 0.5 * np.log(precision)
        + 0.5 * pull * pull / precision
        - 0.5 * np.maximum(last, 1e-6) * kappa * kappa
        + towards_curvature * kappa
    )
    weights = np.exp(log - log.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    centre = pull / precision
    slope, curvature = (weights * centre).sum(axis=1), (weights * kappa).sum(axis=1)
    slope_variance = (weights * (1.0 / precision + centre * centre)).sum(axis=1) - slope * slope
    curvature_variance = (weights * kappa * kappa).sum(axis=1) - curvature * curvature + 1e-9
    both = (weights * centre * kappa).sum(axis=1) - slope * curvature
    return Tilted(
        np.column_stack([slope, curvature]), np.column_stack([slope_variance, both, curvature_variance]), weights
    )


def learned(weights: Array) -> Array:
    """(K,) how common each of CURVATURES is, given the (D, K) weights of D parameters."""
    return np.asarray((weights.sum(axis=0) + PRIOR_PARAMETERS * even()) / (len(weights) + PRIOR_PARAMETERS))
