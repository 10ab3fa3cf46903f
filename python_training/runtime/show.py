"""What a session can host: something that goes on tick by tick and can be looked at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from python_training.contracts.config import StrictModel
from python_training.contracts.view import ViewFrame


class Show(Protocol):
    """Belongs to the session's thread."""

    commands: Mapping[str, type[StrictModel]]
    """Its own commands by name, each with what its arguments must be."""

    @property
    def tick_s(self) -> float:
        """World seconds of one tick."""
        ...

    def advance(self) -> bool:
        """Go on by one tick; whether there is anything new to see."""
        ...

    def hurry(self, seconds: float) -> bool:
        """Do what was asked for and does not wait for the clock, for so long at most; whether there was any such."""
        ...

    def restart(self, seed: int | None) -> None:
        """Begin anew at `seed`, or at the seed that it is at."""
        ...

    def carry_out(self, name: str, args: Any) -> Mapping[str, Any] | None:
        """Carry out one of its own commands; returns an answer other than the status, None for the status.

        Raises:
            PaddockError: it cannot be done now.
        """
        ...

    def frame(self) -> ViewFrame:
        """What there is to see."""
        ...

    def status(self) -> Mapping[str, Any]:
        """How it stands."""
        ...

    def close(self) -> None:
        """End, and release everything."""
        ...
