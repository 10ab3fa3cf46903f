"""Counts and times of a server's answers, for its log, its health page and whoever measures it."""

from __future__ import annotations

from collections import deque
from typing import Any, Final

from python_training.simulators.battlesnake.server.decisions import Effort

_KEPT: Final = 4_096


class Figures:
    """How many moves were answered with how much effort, and how long the last few thousand took."""

    def __init__(self) -> None:
        self._counts: dict[Effort, int] = {"full": 0, "reduced": 0, "late": 0}
        self._times_ms: deque[float] = deque(maxlen=_KEPT)

    def answered(self, effort: Effort, taken_ms: float) -> None:
        """Count a move."""
        self._counts[effort] += 1
        self._times_ms.append(taken_ms)

    def to_dict(self) -> dict[str, Any]:
        """As JSON: moves by effort, and milliseconds from arrival to answer; null before the first."""
        times = sorted(self._times_ms)
        at = {"p50": 0.5, "p99": 0.99, "max": 1.0}
        answer_ms = {
            name: round(times[int(share * (len(times) - 1))], 2) if times else None for name, share in at.items()
        }
        return {"moves": sum(self._counts.values()), "effort": dict(self._counts), "answer_ms": answer_ms}
