"""Every match that was played, whoever wanted it: the one memory that all sources share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from python_training.systems.tuner.search.arrays import pack, unpack
from python_training.systems.tuner.search.cube import Point

Array = NDArray[np.float64]

MERGED_WITHIN = 64
"""A test goes on in batches: games between the same two settings are added to one of so many newest matches."""
PRIOR_PAIRS = 50.0
"""Pairs of independent games without draws that the measured noise is mixed with."""
NOISE_FROM, NOISE_TO = 0.05, 2.0
"""Range of the measured noise: below it scores that never vary would count as infinitely sure."""


@dataclass(frozen=True, slots=True, eq=False)
class Matches:
    """M matches between points of the cube.

    Attributes:
        a, b: (M, D) the two settings as played.
        score: (M,) mean pair score of `a`.
        pairs: (M,) how many pairs that is the mean of.
        scatter: (M,) sum of the squared deviations of its pairs from the mean.
    """

    a: Array
    b: Array
    score: Array
    pairs: Array
    scatter: Array

    def __len__(self) -> int:
        return len(self.score)

    @property
    def noise(self) -> float:
        """Variance of a pair's score as a multiple of that of two independent games without draws.

        Draws make pairs less noisy than that, and so does a mirrored pair in which the better side wins twice.
        """
        expected = self.score * (1.0 - self.score) / 2.0
        seen = self.scatter.sum() + PRIOR_PAIRS / 8.0
        due = (np.maximum(self.pairs - 1.0, 0.0) * expected).sum() + PRIOR_PAIRS / 8.0
        return float(np.clip(seen / due, NOISE_FROM, NOISE_TO))


class History:
    """The newest `memory` matches of `dimensions` parameters."""

    def __init__(self, dimensions: int, memory: int) -> None:
        self._memory = memory
        empty = np.empty((0, dimensions))
        self.matches = Matches(empty, empty, np.empty(0), np.empty(0), np.empty(0))

    def add(self, a: Point, b: Point, scores: Array) -> None:
        """Remember a match: `scores` are those of its pairs, (P,) with P > 0."""
        known = self.matches
        mean, pairs = float(scores.mean()), float(len(scores))
        scatter = float(((scores - mean) ** 2).sum())
        place = self._place_of(a, b)
        if place is not None:
            # Two groups of pairs as one: Chan, Golub & LeVeque 1983.
            before, total = known.pairs[place], known.pairs[place] + pairs
            gap = mean - known.score[place]
            score, count, spread = known.score.copy(), known.pairs.copy(), known.scatter.copy()
            score[place] += gap * pairs / total
            count[place] = total
            spread[place] += scatter + gap * gap * before * pairs / total
            self.matches = Matches(known.a, known.b, score, count, spread)
            return
        keep = slice(max(0, len(known) + 1 - self._memory), None)
        self.matches = Matches(
            np.vstack([known.a[keep], a]),
            np.vstack([known.b[keep], b]),
            np.append(known.score[keep], mean),
            np.append(known.pairs[keep], pairs),
            np.append(known.scatter[keep], scatter),
        )

    def _place_of(self, a: Point, b: Point) -> int | None:
        begin = max(0, len(self.matches) - MERGED_WITHIN)
        same = (self.matches.a[begin:] == a).all(axis=1) & (self.matches.b[begin:] == b).all(axis=1)
        places = np.flatnonzero(same)
        return begin + int(places[-1]) if len(places) else None

    def state(self) -> dict[str, Any]:
        """As plain JSON."""
        matches = self.matches
        columns = np.column_stack([matches.score, matches.pairs, matches.scatter])
        return {"a": pack(matches.a), "b": pack(matches.b), "columns": pack(columns)}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Become what `state` was taken of; raises CheckpointError if it holds something else."""
        dimensions = self.matches.a.shape[1]
        columns = unpack(state["columns"], -1, 3)
        a, b = unpack(state["a"], len(columns), dimensions), unpack(state["b"], len(columns), dimensions)
        score, pairs, scatter = (np.ascontiguousarray(column) for column in columns.T)
        self.matches = Matches(a, b, score, pairs, scatter)
