"""Which points of a growing journal hold for good: for tools that cannot take back what they were told."""

from __future__ import annotations

from typing import Any

from python_training.contracts.events import Event, EventType
from python_training.contracts.status import ENDED, RunStatus

HeldPoint = tuple[int, float, dict[str, Any]]
"""Step, Unix time in seconds, values by metric."""


class SettledPoints:
    """Holds points back until a checkpoint covers them or the run has ended: a run is not resumed from before that.

    Only where a checkpoint was damaged, or a failed run is taken up again, is it resumed from before. What such a run
    repeats is the same bit for bit, so each step is given out once.

    Args:
        through: the greatest step that was given out before, -1 for none.
    """

    def __init__(self, through: int = -1) -> None:
        self.through = through
        self._held: list[HeldPoint] = []

    @property
    def nothing_held(self) -> bool:
        """Whether all points taken have been given out or superseded."""
        return not self._held

    def take(self, event: Event) -> list[HeldPoint]:
        """The points that hold from `event` on, in the order of the journal."""
        data = event.data
        if event.type is EventType.POINTS:
            points = [(point["step"], point["t"], point["values"]) for point in data["points"]]
            self._held += [point for point in points if point[0] > self.through]
        elif event.type is EventType.REWOUND:
            self._held = [point for point in self._held if point[0] <= data["to_step"]]
        elif event.type is EventType.CHECKPOINT and not data.get("removed"):
            return self._give([point for point in self._held if point[0] <= data["step"]])
        elif event.type is EventType.STATUS and RunStatus(data["status"]) in ENDED:
            return self._give(self._held)
        return []

    def _give(self, given: list[HeldPoint]) -> list[HeldPoint]:
        self._held = self._held[len(given) :]
        self.through = max([self.through, *(point[0] for point in given)])
        return given
