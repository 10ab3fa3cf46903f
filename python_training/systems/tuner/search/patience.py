"""What is done while nothing is accepted: steps become longer, then the search begins anew elsewhere, and so on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from python_training.systems.tuner.search.types import Stagnation

WIDENED = 1.6
"""By this factor steps are longer after the first span without an acceptance."""


class Patience:
    """Counts judged proposals since the last acceptance, in spans of `decisions`.

    In the first span all goes on as ever, in the second it is widened, after it restarted; then the same again.
    """

    def __init__(self, decisions: int) -> None:
        self._span = decisions
        self._since = 0
        self._restarts = 0

    def judged(self, *, accepted: bool) -> bool:
        """A proposal was judged; returns whether the search should begin anew now."""
        self._since = 0 if accepted else self._since + 1
        restart = self._since > 0 and self._since % (2 * self._span) == 0
        self._restarts += restart
        return restart

    @property
    def width(self) -> float:
        """By which factor steps are longer."""
        return WIDENED if (self._since // self._span) % 2 == 1 else 1.0

    @property
    def stagnation(self) -> Stagnation:
        """For people."""
        spans = self._since // self._span
        phase = "searching" if spans == 0 else "widened" if spans % 2 == 1 else "restarted"
        return Stagnation(self._since, phase, self._restarts)

    def state(self) -> dict[str, Any]:
        """As plain JSON."""
        return {"since": self._since, "restarts": self._restarts}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Become what `state` was taken of."""
        self._since, self._restarts = int(state["since"]), int(state["restarts"])
