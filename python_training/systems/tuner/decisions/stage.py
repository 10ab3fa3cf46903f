"""What one stage of a decision has seen so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from python_training.contracts.errors import PaddockError
from python_training.contracts.objective import PairScores
from python_training.systems.tuner.statistics.estimates import estimate
from python_training.systems.tuner.statistics.intervals import Moments
from python_training.systems.tuner.statistics.pentanomial import Pentanomial
from python_training.systems.tuner.statistics.sequential import Estimate
from python_training.systems.tuner.statistics.sprt import Ruling, SequentialTest


@dataclass(frozen=True, slots=True)
class Against:
    """What candidate and incumbent scored against one rival, at the same seeds."""

    candidate: Pentanomial = field(default_factory=Pentanomial)
    incumbent: Pentanomial = field(default_factory=Pentanomial)


@dataclass(frozen=True, slots=True)
class Stage:
    """A test and what it was shown.

    Attributes:
        counts: (K,) how often each of the test's values was seen.
        ruling: what follows from them.
        trace: the log-likelihood ratio after each look.
        figures: the candidate's further figures over the stage's pairs.
        rivals: in the non-regression stage, scores against each rival by name.
        pairs_played: pairs of either side, which is more than what was counted where both had to play.
    """

    counts: tuple[int, ...]
    ruling: Ruling = Ruling.GOES_ON
    trace: tuple[float, ...] = ()
    figures: Mapping[str, Moments] = field(default_factory=dict)
    rivals: Mapping[str, Against] = field(default_factory=dict)
    pairs_played: int = 0

    @classmethod
    def begin(cls, test: SequentialTest) -> Self:
        """Nothing seen yet."""
        return cls((0,) * len(test.values))

    @property
    def pairs(self) -> int:
        """Pairs counted."""
        return sum(self.counts)

    def seen(
        self,
        test: SequentialTest,
        found: NDArray[np.int64],
        figures: Mapping[str, NDArray[np.float64]],
        *,
        played: int,
        rivals: Mapping[str, Against] | None = None,
    ) -> Stage:
        """The stage after one more look.

        Args:
            test: of this stage.
            found: (K,) counts of the look.
            figures: the candidate's, one value a pair each.
            played: pairs that either side played for it.
            rivals: the stage's new standings against rivals, if it has any.
        """
        counts = tuple(old + new for old, new in zip(self.counts, found.tolist(), strict=True))
        sums = dict(self.figures)
        for name, values in figures.items():
            sums[name] = sums.get(name, Moments()) + Moments.of(np.asarray(values, dtype=np.float64))
        return Stage(
            counts,
            test.ruling(counts),
            (*self.trace, test.llr(counts)),
            sums,
            self.rivals if rivals is None else rivals,
            self.pairs_played + played,
        )

    def estimate(self, test: SequentialTest) -> Estimate:
        """The mean of a pair, corrected for stopping where one of the test's bounds ended it."""
        return estimate(test, self.counts, self.ruling)

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON, from which `from_dict` makes the same stage bit for bit."""
        return {
            "counts": list(self.counts),
            "ruling": str(self.ruling),
            "trace": list(self.trace),
            "figures": {name: [sums.count, sums.total, sums.squares] for name, sums in self.figures.items()},
            "rivals": {
                name: {"candidate": list(each.candidate.counts), "incumbent": list(each.incumbent.counts)}
                for name, each in self.rivals.items()
            },
            "pairs_played": self.pairs_played,
        }

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Self:
        """Read what `to_dict` wrote; raises KeyError, TypeError or ValueError for anything else."""
        return cls(
            counts=tuple(int(count) for count in raw["counts"]),
            ruling=Ruling(raw["ruling"]),
            trace=tuple(float(llr) for llr in raw["trace"]),
            figures={name: Moments(*sums) for name, sums in raw["figures"].items()},
            rivals={
                name: Against(Pentanomial.from_counts(each["candidate"]), Pentanomial.from_counts(each["incumbent"]))
                for name, each in raw["rivals"].items()
            },
            pairs_played=int(raw["pairs_played"]),
        )


def counted(result: PairScores, pairs: int) -> Pentanomial:
    """Count the pairs of an objective's answer; raises PaddockError if it is not one score of the five for each."""
    scores = np.asarray(result.scores, dtype=np.float64)
    if scores.shape != (pairs,):
        raise PaddockError(
            f"The objective was asked for {pairs} pairs and gave scores of shape {scores.shape}.", field="objective"
        )
    for name, values in result.figures.items():
        if np.shape(values) != (pairs,):
            raise PaddockError(
                f"The objective was asked for {pairs} pairs and gave '{name}' of shape {np.shape(values)}.",
                field="objective",
            )
    try:
        return Pentanomial.of(scores)
    except ValueError as error:
        raise PaddockError(f"The objective: {error}", field="objective") from None
