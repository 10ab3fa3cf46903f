"""When a member that died is started again."""

from __future__ import annotations

FIRST_S = 1.0
LONGEST_S = 300.0


class Backoff:
    """Waits double from one second to five minutes, and end with the member after too many deaths in a row.

    Args:
        max_deaths: so many deaths without an answer between them are too many.
    """

    def __init__(self, max_deaths: int) -> None:
        self._max_deaths = max_deaths
        self._deaths = 0
        self._retry_at = 0.0

    @property
    def given_up(self) -> bool:
        """Whether there were too many deaths."""
        return self._deaths >= self._max_deaths

    def died(self, now: float) -> float:
        """Note a death at `now` seconds; returns after how many seconds a start is allowed."""
        self._deaths += 1
        wait = min(LONGEST_S, FIRST_S * 2.0 ** (self._deaths - 1))
        self._retry_at = now + wait
        return wait

    def lived(self) -> None:
        """Note an answer: the count begins anew."""
        self._deaths = 0

    def allows(self, now: float) -> bool:
        """Whether a start is allowed at `now` seconds."""
        return not self.given_up and now >= self._retry_at
