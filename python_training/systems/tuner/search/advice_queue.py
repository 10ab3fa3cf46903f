"""Settings that advisers want tested, in the order in which they came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from python_training.systems.tuner.search.types import Advice

LONGEST = 100
"""Advice that waits; of more the oldest is dropped, for it was given on an older state of things."""


class AdviceQueue:
    """First come, first served, as long as advice has no more than `share` of all proposals."""

    def __init__(self, share: float) -> None:
        self._share = share
        self._waiting: list[Advice] = []

    def add(self, advice: Sequence[Advice]) -> None:
        """Let it wait for its turn."""
        self._waiting = [*self._waiting, *advice][-LONGEST:]

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
