"""How a game is shown: frames, the network in focus, and who flies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from python_training.contracts.errors import ConfigError
from python_training.contracts.view import ViewFrame
from python_training.runtime.game import Game
from python_training.runtime.seats import Cast, shown_seats


class GameView:
    """Looks at a game. Used from the session's thread."""

    def __init__(self, cast: Cast, game: Game) -> None:
        self._cast = cast
        self._game = game
        self._seats = shown_seats(cast)
        seats = range(len(cast.seats))
        self._focus = next((seat for seat in seats if game.network(seat) is not None), None)

    def frame(self, figures: Mapping[str, str | float | int]) -> ViewFrame:
        """The world as it stands, `figures` beside its own."""
        return self._game.frame(figures, self._focus)

    def focus_on(self, seat: int | None) -> None:
        """Choose whose activations are shown; raises ConfigError for a seat that no network flies."""
        if seat is not None:
            self.network(seat)
        self._focus = seat

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
            "tick": self._game.tick,
            "tick_s": self._game.tick_s,
            "focus": self._focus,
            "seats": [{**seat, "nudge": self._game.order(seat["seat"])} for seat in self._seats],
        }
