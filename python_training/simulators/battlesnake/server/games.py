"""What the server remembers of games: a bounded number, none for long, nothing that a move depends on.

A move is a function of its request alone. What is kept is for the log, and to learn what the way to the game costs.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from python_training.simulators.battlesnake.move_request import MoveRequest
from python_training.simulators.battlesnake.server.decisions import Effort

MAX_GAMES: Final = 1_000
IDLE_S: Final = 600.0
"""A game of which nothing is heard for so long is forgotten."""

GameKey = tuple[str, str, str]
"""Path of the served snake, id of the game, id of the snake in it: a snake may play on several seats."""


@dataclass(slots=True)
class GameRecord:
    """One snake's game so far.

    Attributes:
        seen: when it was heard of last, by the loop's clock.
        turn: of the last move, -1 before the first.
        moves, reduced, late: how many moves, and how many of them had less than the full effort.
        taken_ms: what the last answer took here.
        slowest_ms: what the slowest one took.
    """

    seen: float
    turn: int = -1
    moves: int = 0
    reduced: int = 0
    late: int = 0
    taken_ms: float = 0.0
    slowest_ms: float = 0.0

    def way_ms(self, request: MoveRequest) -> float:
        """What the last answer took on its way, by the game's own clock; 0 where that is not known."""
        told = request.latency_ms
        if told is None or request.turn != self.turn + 1 or told >= request.timeout_ms:
            return 0.0
        return max(0.0, told - self.taken_ms)

    def answered(self, request: MoveRequest, effort: Effort, taken_ms: float) -> None:
        """Note a move."""
        self.turn, self.taken_ms = request.turn, taken_ms
        self.moves += 1
        self.reduced += effort == "reduced"
        self.late += effort == "late"
        self.slowest_ms = max(self.slowest_ms, taken_ms)


class GameLog:
    """Records of the games that go on, those heard of last at the end."""

    def __init__(self, *, max_games: int = MAX_GAMES, idle_s: float = IDLE_S) -> None:
        self._records: OrderedDict[GameKey, GameRecord] = OrderedDict()
        self._max_games = max_games
        self._idle_s = idle_s

    def __len__(self) -> int:
        return len(self._records)

    def record(self, key: GameKey, now: float) -> GameRecord:
        """The record of a game that is heard of now, a new one where there is none."""
        record = self._records.setdefault(key, GameRecord(now))
        record.seen = now
        self._records.move_to_end(key)
        self._forget(now)
        return record

    def end(self, key: GameKey) -> GameRecord | None:
        """Forget a game; returns what was known of it."""
        return self._records.pop(key, None)

    def active(self, now: float, within_s: float) -> int:
        """How many snakes were asked for a move in the last `within_s` seconds."""
        count = 0
        for record in reversed(self._records.values()):
            if now - record.seen > within_s:
                break
            count += 1
        return count

    def _forget(self, now: float) -> None:
        while len(self._records) > self._max_games or now - next(iter(self._records.values())).seen > self._idle_s:
            self._records.popitem(last=False)
