"""How busy processors and processes are, from the times that the system counts.

psutil's own percentages begin at 0, in every thread and for every process anew, and are those since the last call,
however long ago: neither the first look at a machine nor the first after a night would tell how it is now.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import psutil

FIRST_SPAN_S = 0.25
"""How long is measured where nobody has looked lately."""
FRESH_S = 0.2
"""Who looks sooner after another gets the same figures: a shorter span holds too few of the system's ticks."""
STALE_S = 10.0
"""What was counted longer ago says nothing about now."""


@dataclass(frozen=True, slots=True)
class _Counted:
    """Seconds of processor time: of the whole machine, how many of them it was busy, and of each process."""

    at: float
    total: float
    busy: float
    processes: Mapping[tuple[int, float], float]
    """By pid and start: a pid may be another process's by now."""


class CpuMeter:
    """Percentages between two `take`s.

    Attributes:
        machine: of all cores together, 0 to 100.
        processes: by pid, of one core: 200 means two cores. A process that is new is told over its whole life.
    """

    def __init__(self) -> None:
        self.machine = 0.0
        self.processes: Mapping[int, float] = {}
        self._last: _Counted | None = None

    def is_stale(self) -> bool:
        """Whether the next `take` has nothing recent to compare with."""
        return self._last is None or time.monotonic() - self._last.at > STALE_S

    def take(self, pids: Iterable[int]) -> None:
        """Count anew, and compare with the last time; processes that have ended are left out."""
        now, last = _count(pids), self._last
        known = last.processes if last else {}
        if last and now.at - last.at < FRESH_S and now.processes.keys() <= known.keys():
            return
        self._last = now
        if last is None or now.total <= last.total:
            return
        self.machine = 100.0 * min(1.0, max(0.0, now.busy - last.busy) / (now.total - last.total))
        found = {}
        for (pid, started), spent in now.processes.items():
            before = known.get((pid, started))
            span = max(time.time() - started, 1e-3) if before is None else now.at - last.at
            found[pid] = 100.0 * max(0.0, spent - (before or 0.0)) / span
        self.processes = found


def _count(pids: Iterable[int]) -> _Counted:
    times = psutil.cpu_times()
    # The kernel counts a guest's time as its user's, too.
    total = sum(times) - getattr(times, "guest", 0.0) - getattr(times, "guest_nice", 0.0)
    idle = times.idle + getattr(times, "iowait", 0.0)
    processes = {}
    for pid in pids:
        try:
            process = psutil.Process(pid)
            spent = process.cpu_times()
            processes[pid, process.create_time()] = spent.user + spent.system
        except psutil.Error:
            continue  # it has ended just now
    return _Counted(time.monotonic(), total, total - idle, processes)
