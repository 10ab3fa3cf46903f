"""What carries work units to cores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from python_training.systems.neat.bouts import Results, WorkUnit


class Executor(Protocol):
    """Flies work units on many cores. The results are the same bits whichever executor flies them, on however many.

    One thread at a time may use an instance.
    """

    def run(self, units: Sequence[WorkUnit]) -> list[Results]:
        """The results of `units`, in their order.

        Raises:
            ConfigError: a unit's world cannot be opened, or its networks cannot fly it.
            ExecutorError: the machines that should do the work cannot be reached.
        """
        ...

    def close(self) -> None:
        """Release threads, processes and connections; safe twice."""
        ...


def shares_of(unit: WorkUnit, cores: int, least: int) -> list[WorkUnit]:
    """`unit` cut into at most `cores` shares of at least `least` bouts: a tick's fixed cost is paid once a share."""
    parts = max(1, min(cores, len(unit) // least))
    return [unit.share(part, parts) for part in range(parts)]
