"""Calls work on threads of this process: compiled kernels release the interpreter, so threads run side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from python_training.executors.base import Result, Task, checked_threads
from python_training.foreign_code import contained


class LocalExecutor:
    """An Executor of `threads` threads. Work that is mostly Python gains nothing from more than one."""

    def __init__(self, threads: int) -> None:
        self._threads = checked_threads(threads)
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="work")

    @property
    def cores(self) -> int:
        """The threads."""
        return self._threads

    def run(self, work: Callable[[Task], Result], tasks: Sequence[Task]) -> list[Result]:
        """What `work` makes of each task, in their order."""
        pending = [self._pool.submit(contained("work on a thread")(work), task) for task in tasks]
        try:
            return [each.result() for each in pending]
        finally:
            for each in pending:  # of no use any more, where one has failed
                each.cancel()

    def close(self) -> None:
        """End the threads; safe twice."""
        self._pool.shutdown(cancel_futures=True)
