"""When a run has bred what it was after."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from python_training.contracts.number_text import write_number
from python_training.systems.neat.config import NEATConfig


@dataclass(frozen=True, slots=True)
class Met:
    """A threshold that was met: when, which, and by what score."""

    generation: int
    threshold: float
    score: float


class Threshold:
    """The fitness threshold of a run.

    It is met by the best genome of a generation if its fitness and its score in the trial bouts are no less, and its
    score in the confirmation bouts is greater by confirmation_margin: the best of a generation is the best by luck,
    too, and what ends a run should hold at seeds that nobody chose by. That ends the run; or, if it is adaptive, raises
    it by as many steps as it takes to be above that score, and the run ends once threshold_patience generations have
    gone by since it was last met.
    """

    def __init__(self, met: Sequence[Met] = ()) -> None:
        self.met = list(met)

    def value(self, config: NEATConfig) -> float | None:
        """What has to be met now; None if nothing has."""
        first = config.fitness_threshold
        if first is None or not config.adaptive_threshold or not self.met:
            return first
        step = config.threshold_step * (abs(first) or 1.0)
        best = max(met.score for met in self.met)
        return first if best < first else first + step * (math.floor((best - first) / step) + 1)

    def check(
        self, config: NEATConfig, generation: int, fitness: float, trial: float | None, confirm: Callable[[], float]
    ) -> bool:
        """Whether a generation's best meets the threshold.

        Args:
            config: as it is now.
            generation: which one.
            fitness: of its best.
            trial: score of that one in the trial bouts, None if there are none.
            confirm: flies the confirmation bouts; only called where these are promising.
        """
        value = self.value(config)
        if value is None or fitness < value or (trial is not None and trial < value):
            return False
        score = fitness if trial is None else trial
        if config.confirmation_bouts:
            score = confirm()
            if score < value + config.confirmation_margin * abs(value):
                return False
        self.met.append(Met(generation, value, score))
        return True

    def finished(self, config: NEATConfig, generation: int) -> str | None:
        """Why the run is over, None if it is not."""
        first = config.fitness_threshold
        met = [] if first is None else [each for each in self.met if each.score >= first]
        if not met:
            return None
        last = met[-1]
        reached = f"the fitness threshold {write_number(last.threshold)} was met in generation {last.generation}"
        if not config.adaptive_threshold:
            return reached
        if generation - last.generation < config.threshold_patience:
            return None
        return f"{reached}, the next one not within {config.threshold_patience} more"
