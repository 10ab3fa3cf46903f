"""Looking back in a game: which tick of the bout is shown, the newest one or one that was kept."""

from __future__ import annotations

from python_training.runtime.game import Game
from python_training.runtime.reel import Reel, State


class Lookback:
    """Goes back and forth in the past of a game, which itself stays where it is. Used from one thread."""

    def __init__(self, game: Game) -> None:
        self._game = game
        self._reel = Reel()
        self._tick: int | None = None

    def begin(self) -> None:
        """A bout has begun."""
        self._reel.clear()
        self._reel.add(0, self._game.state())
        self._tick = None

    def keep(self) -> None:
        """The game has gone on by a tick."""
        self._reel.add(self._game.tick, self._game.state())

    @property
    def tick(self) -> int:
        """The tick that is shown."""
        return self._game.tick if self._tick is None else self._tick

    @property
    def past(self) -> tuple[int, State] | None:
        """The state to show and its tick, None where the game is shown as it stands."""
        return None if self._tick is None else self._reel.at(self._tick)

    def seek(self, tick: int) -> None:
        """Show the state after `tick` ticks, or the nearest one before it that was kept."""
        self._tick = self._reel.at(tick)[0] if tick < self._game.tick else None

    def forward(self) -> bool:
        """Show what came next; whether there was a past to go on in."""
        if self._tick is None:
            return False
        self.seek(self._reel.after(self._tick))
        return True

    def leave(self) -> None:
        """Show the game as it stands."""
        self._tick = None
