"""Has work units flown on many cores: each is cut into shares, and its results are put together again."""

from __future__ import annotations

from collections.abc import Sequence

from python_training.contracts.errors import ConfigError
from python_training.executors import ExecutorName, open_executor
from python_training.executors.base import Executor
from python_training.systems.neat.bouts import Results, WorkUnit, fly

LEAST_BOUTS: dict[ExecutorName, int] = {"local": 64, "ray": 32}
"""Of a share. Opening a world takes Python one to two milliseconds, and so does a tick of one whose step is not
compiled into the flight 0.03; only one thread at a time can do either, and those with few bouts would mostly wait.
Eight threads are about as many as 500 bouts can make use of, two or three where the world's step is not compiled into
the flight (`contracts.compiled_step`). A machine of many cores does more with `ray`, whose workers are processes; a
task takes about a millisecond to get there and back."""


class BoutExecutor:
    """Flies work units on the cores of an executor, which it owns. The results are the same bits on any of them.

    One thread at a time may use an instance.
    """

    def __init__(self, executor: Executor, least_bouts: int) -> None:
        self._executor = executor
        self._least = least_bouts

    def run(self, units: Sequence[WorkUnit]) -> list[Results]:
        """The results of `units`, in their order.

        Raises:
            ConfigError: a unit's world cannot be opened, or its networks cannot fly it.
            ExecutorError: the machines that should do the work cannot be reached.
        """
        cores = self._executor.cores
        shares = [shares_of(unit, cores, self._least) for unit in units]
        flown = iter(self._executor.run(fly, [share for of_unit in shares for share in of_unit]))
        return [Results.of_shares([next(flown) for _ in of_unit]) for of_unit in shares]

    def close(self) -> None:
        """Release the executor; safe twice."""
        self._executor.close()


def open_bout_executor(name: ExecutorName, *, threads: int, ray_address: str = "") -> BoutExecutor:
    """A BoutExecutor on the executor called `name`; arguments and errors are those of `open_executor`."""
    if threads < 1:
        raise ConfigError(f"num_processes must be at least 1, got {threads}.", field="num_processes")
    return BoutExecutor(open_executor(name, threads=threads, ray_address=ray_address), LEAST_BOUTS[name])


def shares_of(unit: WorkUnit, cores: int, least: int) -> list[WorkUnit]:
    """`unit` cut into at most `cores` shares of at least `least` bouts: a tick's fixed cost is paid once a share."""
    parts = max(1, min(cores, len(unit) // least))
    return [unit.share(part, parts) for part in range(parts)]
