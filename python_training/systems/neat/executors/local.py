"""Flies work units on threads of this process: the kernels release the interpreter, so threads run side by side."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from python_training.contracts.errors import ConfigError
from python_training.systems.neat.bouts import Results, WorkUnit, fly
from python_training.systems.neat.executors.base import shares_of


class LocalExecutor:
    """An Executor of `threads` threads."""

    def __init__(self, threads: int) -> None:
        if threads < 1:
            raise ConfigError(f"num_processes must be at least 1, got {threads}.", field="num_processes")
        self._threads = threads
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="bouts")

    def run(self, units: Sequence[WorkUnit]) -> list[Results]:
        """The results of `units`, in their order."""
        flown = [[self._pool.submit(fly, share) for share in shares_of(unit, self._threads)] for unit in units]
        return [Results.of_shares([share.result() for share in shares]) for shares in flown]

    def close(self) -> None:
        """End the threads; safe twice."""
        self._pool.shutdown(cancel_futures=True)
