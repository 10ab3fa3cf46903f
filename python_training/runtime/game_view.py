"""How a game is shown: frames, the network in focus, and who flies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from python_training.contracts.errors import ConfigError
from python_training.contracts.view import ViewFrame
from python_training.runtime.game import Game
from python_training.runtime.lookback import Lookback
from python_training.runtime.seats import Cast, shown_seats

MAX_INSPECTED = 3
"""Seats whose next decisions are explained at a time: that may take longer than the decisions themselves."""


class GameView:
    """Looks at a game, also at its past. Used from the session's thread.

    Attributes:
        lookback: which tick is shown.
    """

    def __init__(self, cast: Cast, game: Game) -> None:
        self._cast = cast
        self._game = game
        self.lookback = Lookback(game)
        self._inspected: list[int] = []
        self._seats = shown_seats(cast)
        seats = range(len(cast.seats))
        self._focus = next((seat for seat in seats if game.network(seat) is not None), None)

    def frame(self, figures: Mapping[str, str | float | int]) -> ViewFrame:
        """What is shown of the world, `figures` beside its own."""
        return self._game.frame(figures, focus=self._focus, inspected=self._inspected, past=self.lookback.past)

    def focus_on(self, seat: int | None) -> None:
        """Choose whose activations are shown; raises ConfigError for a seat that no network flies."""
        if seat is not None:
            self.network(seat)
        self._focus = seat

    def inspect(self, seat: int) -> None:
        """Have the next decision of `seat` explained, and of the few that were asked for last: several people may look.

        Raises:
            ConfigError: the game has no such seat.
        """
        if seat >= len(self._seats):
            raise ConfigError(f"seat: there are {len(self._seats)} seats, got {seat}.", field="seat")
        self._inspected = [seat, *(each for each in self._inspected if each != seat)][:MAX_INSPECTED]

    def network(self, seat: int) -> dict[str, Any]:
        """`{seat, nodes, links}` of the network in `seat`; raises ConfigError if none flies it."""
        network = self._game.network(seat)
        if network is None:
            raise ConfigError(f"seat: no network flies seat {seat}.", field="seat")
        return {"seat": seat, **network}

    def status(self) -> dict[str, Any]:
        """The game's part of a session's status."""
        return {
            "world": self._cast.world,
            "step": None,
            "seed": self._game.seed,
            "episode": self._game.episode,
            "tick": self.lookback.tick,
            "last": self._game.tick,
            "ended": self._game.ended,
            "tick_s": self._game.tick_s,
            "focus": self._focus,
            "inspected": self._inspected,
            "seats": [{**seat, "nudge": self._game.order(seat["seat"])} for seat in self._seats],
        }
