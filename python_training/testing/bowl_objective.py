"""An objective without a game: strength is a bowl over the parameters, and luck comes from each pair's seed alone."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from python_training.contracts.config import StrictModel, validate
from python_training.contracts.errors import UnknownNameError
from python_training.contracts.objective import PairScores, Parameter

RIVALS = {"weak": -1.0, "strong": 0.5}
"""The fixed opponents and their strength in logits; the optimum has 0."""


class BowlSettings(StrictModel):
    """How many parameters, how deep the bowl is in logits at the start, and how long a pair takes."""

    dimensions: int = 4
    depth: float = 1.5
    rivals: tuple[str, ...] = ()
    seconds_per_pair: float = 0.0


class BowlObjective:
    """Each parameter is best at 0.7 (or 7 for the one that is whole) and begins at 0.2 (2)."""

    def __init__(self, settings: Mapping[str, Any], *, threads: int) -> None:
        self._settings = validate(BowlSettings, settings)
        self.parameters: Sequence[Parameter] = (
            Parameter("level", 0, 10, 2, "The only whole one.", integer=True),
            *(
                Parameter(f"weights.w{index}", 0.0, 1.0, 0.2, "Better near 0.7.", unit="1")
                for index in range(1, self._settings.dimensions)
            ),
        )
        self.opponents: Sequence[str] = self._settings.rivals

    def start(self) -> Mapping[str, float]:
        """Every parameter's default."""
        return {parameter.name: parameter.default for parameter in self.parameters}

    def strength(self, values: Mapping[str, float]) -> float:
        """In logits: 0 at the optimum, less elsewhere."""
        scaled = [values[each.name] / (10.0 if each.integer else 1.0) for each in self.parameters]
        loss = math.fsum((value - 0.7) ** 2 for value in scaled) / (0.25 * len(scaled))
        return -self._settings.depth * loss

    def play(
        self, candidate: Mapping[str, float], opponent: Mapping[str, float] | str, seeds: NDArray[np.int64]
    ) -> PairScores:
        """Two independent games a pair; the figure `turns` is drawn from the seed, too."""
        if isinstance(opponent, str) and opponent not in self.opponents:
            raise UnknownNameError.among("opponent", opponent, self.opponents)
        time.sleep(self._settings.seconds_per_pair * len(seeds))
        other = RIVALS[opponent] if isinstance(opponent, str) else self.strength(opponent)
        wins = 1.0 / (1.0 + math.exp(other - self.strength(candidate)))
        draws = np.array([np.random.default_rng(seed).random(3) for seed in seeds.tolist()]).reshape(-1, 3)
        scores = ((draws[:, 0] < wins).astype(np.float64) + (draws[:, 1] < wins)) / 2.0
        return PairScores(scores, {"turns": np.floor(50.0 + 100.0 * draws[:, 2])})

    def close(self) -> None:
        """Nothing is held."""
