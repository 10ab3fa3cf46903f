"""What every executor does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from python_training.contracts.errors import ConfigError

Task = TypeVar("Task")
Result = TypeVar("Result")


class Executor(Protocol):
    """Has pure functions called on many cores. The results are the same whichever executor does it, on however many.

    One thread at a time may use an instance.
    """

    @property
    def cores(self) -> int:
        """How many tasks can be worked on at once, at the moment."""
        ...

    def run(self, work: Callable[[Task], Result], tasks: Sequence[Task]) -> list[Result]:
        """What `work` makes of each task, in the order of `tasks`.

        Args:
            work: a function at the top of its module, which machines elsewhere import by name. It may be called from
                several threads at once, and twice with one task where a machine died.
            tasks: plain data.

        Raises:
            PaddockError: what `work` raised.
            ExecutorError: the machines that should do the work cannot be reached.
        """
        ...

    def close(self) -> None:
        """Release threads, processes and connections; safe twice."""
        ...


def checked_threads(threads: int) -> int:
    """`threads`, if that many can work; raises ConfigError."""
    if threads < 1:
        raise ConfigError(f"threads must be at least 1, got {threads}.", field="threads")
    return threads
