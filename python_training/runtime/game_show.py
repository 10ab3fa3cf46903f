"""A game as a session hosts it: persons steer and nudge, and everything they do is recorded."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from python_training.contracts.config import StrictModel
from python_training.contracts.errors import ConfigError
from python_training.contracts.nudges import Nudge
from python_training.contracts.view import ViewFrame
from python_training.runtime.game import Game
from python_training.runtime.game_view import GameView
from python_training.runtime.recording import InputEvent, Recorder
from python_training.runtime.seats import Cast, RunsAt
from python_training.runtime.session_commands import PLAYING, InputArguments

INTERMISSION_S = 2.0
"""World time for which the end of a bout can be looked at before the next one begins."""
SEEDS_END = 2**32


class GameShow:
    """Plays bout after bout, each at the next seed, and writes them to a recording when it is told to and at the end.

    A world that is not endless stops after a bout. One in which a person says where to go waits for the first word.

    Args:
        recording: the file.

    Raises:
        ConfigError, UnknownNameError, NoCheckpointError: the cast cannot play.
    """

    commands: Mapping[str, type[StrictModel]] = PLAYING

    def __init__(self, cast: Cast, runs: RunsAt | None, seed: int, recording: Path) -> None:
        self._game = Game(cast, runs)
        self._view = GameView(cast, self._game)
        self._recording = recording
        self._recorder = Recorder(cast, self._game.tick_s)
        self._rest = 0
        self._waits = False
        self._heard: dict[int, float] = {}
        self._begin(seed)

    @property
    def tick_s(self) -> float:
        """World seconds of one tick."""
        return self._game.tick_s

    def advance(self) -> bool:
        """Show one tick more: of the past, as long as somebody looks at that, else played; then the next bout."""
        if self._view.lookback.forward():
            return True
        if self._waits:
            return False
        if not self._game.ended:
            self._play()
            return True
        if not self._game.spec.endless:
            return False
        self._rest -= 1
        if self._rest > 0:
            return False
        self._leave()
        self._begin((self._game.seed + 1) % SEEDS_END)
        return True

    def hurry(self, seconds: float) -> bool:
        """Nothing: games go by the clock."""
        return False

    def restart(self, seed: int | None) -> None:
        """Leave this bout and begin one at `seed`, or the same one again."""
        self._leave()
        self._begin(self._game.seed if seed is None else seed)

    def carry_out(self, name: str, args: Any) -> Mapping[str, Any] | None:
        """Carry out input, nudge, record (write the recording now), or what is there to look on."""
        lookback = self._view.lookback
        match name:
            case "input":
                self._input(args)
            case "nudge":
                return self._nudge(args)
            case "record":
                self._save()
            case "seek":
                lookback.seek(args.tick)
            case "step":
                self._step(args.by)
            case "focus":
                self._view.focus_on(args.seat)
            case "inspect":
                self._view.inspect(args.seat)
            case "network":
                return self._view.network(args.seat)
        return None

    def frame(self) -> ViewFrame:
        """The world, with the activations of the pilot in focus."""
        return self._view.frame({})

    def status(self) -> Mapping[str, Any]:
        """Who flies, at which tick."""
        return {"kind": "game", **self._view.status(), "recorded_events": self._recorder.events, "replay": None}

    def close(self) -> None:
        """Write the recording, and release the world."""
        self._save()
        self._game.close()

    def _begin(self, seed: int) -> None:
        self._recorder.begin(seed, self._game.begin(seed))
        self._view.lookback.begin()
        self._waits = self._game.spec.hand == "direction" and bool(self._game.persons)

    def _play(self) -> None:
        if self._game.step():
            self._rest = round(INTERMISSION_S / self.tick_s)
        self._view.lookback.keep()

    def _step(self, by: int) -> None:
        """Go back in what was played, or on in it and then in the game; the first step is as good as a word."""
        lookback = self._view.lookback
        beyond = lookback.tick + by - self._game.tick
        lookback.seek(max(lookback.tick + by, 0))
        for _ in range(max(beyond, 0)):
            self._waits = False
            if not self._game.ended:
                self._play()

    def _leave(self) -> None:
        self._recorder.end(self._game.tick, self._game.digest())

    def _save(self) -> None:
        self._recorder.save(self._recording, self._game.tick, self._game.digest())

    def _input(self, args: InputArguments) -> None:
        persons = self._game.persons
        seat = args.seat if args.seat is not None else next(iter(persons), None)
        if seat is None or seat not in persons:
            raise ConfigError(f"seat: no person flies {'any seat' if seat is None else f'seat {seat}'}.", field="seat")
        if args.seq is not None:
            if args.seq < self._heard.get(seat, args.seq):
                return
            self._heard[seat] = args.seq
        self._view.lookback.leave()
        if self._game.ended:
            return
        if args.thrust or args.turn or args.fire:
            self._waits = False
        event = InputEvent(tick=self._game.tick, seat=seat, thrust=args.thrust, turn=args.turn, fire=float(args.fire))
        self._game.apply(event)
        self._recorder.add(event)

    def _nudge(self, nudge: Nudge) -> Mapping[str, Any]:
        self._view.lookback.leave()
        event = self._game.resolve(nudge)
        self._game.apply(event)
        self._recorder.add(event)
        first = next(iter(event.orders.values()), None)
        return {**self.status(), "nudge": {"kind": nudge.kind, **(first or {}), "seats": list(event.orders)}}
