from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import psutil
import pytest

from python_training.contracts.errors import ConfigError, ExecutorError
from python_training.systems.neat.bouts import Results, WorkUnit, fly, population_unit
from python_training.systems.neat.executors import open_executor
from python_training.systems.neat.executors import ray as ray_executor

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
    return any("_fly_there" in "".join(child.cmdline()) for child in psutil.Process(raylet.process.pid).children())


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
        closing(open_executor("ray", threads=1, ray_address=cluster.address)) as executor,
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
    executor = open_executor("ray", threads=2)
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


def test_machine_with_another_paddock_is_refused(generation: list[WorkUnit]) -> None:
    """Sources that differ could fly differently, so bouts are not flown at all."""
    with pytest.raises(ExecutorError, match="another Paddock"):
        ray_executor._fly_there(generation[0], "the digest of other sources")


@pytest.mark.parametrize("address", ["127.0.0.1:1", "ray://127.0.0.1:1"])
def test_address_where_no_cluster_answers_is_told(address: str) -> None:
    """The error names the field and says what to do, at once."""
    with pytest.raises(ExecutorError) as refused:
        open_executor("ray", threads=1, ray_address=address)
    assert refused.value.field == "ray_address"
    assert "ray start --head" in str(refused.value.hint)


@pytest.mark.parametrize("address", ["ray://somewhere", "127.0.0.1:x", "127.0.0.1:70000", "local"])
def test_address_that_is_none_is_told(address: str) -> None:
    """The error says what an address looks like."""
    with pytest.raises(ConfigError, match="host:port") as refused:
        open_executor("ray", threads=1, ray_address=address)
    assert refused.value.field == "ray_address"


def test_ray_that_is_not_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the extra that brings it."""
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ExecutorError, match="not installed") as refused:
        open_executor("ray", threads=1)
    assert "paddock[cluster]" in str(refused.value.hint)
