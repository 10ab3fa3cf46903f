"""What is tuned: named numbers with the range that each may take, and the games that tell two settings apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number that a tuner may turn.

    Attributes:
        name: dotted, "section.name".
        low, high: the least and the greatest value, both allowed.
        default: a value that works.
        doc: one line that says what it does.
        unit: what it is measured in, "" for a bare number.
        integer: whether only whole numbers have a meaning.
    """

    name: str
    low: float
    high: float
    default: float
    doc: str
    unit: str = ""
    integer: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class PairScores:
    """What the candidate got in P mirrored pairs: two games from the same seed with sides swapped.

    Attributes:
        scores: (P,) float64, the mean of the pair's two games (win 1, draw 1/2): 0, 0.25, 0.5, 0.75 or 1.
        figures: further means over the pair's two games by name, (P,) float64 each, seen from the candidate.
        failed: how many games or trials, of either side, brought no score and counted as lost.
        fault: why the last of these failed, "" where none did.
    """

    scores: NDArray[np.float64]
    figures: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    failed: int = 0
    fault: str = ""


class Objective(Protocol):
    """What the tuner makes better. Built as `Class(settings, threads=N)`; raises ConfigError for settings amiss.

    `play` may be called by several threads at once. What it says of a pair depends on the two settings and on the
    pair's own seed alone, so pairs can be shared out among cores and machines, and a resumed run sees the same.
    """

    @property
    def parameters(self) -> Sequence[Parameter]:
        """What may be turned, in a fixed order."""
        ...

    @property
    def opponents(self) -> Sequence[str]:
        """Names of fixed opponents, for the non-regression test and tournaments; may be empty."""
        ...

    def start(self) -> Mapping[str, float]:
        """The setting that tuning begins with: a value for every parameter."""
        ...

    def play(
        self, candidate: Mapping[str, float], opponent: Mapping[str, float] | str, seeds: NDArray[np.int64]
    ) -> PairScores:
        """Play one mirrored pair for each seed.

        Args:
            candidate: a value for every parameter.
            opponent: another such setting, or the name of a fixed opponent.
            seeds: (P,) from 0 to 2**63 - 1.

        Raises:
            UnknownNameError: no opponent of that name.
            PaddockError: the games cannot be played at all.
        """
        ...

    def close(self) -> None:
        """Release what is held; safe to call twice."""
        ...
