from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import psutil
import pytest

from python_training.contracts.errors import ConfigError
from python_training.systems.neat.bout_executor import open_bout_executor
from python_training.systems.neat.bouts import Results, WorkUnit, fly, population_unit

os.environ["RAY_USAGE_STATS_ENABLED"] = "0"  # what tests start reports to nobody, either
PATIENCE_S = 120.0
FLIGHT = {"sim_duration": 30.0}


def bits(results: Results) -> list[bytes]:
    """Everything in `results`, to the bit."""
    return [values.tobytes() for values in (results.returns, results.ticks, *results.figures.values())]


def wait_for(what: Callable[[], Any]) -> None:
    """Poll until `what` returns something true."""
    deadline = time.monotonic() + PATIENCE_S
    while not what():
        assert time.monotonic() < deadline, "waited for too long"
        time.sleep(0.02)


def flies(node: Any) -> bool:
    """Whether a process of this node is flying bouts: Ray names processes after what they do."""
    (raylet,) = node.all_processes["raylet"]
    return any("ray::fly" in "".join(child.cmdline()) for child in psutil.Process(raylet.process.pid).children())


@pytest.fixture
def generation(random_pack: Any) -> list[WorkUnit]:
    """Enough bouts to keep two cores busy for some seconds."""
    pack = random_pack(50, 23, 3)
    return [population_unit("arena", FLIGHT, pack, 50, range(10 * unit, 10 * unit + 10)) for unit in range(40)]


@pytest.fixture
def cluster() -> Iterator[Any]:
    """A Ray cluster of two nodes on this machine, a core each; the head is the first."""
    from ray.cluster_utils import Cluster

    made = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    made.add_node(num_cpus=1)
    made.wait_for_nodes()
    yield made
    made.shutdown()


def test_generation_completes_though_a_node_is_killed(cluster: Any, generation: list[WorkUnit]) -> None:
    """SIGKILL to one of two nodes amid a generation: its bouts are flown again, and the results are the same bits."""
    import ray

    (doomed,) = cluster.worker_nodes
    with (
        closing(open_bout_executor("ray", threads=1, ray_address=cluster.address)) as executor,
        ThreadPoolExecutor(1) as aside,
    ):
        executor.run(generation[:1])  # both nodes have imported what they need
        flown = aside.submit(executor.run, generation)
        wait_for(lambda: flies(doomed))
        assert not flown.done()
        cluster.remove_node(doomed, allow_graceful=False)
        results = flown.result(PATIENCE_S)
        wait_for(lambda: [node["Alive"] for node in ray.nodes()].count(True) == 1)
    assert [bits(each) for each in results] == [bits(fly(unit)) for unit in generation]


def test_cluster_of_ones_own_ends_with_the_executor(generation: list[WorkUnit]) -> None:
    """An empty address starts Ray here; results are those of threads; afterwards no process and no handler is left."""
    handler = signal.getsignal(signal.SIGTERM)
    children = set(psutil.Process().children(recursive=True))
    executor = open_bout_executor("ray", threads=2)
    assert signal.getsignal(signal.SIGTERM) is handler
    started = set(psutil.Process().children(recursive=True)) - children
    try:
        (results,) = executor.run(generation[:1])
        with pytest.raises(ConfigError, match="sim_dt"):
            executor.run([population_unit("arena", {"sim_dt": -1}, generation[0].pack, 2, [1])])
    finally:
        executor.close()
        executor.close()
    assert bits(results) == bits(fly(generation[0]))
    assert started
    assert psutil.wait_procs(started, timeout=PATIENCE_S)[1] == []
