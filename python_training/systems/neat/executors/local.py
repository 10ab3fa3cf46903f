"""Flies work units on threads of this process: the kernels release the interpreter, so threads run side by side."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from python_training.contracts.errors import ConfigError
from python_training.systems.neat.bouts import Results, WorkUnit, fly
from python_training.systems.neat.executors.base import shares_of

LEAST_BOUTS = 128
"""Of a thread. What Python does in a tick takes some 40 microseconds for any number of bouts, and only one thread at a
time can do it; the kernels take 0.6 for each bout. Threads with fewer bouts would mostly wait for each other."""


class LocalExecutor:
    """An Executor of `threads` threads.

    Four are about as many as 500 bouts can make use of. A machine of many cores does more with `ray`, whose workers are
    processes.
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
