"""Settings that advisers want tested: each adviser's last word, in the order in which they spoke."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from python_training.systems.tuner.search.types import Advice

LONGEST = 100
"""Advice that waits; of more the oldest is dropped."""


class AdviceQueue:
    """First come, first served, as long as advice has no more than `share` of all proposals.

    An adviser that speaks again takes back what of its waits: that was given on an older state of things, perhaps for
    another incumbent.
    """

    def __init__(self, share: float) -> None:
        self._share = share
        self._waiting: list[Advice] = []

    def add(self, advice: Sequence[Advice]) -> list[Advice]:
        """Let it wait for its turn; returns what will have none now."""
        speakers = {each.source for each in advice}
        kept = [*(each for each in self._waiting if each.source not in speakers), *advice][-LONGEST:]
        dropped = [each for each in [*self._waiting, *advice] if each not in kept]
        self._waiting = kept
        return dropped

    def take(self, advised: int, proposed: int) -> Advice | None:
        """The next, if one more among `advised` of `proposed` proposals would not be too many."""
        # The small part is for shares like 0.3, of which ten times is a little more than three.
        if not self._waiting or advised + 1 > self._share * (proposed + 1) + 1e-9:
            return None
        return self._waiting.pop(0)

    def waiting(self, source: str) -> int:
        """How much of what waits came from `source`."""
        return sum(advice.source == source for advice in self._waiting)

    def state(self) -> dict[str, Any]:
        """As plain JSON."""
        return {"waiting": [{**asdict(advice), "values": dict(advice.values)} for advice in self._waiting]}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Become what `state` was taken of."""
        self._waiting = [Advice(**advice) for advice in state["waiting"]]
