"""A problem whose truth is known: a bowl of many parameters, seen only through the noise of games.

Strength is a quadratic bowl whose weights are heavy-tailed, with about two of five parameters nearly irrelevant; the
optimum beats the start in 65% of games. Whoever tunes may only `play`; `win_probability` is for judging the result.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from python_training.contracts.config import StrictModel, validate
from python_training.contracts.errors import UnknownNameError
from python_training.contracts.objective import PairScores, Parameter


class SyntheticSettings(StrictModel):
    """Which problem."""

    problem: int = Field(default=0, ge=0, lt=2**31, description="Seed of the weights, the optimum and the start.")
    dimensions: int = Field(default=31, ge=1, le=1000, description="Number of parameters.")
    optimum_wins: float = Field(default=0.65, gt=0.5, lt=1, description="Share of games that the optimum wins.")
    draws: float = Field(default=0.0, ge=0, lt=1, description="Share of games that are drawn, whoever plays.")


class SyntheticObjective:
    """Games between two points of the bowl.

    Args:
        settings: fields of SyntheticSettings.
        threads: not used; a game is one comparison of numbers.
    """

    def __init__(self, settings: Mapping[str, Any], *, threads: int = 1) -> None:
        chosen = validate(SyntheticSettings, dict(settings))
        rng = np.random.default_rng(1000 + chosen.problem)
        count = chosen.dimensions
        self._weights = rng.pareto(1.0, count) + 0.05
        self._weights[rng.random(count) < 0.4] *= 0.01
        self._best = rng.random(count)
        self._start = np.clip(self._best + rng.normal(0, 0.3, count), 0, 1)
        gap = self._loss(self._start)
        self._scale = math.log(chosen.optimum_wins / (1 - chosen.optimum_wins)) / gap
        self._draws = chosen.draws
        self.parameters: Sequence[Parameter] = tuple(
            Parameter(f"bowl.x{i:02d}", 0.0, 1.0, float(self._start[i]), "A coordinate.") for i in range(count)
        )
        self.opponents: Sequence[str] = ("start",)

    def start(self) -> dict[str, float]:
        """Where tuning begins."""
        return {parameter.name: parameter.default for parameter in self.parameters}

    def optimum(self) -> dict[str, float]:
        """The truth: the best there is."""
        return dict(zip(self.start(), self._best.tolist(), strict=True))

    def win_probability(self, candidate: Mapping[str, float], opponent: Mapping[str, float] | None = None) -> float:
        """The truth: how often `candidate` wins a game that is not drawn, by default against the start."""
        other = self._start if opponent is None else self._point(opponent)
        logit = self._scale * (self._loss(other) - self._loss(self._point(candidate)))
        return 1 / (1 + math.exp(-logit))

    def play(
        self, candidate: Mapping[str, float], opponent: Mapping[str, float] | str, seeds: NDArray[np.int64]
    ) -> PairScores:
        """Two independent games for each seed; raises UnknownNameError for an opponent other than "start"."""
        if isinstance(opponent, str):
            if opponent != "start":
                raise UnknownNameError.among("opponent", opponent, self.opponents, field="opponent")
            opponent = self.start()
        wins = self.win_probability(candidate, opponent)
        games = [self._game(wins, seeds, side) for side in (0, 1)]
        # A figure beside the score, so that what shows several aims can be tried out here.
        effort = np.full(len(seeds), float(self._point(candidate).mean()))
        return PairScores((games[0] + games[1]) / 2, {"effort": effort})

    def close(self) -> None:
        """There is nothing to release."""

    def _game(self, wins: float, seeds: NDArray[np.int64], side: int) -> NDArray[np.float64]:
        luck = uniform(seeds, 2 * side)
        drawn = uniform(seeds, 2 * side + 1) < self._draws
        return np.where(drawn, 0.5, (luck < wins).astype(np.float64))

    def _loss(self, point: NDArray[np.float64]) -> float:
        return float(np.sum(self._weights * (point - self._best) ** 2))

    def _point(self, values: Mapping[str, float]) -> NDArray[np.float64]:
        return np.array([values[parameter.name] for parameter in self.parameters])


def uniform(seeds: NDArray[np.int64], stream: int) -> NDArray[np.float64]:
    """(P,) evenly distributed numbers in [0, 1), each a function of its seed and the stream alone (SplitMix64)."""
    with np.errstate(over="ignore"):  # the generator lives off the overflow
        state = seeds.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(stream + 1) * np.uint64(
            0xD1B54A32D192ED03
        )
        for _ in range(2):
            state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            state = state ^ (state >> np.uint64(31))
    return np.asarray(state >> np.uint64(11), dtype=np.float64) / 2.0**53
