"""A bout's past: states of the world as they were, so that one can look back without playing it all again."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray

State = Mapping[str, NDArray[Any]]

MAX_BYTES = 48_000_000
"""What the states of one bout may take; a small world's every tick fits for hours."""


class Reel:
    """States by tick. When there are too many, every other one is forgotten and from then on fewer are kept.

    The first and the newest state are always there. Used from one thread.
    """

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._ticks: list[int] = []
        self._states: list[State] = []
        self._every = 1

    def clear(self) -> None:
        """Forget everything: another bout begins."""
        self._ticks.clear()
        self._states.clear()
        self._every = 1

    def add(self, tick: int, state: State) -> None:
        """Keep `state`, which is that after `tick` ticks, later than all before, and which nobody changes any more."""
        if len(self._ticks) > 1 and self._ticks[-1] % self._every:
            del self._ticks[-1], self._states[-1]  # it was there as the newest one only
        self._ticks.append(tick)
        self._states.append(state)
        if len(self._ticks) > 2 and len(self._ticks) * _bytes_of(state) > self._max_bytes:
            self._every *= 2
            kept = [i for i, each in enumerate(self._ticks) if each % self._every == 0 or each == tick]
            self._ticks = [self._ticks[i] for i in kept]
            self._states = [self._states[i] for i in kept]

    def at(self, tick: int) -> tuple[int, State]:
        """The newest state that is kept of `tick` or before, and its tick; the first one if there is none before."""
        place = max(bisect_right(self._ticks, tick) - 1, 0)
        return self._ticks[place], self._states[place]

    def after(self, tick: int) -> int:
        """The first tick later than `tick` of which a state is kept; the newest one if there is none later."""
        return self._ticks[min(bisect_right(self._ticks, tick), len(self._ticks) - 1)]


def _bytes_of(state: State) -> int:
    return sum(array.nbytes for array in state.values())
