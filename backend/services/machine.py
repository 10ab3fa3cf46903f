"""How the machine is doing: load, memory, disk, and what each worker takes of them."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

import psutil

from backend.domain.run import Run
from backend.services.alerts import Alert, alerts
from backend.services.cpu_meter import FIRST_SPAN_S, CpuMeter
from backend.store.base import RunFilter, RunStore
from python_training.contracts.errors import CommandRefusedError, PaddockError
from python_training.contracts.status import WITH_WORKER
from python_training.runtime.run_folder import RunFolder

PACKAGES = ("paddock", "flask", "flask-socketio", "eventlet", "sqlalchemy", "tensorflow-cpu", "tf-agents", "numba")


@dataclass(frozen=True, slots=True)
class WorkerLoad:
    """What one worker takes.

    Attributes:
        cpu_percent: of one core, over the last seconds; 200 means two cores.
        rss: bytes of memory that it alone fills.
    """

    run: str
    pid: int
    cpu_percent: float
    rss: int


@dataclass(frozen=True, slots=True)
class MachineLoad:
    """The whole machine; sizes in bytes, `disk` is the one that holds the logs."""

    cpu_percent: float
    cores: int
    memory_used: int
    memory_total: int
    disk_free: int
    disk_total: int
    versions: Mapping[str, str]
    supervisor: bool
    workers: Sequence[WorkerLoad]
    alerts: Sequence[Alert]

    def to_dict(self) -> dict[str, Any]:
        """The load as the JSON object that REST shows."""
        return {
            "cpu_percent": self.cpu_percent,
            "cores": self.cores,
            "memory": {"used": self.memory_used, "total": self.memory_total},
            "disk": {"free": self.disk_free, "total": self.disk_total},
            "versions": dict(self.versions),
            "supervisor": self.supervisor,
            "workers": [
                {"run": each.run, "pid": each.pid, "cpu_percent": each.cpu_percent, "rss": each.rss}
                for each in self.workers
            ],
            "alerts": [alert.to_dict() for alert in self.alerts],
        }


class Machine:
    """Measures load. Safe to use from several threads or greenlets: whoever looks shares the newest measurement.

    Args:
        holds_lease: whether this server supervises the runs.
        sleep: what yields to other greenlets.
    """

    def __init__(
        self,
        store: RunStore,
        logs_dir: Path,
        holds_lease: Callable[[], bool],
        *,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._store = store
        self._logs_dir = logs_dir
        self._holds_lease = holds_lease
        self._sleep = sleep
        self._meter = CpuMeter()

    def look(self) -> MachineLoad:
        """The load now, and what somebody should look at."""
        runs, _ = self._store.find(RunFilter(status=sorted(WITH_WORKER)))
        pids = [run.pid for run in runs if run.pid is not None]
        if self._meter.is_stale():
            self._meter.take(pids)
            self._sleep(FIRST_SPAN_S)
        self._meter.take(pids)
        memory = psutil.virtual_memory()
        disk = psutil.disk_usage(str(self._logs_dir if self._logs_dir.is_dir() else Path.cwd()))
        return MachineLoad(
            cpu_percent=self._meter.machine,
            cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else psutil.cpu_count() or 1,
            memory_used=memory.total - memory.available,
            memory_total=memory.total,
            disk_free=disk.free,
            disk_total=disk.total,
            versions=_versions(),
            supervisor=self._holds_lease(),
            workers=self._workers(runs),
            alerts=tuple(alerts(runs, disk.free, self._answers)),
        )

    def _answers(self, run: Run) -> bool:
        """Whether the run's worker reacts at all; a refusal is an answer, too."""
        try:
            RunFolder(self._logs_dir, self._logs_dir, run.id).control(timeout=1.0).request("ping")
        except CommandRefusedError:
            return True
        except PaddockError:
            return False
        return True

    def _workers(self, runs: Sequence[Run]) -> list[WorkerLoad]:
        found = []
        for run in runs:
            if run.pid is None or run.pid not in self._meter.processes:
                continue
            try:
                rss = psutil.Process(run.pid).memory_info().rss
            except psutil.Error:
                continue  # it has ended just now
            found.append(WorkerLoad(run.id, run.pid, self._meter.processes[run.pid], rss))
        return found


@cache
def _versions() -> Mapping[str, str]:
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found
