from __future__ import annotations

import threading

import pytest

from python_training.contracts.errors import ConfigError
from python_training.executors import open_executor


def _halved(number: int) -> int:
    if number % 2:
        raise ConfigError(f"number: expected an even one, got {number}.", field="number")
    return number // 2


def test_results_come_in_the_order_of_the_tasks() -> None:
    """Whoever finishes first, a result stands where its task stood."""
    gate = threading.Event()

    def waiting(number: int) -> int:
        if number == 0:
            assert gate.wait(10)
        else:
            gate.set()
        return number

    executor = open_executor("local", threads=2)
    assert executor.cores == 2
    assert executor.run(waiting, [0, 1, 2]) == [0, 1, 2]
    executor.close()


def test_an_error_reaches_the_caller_and_the_executor_lives_on() -> None:
    """What a task raises is raised where the work was asked for."""
    executor = open_executor("local", threads=2)
    with pytest.raises(ConfigError, match="even"):
        executor.run(_halved, [2, 3, 4])
    assert executor.run(_halved, [2, 4]) == [1, 2]
    executor.close()


def test_a_closed_executor_leaves_no_thread() -> None:
    """What was opened is gone, however often it is closed."""
    before = threading.active_count()
    executor = open_executor("local", threads=2)
    executor.run(_halved, [2, 4])
    executor.close()
    executor.close()
    assert threading.active_count() == before


def test_no_threads_are_refused() -> None:
    """The error names the field."""
    with pytest.raises(ConfigError) as refused:
        open_executor("local", threads=0)
    assert refused.value.field == "threads"
