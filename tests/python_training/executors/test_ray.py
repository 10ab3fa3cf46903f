from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from python_training.contracts.errors import ConfigError, ExecutorError
from python_training.executors import open_executor
from python_training.executors import ray as ray_executor

os.environ["RAY_USAGE_STATS_ENABLED"] = "0"  # what tests start reports to nobody, either


def test_machine_with_another_paddock_is_refused() -> None:
    """Sources that differ could give other results, so no work is done at all."""
    with pytest.raises(ExecutorError, match="another Paddock"):
        ray_executor._work_there("math:sqrt", 4.0, "the digest of other sources")


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
    assert "make setup" in str(refused.value.hint)


def test_a_cluster_that_starts_too_slowly_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ray says so with a bare Exception; whoever asked can go on without, and no folder is left."""
    import ray

    def timed_out(**settings: object) -> None:
        folders.append(str(settings["_temp_dir"]))
        raise Exception("The current node timed out during startup.")  # as Ray 2.60 does

    folders: list[str] = []
    monkeypatch.setattr(ray, "init", timed_out)
    with pytest.raises(ExecutorError, match="could be started here: The current node timed out"):
        open_executor("ray", threads=1)
    assert [Path(folder).exists() for folder in folders] == [False]
