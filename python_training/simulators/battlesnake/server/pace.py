"""How long decisions take here, so that a server knows what it can afford. One thread at a time."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Final

_FADING: Final = 0.95
"""Share of a remembered time that one quicker decision leaves of its distance to that decision's own."""
_FORGIVENESS: Final = 0.995
"""What each decision of less effort leaves of the remembered time of greater effort, so that it is tried again."""
_KINDS_KEPT: Final = 256


class Pace:
    """Seconds that decisions of each kind and rung take: a maximum that fades.

    A kind is whatever makes decisions alike: snake, size of the board, number of snakes. What was not seen yet takes no
    time; whoever relies on that needs an answer at hand.
    """

    def __init__(self) -> None:
        self._seconds: OrderedDict[Hashable, list[float]] = OrderedDict()

    def expected(self, kind: Hashable, rung: int) -> float:
        """Seconds to allow for."""
        known = self._seconds.get(kind, [])
        return known[rung] if rung < len(known) else 0.0

    def observe(self, kind: Hashable, rung: int, seconds: float) -> None:
        """Learn what a decision took."""
        known = self._seconds.setdefault(kind, [])
        self._seconds.move_to_end(kind)
        if len(self._seconds) > _KINDS_KEPT:
            self._seconds.popitem(last=False)
        known.extend([0.0] * (rung + 1 - len(known)))
        known[rung] = max(seconds, _FADING * known[rung] + (1 - _FADING) * seconds)
        for greater in range(rung):
            known[greater] *= _FORGIVENESS
