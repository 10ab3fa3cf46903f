"""Flies work units on threads of this process: the kernels release the interpreter, so threads run side by side."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from python_training.contracts.errors import ConfigError
from python_training.systems.neat.bouts import Results, WorkUnit, fly
from python_training.systems.neat.executors.base import shares_of

LEAST_BOUTS = 64
"""Of a thread. Opening a world takes Python one to two milliseconds, and so does a tick of one whose step is not
compiled into the flight 0.03; only one thread at a time can do either. Threads with fewer bouts would mostly wait."""


class LocalExecutor:
    """An Executor of `threads` threads.

    Eight are about as many as 500 bouts can make use of, two or three where the world's step is not compiled into the
    flight (`contracts.compiled_step`). A machine of many cores does more with `ray`, whose workers are processes.
    """

    def __init__(self, threads: int) -> None:
        if threads < 1:
            raise ConfigError(f"num_processes must be at least 1, got {threads}.", field="num_processes")
        self._threads = threads
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="bouts")

    def run(self, units: Sequence[WorkUnit]) -> list[Results]:
        """The results of `units`, in their order."""
        flown = [
            [self._pool.submit(fly, share) for share in shares_of(unit, self._threads, LEAST_BOUTS)] for unit in units
        ]
        return [Results.of_shares([share.result() for share in shares]) for shares in flown]

    def close(self) -> None:
        """End the threads; safe twice."""
        self._pool.shutdown(cancel_futures=True)
