"""How long decisions take here, so that a server knows what it can afford. One thread at a time."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Final

_NOVELTY: Final = 0.05
"""Weight of a new time in the mean of a kind and rung."""
_FORGIVENESS: Final = 0.99
"""What each decision of less effort leaves of the mean of greater effort, so that it is tried again."""
_KINDS_KEPT: Final = 256


class Pace:
    """Mean seconds that decisions of each kind and rung took lately.

    A kind is whatever makes decisions alike: snake, size of the board, number of snakes. What was not seen yet takes no
    time; whoever relies on that needs an answer at hand.
    """

    def __init__(self) -> None:
        self._means: OrderedDict[Hashable, list[float]] = OrderedDict()

    def expected(self, kind: Hashable, rung: int) -> float:
        """Seconds that such a decision takes on average."""
        known = self._means.get(kind, [])
        return known[rung] if rung < len(known) else 0.0

    def observe(self, kind: Hashable, rung: int, seconds: float) -> None:
        """Learn what a decision took."""
        known = self._means.setdefault(kind, [])
        self._means.move_to_end(kind)
        if len(self._means) > _KINDS_KEPT:
            self._means.popitem(last=False)
        known.extend([0.0] * (rung + 1 - len(known)))
        known[rung] = known[rung] + _NOVELTY * (seconds - known[rung]) if known[rung] else seconds
        for greater in range(rung):
            known[greater] *= _FORGIVENESS
