"""The response surface: what all games together say of how strength depends on each parameter.

Every match measures one difference of strengths, whoever asked for it and why. So all of them are fitted at once, by a
Bayesian logistic regression of strength on every parameter's slope and curvature (the paired comparisons of Bradley &
Terry 1952, https://doi.org/10.2307/2334029) with the prior of `bowl_prior`. That prior is not normal; expectation
propagation (Minka 2001, https://arxiv.org/abs/1301.2294) puts a normal site for each parameter in its place.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from python_training.systems.tuner.search import bowl_prior
from python_training.systems.tuner.search.arrays import pack, unpack
from python_training.systems.tuner.search.bowl_prior import Pairs2D
from python_training.systems.tuner.search.cube import Point
from python_training.systems.tuner.search.history import Matches

Array = NDArray[np.float64]

ROUNDS = 2
"""Rounds of expectation propagation at each fit, which begins where the last one ended."""
DAMPING = 0.7
"""Share of a site that a round renews."""
MISFIT = 0.1
"""Standard deviation, in logits, of what the surface cannot say about a match, however many games it has."""
LEAST_INFORMATION = 0.02
"""A game between very unequal settings still tells something, whatever the linearisation says."""


class ResponseSurface:
    """A normal distribution over (slope, curvature) of each of D parameters around a reference point.

    Attributes:
        reference: (D,).
        slope, curvature: (D,) expected, in logits per unit and per unit squared. The curvature is above 0.
    """

    def __init__(self, reference: Point) -> None:
        self.reference = reference
        dimensions = len(reference)
        self._probabilities = bowl_prior.even()
        self._sites = bowl_prior.as_normal(self._probabilities, dimensions)
        first, _, last = self._sites.precision.T
        self._mean = np.concatenate([np.zeros(dimensions), self._sites.shift[:, 1] / last])
        self._covariance = np.diag(1.0 / np.concatenate([first, last]))
        self.slope, self.curvature = np.zeros(dimensions), self._mean[dimensions:].copy()

    @property
    def best(self) -> Point:
        """(D,) where the expected strength is greatest, inside the cube."""
        return np.clip(self.reference + self.slope / (2.0 * self.curvature), 0.0, 1.0)

    @property
    def best_spread(self) -> Point:
        """(D,) standard deviation of each parameter's best value, at most what the prior allows."""
        variance = np.diag(self._covariance)
        count = len(self.reference)
        across = np.diag(self._covariance[:count, count:])
        offset = self.slope / (2.0 * self.curvature)
        spread = variance[:count] - 4.0 * offset * across + 4.0 * offset**2 * variance[count:]
        return np.minimum(np.sqrt(np.maximum(spread, 0.0)) / (2.0 * self.curvature), bowl_prior.REACH)

    def strength(self, points: Array) -> Array:
        """(...) expected logit of (..., D) points against the reference."""
        away = points - self.reference
        return np.asarray(away @ self.slope - (away * away) @ self.curvature)

    def gap(self, a: Point, b: Point) -> tuple[float, float]:
        """Mean and variance of the logit with which `a` wins a game against `b`."""
        row = self._rows(a[None]) - self._rows(b[None])
        return float(self.strength(a) - self.strength(b)), float((row @ self._covariance @ row.T)[0, 0])

    def drawn(self, points: Array, random: np.random.Generator) -> Array:
        """(N,) strengths of (N, D) points on one surface drawn from what is believed (Thompson sampling)."""
        factor = np.linalg.cholesky(self._covariance)
        drawn = self._mean + factor @ random.standard_normal(len(self._mean))
        return np.asarray(self._rows(points) @ drawn)

    def fit(self, matches: Matches) -> None:
        """Learn from all matches, beginning with what is believed now."""
        rows = self._rows(matches.a) - self._rows(matches.b)
        games = 2.0 * matches.pairs / matches.noise
        for turn in range(ROUNDS):
            for _ in range(2 if turn == 0 else 1):
                self._linearise(rows, matches.score, games)
            self._renew_sites()

    def _rows(self, points: Array) -> Array:
        """(N, 2 D) what a point's strength is made of, beside slopes and curvatures."""
        away = points - self.reference
        return np.concatenate([away, -away * away], axis=1)

    def _linearise(self, rows: Array, score: Array, games: Array) -> None:
        """One step of iteratively reweighted least squares, with the sites as the prior."""
        count = len(self.reference)
        logit = rows @ self._mean
        chance = 1.0 / (1.0 + np.exp(-logit))
        information = games * np.maximum(chance * (1.0 - chance), LEAST_INFORMATION)
        target = logit + games * (score - chance) / information
        weight = 1.0 / (1.0 / information + MISFIT**2)
        precision = (rows.T * weight) @ rows
        first, mixed, last = self._sites.precision.T
        each = np.arange(count)
        precision[each, each] += first
        precision[each, count + each] += mixed
        precision[count + each, each] += mixed
        precision[count + each, count + each] += last
        inverse = np.linalg.inv(precision)
        self._covariance = 0.5 * (inverse + inverse.T)
        self._mean = self._covariance @ (rows.T @ (weight * target) + self._sites.shift.T.ravel())

    def _renew_sites(self) -> None:
        """Let every parameter's site be what its true prior does to all the rest."""
        count = len(self.reference)
        each = np.arange(count)
        covariance = np.column_stack(
            [
                self._covariance[each, each],
                self._covariance[each, count + each],
                self._covariance[count + each, count + each],
            ]
        )
        mean = np.column_stack([self._mean[:count], self._mean[count:]])
        others = bowl_prior.of_moments(mean, covariance).over(self._sites)
        told = bowl_prior.tilted(others, self._probabilities)
        renewed = bowl_prior.of_moments(told.mean, told.covariance).over(others)
        self._sites = self._sites.towards(renewed, np.where(renewed.proper, DAMPING, 0.0))
        self._probabilities = bowl_prior.learned(told.weights)
        self.slope, self.curvature = told.mean.T.copy()

    def state(self) -> dict[str, Any]:
        """As plain JSON."""
        return {
            "reference": pack(self.reference),
            "probabilities": pack(self._probabilities),
            "precision": pack(self._sites.precision),
            "shift": pack(self._sites.shift),
            "mean": pack(self._mean),
            "covariance": pack(self._covariance),
            "expected": pack(np.stack([self.slope, self.curvature])),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Become what `state` was taken of; raises CheckpointError if it holds something else."""
        count = len(self.reference)
        self.reference = unpack(state["reference"], count)
        self._probabilities = unpack(state["probabilities"], len(bowl_prior.CURVATURES))
        self._sites = Pairs2D(unpack(state["precision"], count, 3), unpack(state["shift"], count, 2))
        self._mean = unpack(state["mean"], 2 * count)
        self._covariance = unpack(state["covariance"], 2 * count, 2 * count)
        self.slope, self.curvature = unpack(state["expected"], 2, count).copy()
