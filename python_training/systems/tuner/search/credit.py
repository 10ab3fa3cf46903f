"""Whose proposals are tested: shares that shift to those whose proposals were accepted."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from python_training.systems.tuner.search.types import SourceCredit

DOUBT = 5.0
"""A source's success counts beside so many proposals of average success: one lucky acceptance is no proof."""
LEAST = 0.1
"""Nobody falls below this share of the weight it began with, so that everyone can come back."""


class Ledger:
    """What came of each source's proposals; what is long ago counts less and less.

    Args:
        weights: with which each source begins, above 0.
        memory: by this factor a source's older outcomes count less with each new one of its own.
    """

    def __init__(self, weights: Mapping[str, float], memory: float) -> None:
        self._weights = dict(weights)
        self._memory = memory
        self._counts: dict[str, list[int]] = {}
        self._recent: dict[str, list[float]] = {}
        for name in weights:
            self._enter(name)

    def shares(self, names: Iterable[str]) -> dict[str, float]:
        """By which each of `names` should be chosen; they add up to 1."""
        judged = math.fsum(recent[0] for recent in self._recent.values())
        accepted = math.fsum(recent[1] for recent in self._recent.values())
        raw = {}
        for name in names:
            own_judged, own_accepted = self._recent[name]
            # Where nobody has succeeded, who has failed more often was only asked more often.
            average = accepted / judged if accepted else 0.0
            success = (own_accepted + DOUBT * average) / (own_judged + DOUBT) / average if average else 1.0
            raw[name] = self._weights[name] * max(success, LEAST)
        total = math.fsum(raw.values())
        return {name: value / total for name, value in raw.items()}

    def choose(self, names: Iterable[str], random: np.random.Generator) -> str:
        """One of `names`, by their shares."""
        shares = self.shares(names)
        return str(random.choice(list(shares), p=np.array(list(shares.values()))))

    def proposed(self, name: str) -> None:
        """The source has proposed something. One from outside the portfolio is entered, without a weight."""
        self._enter(name)
        self._counts[name][0] += 1

    def judged(self, name: str, *, accepted: bool) -> None:
        """What became of a proposal of the source."""
        self._enter(name)
        self._counts[name][1] += 1
        self._counts[name][2] += accepted
        self._recent[name] = [
            old * self._memory + new for old, new in zip(self._recent[name], (1.0, float(accepted)), strict=True)
        ]

    def table(self) -> dict[str, SourceCredit]:
        """Every source that has a weight or has proposed."""
        shares = self.shares(self._weights)
        return {
            name: SourceCredit(proposed, judged, accepted, shares.get(name, 0.0))
            for name, (proposed, judged, accepted) in self._counts.items()
        }

    @property
    def proposals(self) -> int:
        """How many there have been."""
        return sum(counts[0] for counts in self._counts.values())

    def proposals_of(self, names: Iterable[str]) -> int:
        """How many of them came from `names`."""
        return sum(self._counts[name][0] for name in names if name in self._counts)

    def outsiders(self) -> list[str]:
        """Those without a weight: advisers."""
        return [name for name in self._counts if name not in self._weights]

    def state(self) -> dict[str, Any]:
        """As plain JSON."""
        return {
            "counts": {name: list(counts) for name, counts in self._counts.items()},
            "recent": {name: list(recent) for name, recent in self._recent.items()},
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Become what `state` was taken of; sources that were not there then begin with nothing."""
        self._counts = {str(name): [int(count) for count in counts] for name, counts in state["counts"].items()}
        self._recent = {str(name): [float(each) for each in recent] for name, recent in state["recent"].items()}
        for name in self._weights:
            self._enter(name)

    def _enter(self, name: str) -> None:
        self._counts.setdefault(name, [0, 0, 0])
        self._recent.setdefault(name, [0.0, 0.0])
