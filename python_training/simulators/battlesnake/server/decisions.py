"""Moves in time: an answer is at hand at once, and becomes a better one while the game's patience lasts.

What is known to be over in no time is decided on the spot. Otherwise the last rung of a snake is, and a rung above it
is tried in a worker thread, where kernels hold no lock. Which one depends on how long it took before, on the work that
waits, and on how many snakes share the cores. Whatever that guess is worth, the answer at hand is given at the
deadline.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, Literal

from python_training.simulators.battlesnake.move_request import MoveRequest
from python_training.simulators.battlesnake.players.choice import choose
from python_training.simulators.battlesnake.players.players import Player
from python_training.simulators.battlesnake.server.pace import Pace
from python_training.simulators.battlesnake.server.snakes import ServedSnake

Effort = Literal["full", "reduced", "late"]
_Kind = tuple[str, int, int, int]
_CAUTION: Final = 0.7
"""Share of a snake's part of the cores that may be planned for; the rest is for reading, writing and other programs."""
_OUTLIER: Final = 4.0
"""A single decision may take so many times the mean and must still be in time."""
_ON_THE_SPOT_S: Final = 0.0005
"""Handing over to a thread and back costs more than deciding what takes no longer than this."""
_WORKER_NICENESS: Final = 5


@dataclass(frozen=True, slots=True)
class Decision:
    """A move and how it came about.

    Attributes:
        move: up, down, left or right.
        effort: full as configured; reduced because there was no time for more; late where the deadline cut it short.
    """

    move: str
    effort: Effort


class Decisions:
    """Decides for all served snakes; belongs to one event loop."""

    def __init__(self, workers: int | None = None) -> None:
        self._workers = workers or os.cpu_count() or 1
        self._pool = ThreadPoolExecutor(self._workers, "moves", initializer=_step_back)
        self._pace = Pace()
        self._backlog = 0.0
        """Seconds of work handed to the workers and not done yet, as expected."""

    async def decide(self, snake: ServedSnake, request: MoveRequest, deadline: float, sharing: int) -> Decision:
        """The best move to be had by `deadline` (of the loop's clock) where `sharing` snakes think at a time."""
        loop = asyncio.get_running_loop()
        kind = _kind(snake, request)
        if 0.0 < self._pace.expected(kind, 0) <= min(_ON_THE_SPOT_S, deadline - loop.time()):
            move, seconds = _timed(snake.rungs[0], request)
            self._pace.observe(kind, 0, seconds)
            return Decision(move, "full")
        at_hand = choose(snake.rungs[-1], request)
        rung = self._affordable(snake, kind, deadline - loop.time(), sharing)
        if rung == len(snake.rungs) - 1:
            return Decision(at_hand, "full" if rung == 0 else "reduced")
        expected = self._pace.expected(kind, rung)
        self._backlog += expected
        work = asyncio.wrap_future(self._pool.submit(_timed, snake.rungs[rung], request))
        try:
            async with asyncio.timeout_at(deadline):
                move, seconds = await work
        except TimeoutError:
            # What has not begun is cancelled with the waiting; what runs ends by itself, its effort is bounded.
            self._pace.observe(kind, rung, max(2 * expected, 0.001))
            return Decision(at_hand, "late")
        finally:
            self._backlog -= expected
        self._pace.observe(kind, rung, seconds)
        return Decision(move, "full" if rung == 0 else "reduced")

    def expected_s(self, snake: ServedSnake, request: MoveRequest) -> float:
        """Seconds that the whole effort takes for such a request, 0 where that is not known."""
        return self._pace.expected(_kind(snake, request), 0)

    def _affordable(self, snake: ServedSnake, kind: _Kind, left: float, sharing: int) -> int:
        """The greatest effort that should be done in time, and leaves the others theirs."""
        share = left * self._workers / max(sharing, self._workers)
        alone = (left - self._backlog / self._workers) / _OUTLIER
        for rung in range(len(snake.rungs) - 1):
            if self._pace.expected(kind, rung) <= min(_CAUTION * share, alone):
                return rung
        return len(snake.rungs) - 1

    def close(self) -> None:
        """End the workers after what they are doing."""
        self._pool.shutdown(wait=True, cancel_futures=True)


def _kind(snake: ServedSnake, request: MoveRequest) -> _Kind:
    """Which decisions take about the same time."""
    return snake.path, request.board.width, request.board.height, len(request.board.snakes)


def _timed(player: Player, request: MoveRequest) -> tuple[str, float]:
    began = time.perf_counter()
    return choose(player, request), time.perf_counter() - began


def _step_back() -> None:
    """Let the thread that answers requests go before the ones that think. Only Linux has a niceness for each thread."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _WORKER_NICENESS)
