"""Other surfaces than the yardstick's bowl, so that nobody tunes a tuner to one problem.

Each is a function `seed -> Problem`, scaled so that its optimum beats the start in 65% of games. They break what the
search believes: ripples, parameters that work together, whole numbers, corners, flat far fields, steep sides.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from python_training.contracts.objective import Parameter

Array = NDArray[np.float64]
Strength = Callable[[Array], float]

OPTIMUM_LOGIT = math.log(0.65 / 0.35)
STEEPEST = 30.0
"""Logits beyond which a game is decided."""


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """What a tuner is given, and the truth that it is judged by.

    Attributes:
        parameters: D of them; those of the yardstick are in [0, 1].
        start: (D,).
        win_probability: of a (D,) setting against the start.
    """

    parameters: tuple[Parameter, ...]
    start: Array
    win_probability: Callable[[Array], float]


def continuous(start: Array, win_probability: Callable[[Array], float]) -> Problem:
    """A problem of parameters in [0, 1]."""
    parameters = tuple(
        Parameter(f"bowl.x{place:02d}", 0.0, 1.0, float(value), "A coordinate.") for place, value in enumerate(start)
    )
    return Problem(parameters, start, win_probability)


def scaled(strength: Strength, start: Array, greatest: float) -> Callable[[Array], float]:
    """Win probability against the start, of a strength in any unit whose greatest value is known."""
    at_start = strength(start)
    scale = OPTIMUM_LOGIT / (greatest - at_start)

    def win_probability(x: Array) -> float:
        logit = scale * (strength(np.asarray(x, dtype=np.float64)) - at_start)
        return 1 / (1 + math.exp(-min(max(logit, -STEEPEST), STEEPEST)))

    return win_probability


@dataclass(frozen=True, slots=True, eq=False)
class Bowl:
    """Drawn as the yardstick's, from another stream of random numbers."""

    rng: np.random.Generator
    weight: Array
    best: Array
    start: Array

    @classmethod
    def drawn(cls, seed: int, stream: int, dimensions: int = 31) -> Bowl:
        """That of a seed; every surface has a stream of its own."""
        rng = np.random.default_rng([seed, stream])
        weight = rng.pareto(1.0, dimensions) + 0.05
        weight[rng.random(dimensions) < 0.4] *= 0.01
        best = rng.random(dimensions)
        return cls(rng, weight, best, np.clip(best + rng.normal(0, 0.3, dimensions), 0, 1))

    def loss(self, x: Array) -> float:
        """How much weaker than the best, in some unit."""
        return float(np.sum(self.weight * (x - self.best) ** 2))


def small(seed: int) -> Problem:
    """Ten parameters."""
    bowl = Bowl.drawn(seed, 1, 10)
    return continuous(bowl.start, scaled(lambda x: -bowl.loss(x), bowl.start, 0.0))


def large(seed: int) -> Problem:
    """Sixty parameters."""
    bowl = Bowl.drawn(seed, 2, 60)
    return continuous(bowl.start, scaled(lambda x: -bowl.loss(x), bowl.start, 0.0))


def rotated(seed: int) -> Problem:
    """All parameters interact: the bowl's axes point anywhere."""
    bowl = Bowl.drawn(seed, 3)
    axes, _ = np.linalg.qr(bowl.rng.normal(size=(len(bowl.best), len(bowl.best))))

    def strength(x: Array) -> float:
        return -float(np.sum(bowl.weight * ((x - bowl.best) @ axes) ** 2))

    return continuous(bowl.start, scaled(strength, bowl.start, 0.0))


def coupled(seed: int) -> Problem:
    """Sixty-two pairs of parameters interact."""
    bowl = Bowl.drawn(seed, 4)
    count = len(bowl.best)
    form = np.diag(bowl.weight)
    for _ in range(2 * count):
        i, j = bowl.rng.choice(count, 2, replace=False)
        both = bowl.rng.uniform(-0.9, 0.9) * math.sqrt(bowl.weight[i] * bowl.weight[j]) / 2
        form[i, j] += both
        form[j, i] += both
    values, vectors = np.linalg.eigh(form)
    form = (vectors * np.maximum(values, 1e-4 * values.max())) @ vectors.T
    strength: Strength = lambda x: -float((x - bowl.best) @ form @ (x - bowl.best))  # noqa: E731 - one formula, as in the others
    return continuous(bowl.start, scaled(strength, bowl.start, 0.0))


def ratios(seed: int) -> Problem:
    """Only differences between neighbours matter, as with weights of which only the ratio counts."""
    bowl = Bowl.drawn(seed, 11)

    def strength(x: Array) -> float:
        away = x - bowl.best
        return -float(np.sum(bowl.weight * (away - np.roll(away, 1)) ** 2) + 0.05 * np.sum(away**2))

    return continuous(bowl.start, scaled(strength, bowl.start, 0.0))


def rugged(seed: int) -> Problem:
    """Ripples on the bowl, deepest at its optimum."""
    bowl = Bowl.drawn(seed, 5)
    frequency = bowl.rng.uniform(2, 6, len(bowl.best))

    def strength(x: Array) -> float:
        away = x - bowl.best
        return -float(np.sum(bowl.weight * (away**2 + 0.03 * (1 - np.cos(2 * np.pi * frequency * away)))))

    return continuous(bowl.start, scaled(strength, bowl.start, 0.0))


def rough(seed: int) -> Problem:
    """Ripples of any phase that are higher than what the bowl itself is worth: many local optima."""
    bowl = Bowl.drawn(seed, 6)
    frequency = bowl.rng.uniform(1, 4, len(bowl.best))
    phase = bowl.rng.random(len(bowl.best)) * 2 * np.pi

    def each(x: Array) -> Array:
        away = x - bowl.best
        return np.asarray(-bowl.weight * (away**2 + 0.06 * np.cos(2 * np.pi * frequency * away + phase)))

    line = np.linspace(0, 1, 401)
    greatest = np.max([each(np.full(len(bowl.best), value)) for value in line], axis=0).sum()
    return continuous(bowl.start, scaled(lambda x: float(each(x).sum()), bowl.start, float(greatest)))


def cornered(seed: int) -> Problem:
    """Losses grow with the distance, not its square: the slope does not fade towards the optimum."""
    bowl = Bowl.drawn(seed, 8)
    strength: Strength = lambda x: -float(np.sum(bowl.weight * np.abs(x - bowl.best)))  # noqa: E731 - as above
    return continuous(bowl.start, scaled(strength, bowl.start, 0.0))


def flat_far_away(seed: int) -> Problem:
    """Beyond the start nothing gets much worse, so far steps tell little."""
    bowl = Bowl.drawn(seed, 9)
    at_start = bowl.loss(bowl.start)
    return continuous(bowl.start, scaled(lambda x: -math.tanh(0.8 * bowl.loss(x) / at_start), bowl.start, 0.0))


def lopsided(seed: int) -> Problem:
    """Four times as steep on one side of the optimum as on the other."""
    bowl = Bowl.drawn(seed, 10)
    side = bowl.rng.choice([-1, 1], len(bowl.best))

    def strength(x: Array) -> float:
        away = (x - bowl.best) * side
        return -float(np.sum(bowl.weight * np.where(away > 0, 4, 1) * away**2))

    return continuous(bowl.start, scaled(strength, bowl.start, 0.0))


def integers(seed: int) -> Problem:
    """Half of the parameters are whole numbers, from 2 to 13 of them; the bowl is over their place in the range."""
    bowl = Bowl.drawn(seed, 7)
    count = len(bowl.best)
    steps = bowl.rng.choice([1, 2, 3, 4, 7, 12], count)
    whole = bowl.rng.random(count) < 0.5
    width = np.where(whole, steps, 1).astype(np.float64)
    start = np.where(whole, np.round(bowl.start * width), bowl.start)
    parameters = tuple(
        Parameter(
            f"bowl.x{place:02d}", 0.0, float(width[place]), float(start[place]), "A coordinate.", "", bool(whole[place])
        )
        for place in range(count)
    )
    nearest = np.where(whole, np.round(bowl.best * width) / width, bowl.best)
    strength: Strength = lambda x: -bowl.loss(x / width)  # noqa: E731 - as above
    return Problem(parameters, start, scaled(strength, start, -bowl.loss(nearest)))


SURFACES: dict[str, Callable[[int], Problem]] = {
    surface.__name__: surface
    for surface in (
        small,
        large,
        rotated,
        coupled,
        ratios,
        rugged,
        rough,
        cornered,
        flat_far_away,
        lopsided,
        integers,
    )
}
