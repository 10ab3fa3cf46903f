"""A recorded game, flown again."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from python_training.contracts.config import StrictModel
from python_training.contracts.errors import ConfigError
from python_training.contracts.view import ViewFrame
from python_training.runtime.game import Game
from python_training.runtime.game_view import GameView
from python_training.runtime.recording import Recording
from python_training.runtime.seats import RunsAt
from python_training.runtime.session_commands import LOOKING


class ReplayShow:
    """Plays the bouts of a recording in order, each from its seed with its events, and stands still after the last.

    Nothing is taken from the recording but what persons did: everything else is computed again, and the hash of the
    world's state at the end of each bout tells whether it came out the same.

    Raises:
        ConfigError, UnknownNameError, NoCheckpointError: it cannot be played here.
    """

    commands: Mapping[str, type[StrictModel]] = LOOKING

    def __init__(self, recording: Recording, runs: RunsAt | None) -> None:
        self._bouts = recording.bouts
        self._game = Game(recording.cast, runs)
        if abs(self._game.tick_s - recording.tick_s) > 1e-9:
            raise ConfigError(
                f"tick_s: this world's ticks take {self._game.tick_s:g} s, the recording's {recording.tick_s:g}.",
                field="tick_s",
            )
        self._view = GameView(recording.cast, self._game)
        self._exact: bool | None = None
        """Whether all bouts that were played through came out as recorded."""
        self._target: int | None = None
        """The tick that somebody wants to see and that has not been played yet."""
        self._start(0)

    @property
    def tick_s(self) -> float:
        """World seconds of one tick."""
        return self._game.tick_s

    def advance(self) -> bool:
        """Show one tick more, of the past or played now, or begin the next bout."""
        if self._target is not None:
            return False
        if self._view.lookback.forward():
            return True
        if self._game.tick < self._bouts[self._number].ticks:
            self._play()
            return True
        if self._number + 1 == len(self._bouts):
            return False
        self._start(self._number + 1)
        return True

    def hurry(self, seconds: float) -> bool:
        """Play on to what somebody wants to see."""
        if self._target is None:
            return False
        until = time.monotonic() + seconds
        while self._game.tick < self._target and time.monotonic() < until:
            self._play()
        if self._game.tick >= self._target:
            self._target = None
        return True

    def restart(self, seed: int | None) -> None:
        """Play all from the first bout on; raises ConfigError for a seed: a recording has its own."""
        if seed is not None:
            raise ConfigError("seed: a replay keeps to the seeds of its recording.", field="seed")
        self._exact = None
        self._start(0)

    def carry_out(self, name: str, args: Any) -> Mapping[str, Any] | None:
        """Carry out seek, step, focus, inspect or network."""
        match name:
            case "seek":
                self._seek(self._number if args.bout is None else args.bout, args.tick)
            case "step":
                self._seek(self._number, max(self._view.lookback.tick + args.by, 0))
            case "focus":
                self._view.focus_on(args.seat)
            case "inspect":
                self._view.inspect(args.seat)
            case "network":
                return self._view.network(args.seat)
        return None

    def frame(self) -> ViewFrame:
        """The world, with the activations of the pilot in focus."""
        return self._view.frame({"Replay": f"bout {self._number + 1} of {len(self._bouts)}{self._verdict()}"})

    def status(self) -> Mapping[str, Any]:
        """How far it is."""
        bout = self._bouts[self._number]
        replay = {
            "bout": self._number,
            "bouts": len(self._bouts),
            "tick": self._view.lookback.tick,
            "ticks": bout.ticks,
            "exact": self._exact,
        }
        return {"kind": "replay", **self._view.status(), "replay": replay}

    def close(self) -> None:
        """Release the world."""
        self._game.close()

    def _start(self, number: int) -> None:
        self._number, self._next, self._target = number, 0, None
        bout = self._bouts[number]
        self._game.begin(bout.seed, bout.policies)
        self._view.lookback.begin()

    def _seek(self, number: int, tick: int) -> None:
        """Show a tick: at once if it was played already, else `hurry` plays up to it."""
        if number >= len(self._bouts):
            raise ConfigError(f"bout: the recording has {len(self._bouts)}, got {number}.", field="bout")
        if number != self._number:
            self._start(number)
        wanted = min(tick, self._bouts[number].ticks)
        self._view.lookback.seek(wanted)
        self._target = wanted if wanted > self._game.tick else None

    def _play(self) -> None:
        bout = self._bouts[self._number]
        self._let_events_happen()
        self._game.step()
        self._view.lookback.keep()
        if self._game.tick == bout.ticks:
            same = self._game.digest() == bout.state_sha256
            self._exact = same if self._exact is None else self._exact and same

    def _let_events_happen(self) -> None:
        events = self._bouts[self._number].events
        while self._next < len(events) and events[self._next].tick <= self._game.tick:
            self._game.apply(events[self._next])
            self._next += 1

    def _verdict(self) -> str:
        return "" if self._exact is None else ", exact so far" if self._exact else ", differs from the recording"
