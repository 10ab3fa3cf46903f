"""When something that happens at most so often may happen again."""

from __future__ import annotations


class Pace:
    """Lets things happen at a rate, and loses none of it to delays: due times are counted on from each other.

    What comes a quarter of a period early is in time, and lateness of half a period is made good by the next one, so
    that a source at just this rate loses nothing to its jitter. More unused time than that is not saved up.
    """

    def __init__(self) -> None:
        self._due = float("-inf")

    def wait(self, now: float, rate: float) -> float:
        """Seconds until the next may happen, 0 if it may at once."""
        return max(0.0, self._due - 0.25 / rate - now)

    def passed(self, now: float, rate: float) -> None:
        """Say that one has happened."""
        self._due = max(self._due, now - 0.5 / rate) + 1.0 / rate
