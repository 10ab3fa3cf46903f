"""What is kept of pairs that were played: how they scored, and the sums of their further figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from python_training.contracts.objective import PairScores
from python_training.systems.tuner.decisions.stage import counted
from python_training.systems.tuner.statistics.intervals import Moments, score_interval
from python_training.systems.tuner.statistics.pentanomial import PAIR_SCORES, Pentanomial
from python_training.systems.tuner.statistics.sequential import Estimate


@dataclass(frozen=True, slots=True)
class Tally:
    """Pairs of one player against another, from the first one's side.

    Attributes:
        counts: how they scored.
        figures: the first one's further figures over them.
    """

    counts: Pentanomial = field(default_factory=Pentanomial)
    figures: Mapping[str, Moments] = field(default_factory=dict)

    def seen(self, scores: PairScores, pairs: int) -> Tally:
        """With `pairs` more; raises PaddockError if the objective gave something else."""
        counts = counted(scores, pairs)
        figures = dict(self.figures)
        for name, values in scores.figures.items():
            figures[name] = figures.get(name, Moments()) + Moments.of(values)
        return Tally(self.counts + counts, figures)

    @property
    def pairs(self) -> int:
        """How many were played."""
        return self.counts.pairs

    @property
    def score(self) -> Estimate:
        """Mean score of a pair with its interval."""
        return score_interval(self.counts.counts, PAIR_SCORES)

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON."""
        figures = {name: [sums.count, sums.total, sums.squares] for name, sums in self.figures.items()}
        return {"counts": list(self.counts.counts), "figures": figures}

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Self:
        """Read what `to_dict` wrote; raises KeyError, TypeError or ValueError for anything else."""
        figures = {name: Moments(*sums) for name, sums in raw["figures"].items()}
        return cls(Pentanomial.from_counts(raw["counts"]), figures)
