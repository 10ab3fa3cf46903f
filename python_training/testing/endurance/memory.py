"""How much memory a process and those below it hold, sampled while they run."""

from __future__ import annotations

import contextlib
import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import psutil

EVERY_S = 0.5
LIFE = "backend.cli.life"
"""What the command line of a process that trains has in it."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Resident bytes at a moment: of the process that looks after the run, the one that trains, and all together."""

    t: float
    life: int
    parent_bytes: int
    life_bytes: int
    tree_bytes: int


@dataclass(frozen=True, slots=True)
class Thirds:
    """MiB in the first and in the last third of a span of time, by their medians; `seconds` is how long it was."""

    first: float
    last: float
    seconds: float


class MemoryWatch:
    """Samples from a thread of its own.

    Args:
        parent: gives the pid of the process that looks after the run, None while there is none.
    """

    def __init__(self, parent: Callable[[], int | None]) -> None:
        self.samples: list[Sample] = []
        self.pids: set[tuple[int, float]] = set()
        """Every process that was seen, with the time at which it began."""
        self._parent = parent
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="memory", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Stop sampling."""
        self._ended.set()
        self._thread.join()

    def life(self, pid: int, warm_up_s: float) -> Thirds | None:
        """Of the process that trained under `pid`, after so many seconds of its life; None if it was too short."""
        return _thirds([(each.t, each.life_bytes) for each in self._of_life(pid, warm_up_s)])

    def tree(self, pid: int, warm_up_s: float) -> Thirds | None:
        """Of that process and all others of the run at that time."""
        return _thirds([(each.t, each.tree_bytes) for each in self._of_life(pid, warm_up_s)])

    def parent(self) -> Thirds | None:
        """Of the processes that looked after the run, over all the time."""
        return _thirds([(each.t, each.parent_bytes) for each in self.samples])

    def _of_life(self, pid: int, warm_up_s: float) -> list[Sample]:
        samples = [each for each in self.samples if each.life == pid]
        return [each for each in samples if each.t > samples[0].t + warm_up_s]

    def _watch(self) -> None:
        while not self._ended.wait(EVERY_S):
            pid = self._parent()
            if pid is None:
                continue
            with contextlib.suppress(psutil.Error):
                parent = psutil.Process(pid)
                below = parent.children(recursive=True)
                self.pids |= {(each.pid, each.create_time()) for each in [parent, *below]}
                life = next((each for each in below if LIFE in each.cmdline()), None)
                if life is not None:
                    held = {each.pid: each.memory_info().rss for each in [parent, *below]}
                    sample = Sample(time.monotonic(), life.pid, held[parent.pid], held[life.pid], sum(held.values()))
                    self.samples.append(sample)


def _thirds(samples: list[tuple[float, int]]) -> Thirds | None:
    if len(samples) < 9:
        return None
    third = len(samples) // 3
    first, last = ([held / 2**20 for _, held in part] for part in (samples[:third], samples[-third:]))
    return Thirds(
        round(statistics.median(first), 1), round(statistics.median(last), 1), round(samples[-1][0] - samples[0][0])
    )
