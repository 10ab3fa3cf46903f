from __future__ import annotations

import threading
from typing import Any

import pytest

from python_training.contracts.errors import ConfigError
from python_training.systems.neat.bout_executor import open_bout_executor, shares_of
from python_training.systems.neat.bouts import Results, fly, population_unit


def bits(results: Results) -> list[bytes]:
    """Everything in `results`, to the bit."""
    return [values.tobytes() for values in (results.returns, results.ticks, *results.figures.values())]


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_results_do_not_depend_on_the_number_of_threads(random_pack: Any, threads: int) -> None:
    """Several units of several shares come back in their order, the same bits as flown in one go."""
    pack = random_pack(20, 23, 3)
    units = [population_unit("arena", {"sim_duration": 1.0}, pack, 20, seeds) for seeds in (range(20), [4], [5, 6])]
    executor = open_bout_executor("local", threads=threads)
    flown = executor.run(units)
    executor.close()
    executor.close()
    assert [bits(results) for results in flown] == [bits(fly(unit)) for unit in units]


def test_fault_in_a_thread_reaches_the_caller_and_the_executor_lives_on(random_pack: Any) -> None:
    """A world that refuses its settings is told as if it had been opened here."""
    pack, executor = random_pack(2, 23, 3), open_bout_executor("local", threads=2)
    with pytest.raises(ConfigError, match="sim_dt"):
        executor.run([population_unit("arena", {"sim_dt": -1}, pack, 2, [1])])
    assert len(executor.run([population_unit("arena", {"sim_duration": 1.0}, pack, 2, [1])])[0].ticks) == 2
    executor.close()


def test_closed_executor_leaves_no_thread() -> None:
    """What was opened is gone."""
    before = threading.active_count()
    executor = open_bout_executor("local", threads=2)
    executor.run([])
    executor.close()
    assert threading.active_count() == before


def test_shares_are_as_many_as_cores_but_not_tiny(random_pack: Any) -> None:
    """Few bouts are not cut into crumbs, and every bout is in one share."""
    pack = random_pack(2, 23, 3)
    unit = population_unit("arena", {}, pack, 2, range(10))
    assert [len(share) for share in shares_of(unit, 8, 6)] == [7, 7, 6]
    assert [len(share) for share in shares_of(unit, 2, 6)] == [10, 10]
    assert [len(share) for share in shares_of(unit, 8, 21)] == [20]
    shares = shares_of(unit, 3, 1)
    assert sorted(seed for share in shares for seed in share.seeds.tolist()) == sorted(unit.seeds.tolist())


def test_no_threads_are_refused() -> None:
    """The error names the field."""
    with pytest.raises(ConfigError) as refused:
        open_bout_executor("local", threads=0)
    assert refused.value.field == "num_processes"
