"""Calls work as tasks of a Ray cluster: on one started here, or on machines that are there already."""

from __future__ import annotations

import hashlib
import importlib
import os
import shutil
import signal
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

import python_training
from python_training.contracts.errors import ConfigError, ExecutorError, PaddockError
from python_training.contracts.names import Names
from python_training.executors.base import Result, Task, checked_threads
from python_training.foreign_code import contained
from python_training.policy import Policy, in_force
from python_training.policy.addresses import host_port

MAX_RETRIES = 16
"""How often a task is done anew because the machine that did it went away."""

CONNECT_S = 10.0
"""Seconds that a machine has for answering at all."""

OBJECT_STORE_BYTES = 128 * 1024 * 1024
"""Shared memory of a cluster started here. A task and its results are some hundred kilobytes."""


class RayExecutor:
    """An Executor over Ray. Every machine of the cluster must have the same Paddock installed, which is checked.

    What a machine was doing when it died is done again elsewhere; since work is a pure function, nobody can tell.
    A process can be connected to one cluster only: where it is already, that one is used, and left alone at the end.
    Ray carries tasks by pickle, so the cluster must be one's own, as Ray itself demands.

    Args:
        address: "" starts a cluster on this machine, which ends with `close`; "auto" finds the one running here;
            "host:port" is a cluster that this machine belongs to; "ray://host:port" one that it does not belong to.
        threads: cores of a cluster that is started here.

    Raises:
        ExecutorError: Ray is not installed, or no cluster answers at `address`.
    """

    def __init__(self, address: str, threads: int) -> None:
        checked_threads(threads)
        self._ray = _imported()
        self._folder: str | None = None
        self._connected_here = not self._ray.is_initialized()
        if self._connected_here:
            self._connect(address, threads)
        self._work = self._ray.remote(num_cpus=1, max_retries=MAX_RETRIES)(_work_there)

    @property
    def cores(self) -> int:
        """All that the cluster has by now."""
        with self._losing_the_cluster():
            return int(self._ray.cluster_resources().get("CPU", 1))

    def run(self, work: Callable[[Task], Result], tasks: Sequence[Task]) -> list[Result]:
        """What `work` makes of each task, in their order. Ray shows its processes under the name of `work`."""
        target = f"{work.__module__}:{work.__qualname__}"
        with self._losing_the_cluster():
            named = self._work.options(name=work.__name__)
            results: list[Result] = self._ray.get([named.remote(target, task, fingerprint()) for task in tasks])
            return results

    def close(self) -> None:
        """Leave the cluster, and end it if it was started here; safe twice."""
        if self._connected_here:
            self._ray.shutdown()
            self._connected_here = False
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def _connect(self, address: str, threads: int) -> None:
        policy = in_force()
        policy.require(Names.ADDRESS, address, "ray_address")
        address = _pinned(address, policy)
        _check_answers(address)
        own: dict[str, Any] = {}
        if not address:
            self._folder = tempfile.mkdtemp(prefix="paddock-ray-")
            own = {"num_cpus": threads, "object_store_memory": OBJECT_STORE_BYTES, "_temp_dir": self._folder}
            own["include_dashboard"] = False
        try:
            with _kept_sigterm():
                self._ray.init(address=address or "local", configure_logging=False, log_to_driver=False, **own)
        except Exception as error:  # a node that starts too slowly is no more than an Exception to Ray
            self.close()
            raise _no_cluster(address, error) from error

    @contextmanager
    def _losing_the_cluster(self) -> Iterator[None]:
        """Errors of work as they were raised there, and those of Ray itself as ExecutorError."""
        errors = self._ray.exceptions
        try:
            yield
        except errors.RayTaskError as error:
            if isinstance(error.cause, PaddockError):
                raise error.cause from None
            raise
        except (errors.RayError, ConnectionError) as error:
            raise ExecutorError(f"ray_address: the Ray cluster was lost: {error}", field="ray_address") from error


def _no_cluster(address: str, error: Exception) -> ExecutorError:
    where = f"at '{address}'" if address else "could be started here"
    return ExecutorError(
        f"ray_address: no Ray cluster {where}: {error}",
        field="ray_address",
        hint="Start one with: ray start --head, or leave ray_address empty.",
    )


def _pinned(address: str, policy: Policy) -> str:
    """`address` with a number in place of the name that a policy has looked at, lest it come to mean another one.

    Raises:
        ConfigError: it is none; Ray would import what it takes for the name of a module before "://".
        ExecutorError: there is no such host, or the policy does not let its name lead there.
    """
    if address in ("", "auto"):
        return address
    found = host_port(address.removeprefix("ray://"))
    if found is None:
        raise ConfigError(
            f"ray_address: expected empty, auto, host:port or ray://host:port, got '{address}'.", field="ray_address"
        )
    if policy.unrestricted:
        return address
    try:
        number = policy.reached(*found)[0]
    except OSError as error:
        raise _no_cluster(address, error) from error
    shown = f"[{number}]" if ":" in number else number
    return f"{'ray://' if address.startswith('ray://') else ''}{shown}:{found[1]}"


def _check_answers(address: str) -> None:
    """Raise ExecutorError if nobody listens at a host:port: Ray itself would try for minutes."""
    found = host_port(address.removeprefix("ray://"))
    if found is None:
        return
    try:
        socket.create_connection(found, CONNECT_S).close()
    except OSError as error:
        raise _no_cluster(address, error) from error


def _work_there(target: str, task: Any, expected: str) -> Any:
    """What a machine of the cluster does."""
    if fingerprint() != expected:
        raise ExecutorError(
            f"ray_address: {os.uname().nodename} has another Paddock, NumPy or numba than this machine.",
            field="ray_address",
            hint="Install the same version on every machine of the cluster.",
        )
    module, _, name = target.partition(":")
    with contained("work in a Ray task"):  # Ray would do it again, as if the machine had died
        return getattr(importlib.import_module(module), name)(task)


@cache
def fingerprint() -> str:
    """Names what results depend on beside the task: the sources of Paddock, and the versions of what runs them."""
    sources = hashlib.sha256(f"{metadata.version('numpy')} {metadata.version('numba')}".encode())
    folder = Path(next(iter(python_training.__path__)))
    for path in sorted(folder.rglob("*.py")):
        sources.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return sources.hexdigest()


def _imported() -> Any:
    """The module ray, told to report to nobody."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    try:
        return importlib.import_module("ray")
    except ImportError as error:
        raise ExecutorError(
            "executor: 'ray' needs Ray, which is not installed.",
            field="executor",
            hint="make setup installs it.",
        ) from error


@contextmanager
def _kept_sigterm() -> Iterator[None]:
    """Ray puts a handler of its own in the place of the one by which a run stops and saves: put that one back."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    handler = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, handler)
