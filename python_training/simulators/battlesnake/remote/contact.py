"""How a server elsewhere answered: how fast, how often not."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Any, Final

_TIMES_KEPT: Final = 65_536


@dataclass(slots=True)
class Contact:
    """Counts and times of the moves that were asked of one server.

    Attributes:
        moves: how many it was asked for.
        timeouts: of them, not answered within the game's timeout.
        errors: of them, answered with something that is no move, or not reachable.
        seconds: what the last answers took, those that came.
        last_error: what the last error was.
    """

    moves: int = 0
    timeouts: int = 0
    errors: int = 0
    seconds: deque[float] = field(default_factory=lambda: deque(maxlen=_TIMES_KEPT))
    last_error: str = ""

    def to_dict(self) -> dict[str, Any]:
        """As JSON, times in milliseconds; null where nothing was answered."""
        times = sorted(self.seconds)
        shares = {"p50": 0.5, "p99": 0.99, "max": 1.0}
        latency = {
            name: round(1000 * times[int(share * (len(times) - 1))], 2) if times else None
            for name, share in shares.items()
        }
        shown: dict[str, Any] = {"moves": self.moves, "timeouts": self.timeouts, "errors": self.errors}
        return {**shown, "latency_ms": latency, "last_error": self.last_error or None}
