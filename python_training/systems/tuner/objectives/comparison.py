"""How scores of single trials become pair scores: who did better at a seed, and how clearly.

Where two settings cannot play each other, each is tried at the seed by itself. A pair then says no more than which of
the two did better, which needs no assumption about how scores are distributed, and is what the tests are made for.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from python_training.contracts.config import StrictModel
from python_training.contracts.errors import PaddockError
from python_training.contracts.objective import PairScores
from python_training.systems.tuner.objectives.bounded_process import ProgramError

Values = Mapping[str, float]


class ComparisonSettings(StrictModel):
    """Which score is better, and by how much it must be."""

    higher_is_better: bool = Field(default=True, description="Whether a greater score is a better one.")
    tolerance: float = Field(default=0.0, ge=0, description="Scores that differ by no more than this are even.")
    clear: float = Field(
        default=0.0, ge=0, description="Scores that differ by less than this make 0.25 or 0.75 of a 0 or 1."
    )
    seeded: bool = Field(
        default=True, description="Whether a trial's score depends on its seed; if not, each setting is tried once."
    )

    def pair_score(self, mine: float, theirs: float) -> float:
        """0, 0.25, 0.5, 0.75 or 1 for the first of two scores; NaN is a trial that failed, and worse than any."""
        if math.isnan(mine) or math.isnan(theirs):
            return 0.5 + (math.isnan(theirs) - math.isnan(mine)) / 2
        ahead = mine - theirs if self.higher_is_better else theirs - mine
        if abs(ahead) <= self.tolerance or ahead == 0:
            return 0.5
        return 0.5 + math.copysign(0.5 if abs(ahead) >= self.clear else 0.25, ahead)


Trial = Callable[[Values, int], float]
"""Tries a setting at a seed below 2**31 and gives its score; raises ProgramError if the trial fails."""


class Trials:
    """Compares settings by trials.

    A setting whose trial fails has lost. Where both fail, or the one that tuning began with, the fault is likely not
    the settings': then the start is tried at that seed, and if it fails too, so does the objective.
    """

    def __init__(self, trial: Trial, settings: ComparisonSettings, start: Values) -> None:
        self._trial = trial
        self._settings = settings
        self._start = dict(start)
        self._known: dict[tuple[tuple[str, float], ...], tuple[float] | tuple[float, str]] = {}

    def play(self, candidate: Values, opponent: Values, seeds: NDArray[np.int64]) -> PairScores:
        """One trial of each at every seed; figures are the candidate's score, and 1 for a trial that failed.

        Raises:
            PaddockError: not even the start can be tried.
        """
        scores, mine = np.empty(len(seeds)), np.empty(len(seeds))
        faults: list[str] = []
        for k, seed in enumerate(folded(seeds)):
            (mine[k], *fault), (theirs, *other) = self._score(candidate, seed), self._score(opponent, seed)
            scores[k] = self._settings.pair_score(mine[k], theirs)
            faults += [*fault, *other]
        failed = np.isnan(mine).astype(np.float64)
        return PairScores(scores, {"score": mine, "failed": failed}, len(faults), faults[-1] if faults else "")

    def _score(self, values: Values, seed: int) -> tuple[float] | tuple[float, str]:
        """The score; or NaN, and why the trial failed."""
        key = tuple(sorted(values.items()))
        if not self._settings.seeded and key in self._known:
            return self._known[key]
        result: tuple[float] | tuple[float, str]
        try:
            result = (self._trial(values, seed),)
        except ProgramError as error:
            self._blame(values, seed, error)
            result = (math.nan, error.message)
        if not self._settings.seeded:
            self._known[key] = result
        return result

    def _blame(self, values: Values, seed: int, error: ProgramError) -> None:
        """Raise unless the start can be tried where `values` failed."""
        if dict(values) != self._start:
            try:
                self._trial(self._start, seed)
            except ProgramError:
                pass
            else:
                return
        raise PaddockError(
            f"The start cannot be tried at seed {seed}: {error.message}",
            field="objective",
            hint="Try the command by hand; the start's values are those it is given first.",
        ) from error


def folded(seeds: NDArray[np.int64]) -> Sequence[int]:
    """Seeds below 2**31, which is what most programs take, one for each of `seeds`."""
    return [
        int.from_bytes(hashlib.blake2b(int(seed).to_bytes(8, "little"), digest_size=4).digest(), "little") >> 1
        for seed in seeds
    ]
