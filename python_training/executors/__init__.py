"""What carries work to cores: `local` to the threads of this process, `ray` to the machines of a Ray cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from python_training.executors.base import Executor

ExecutorName = Literal["local", "ray"]


def open_executor(name: ExecutorName, *, threads: int, ray_address: str = "") -> Executor:
    """The executor called `name`.

    Args:
        name: "local" or "ray".
        threads: cores of this machine that it may use; machines of an existing Ray cluster use what they have.
        ray_address: see RayExecutor.

    Raises:
        ConfigError: `threads` is less than 1, or `ray_address` is none.
        ExecutorError: Ray is not installed, or no cluster answers.
    """
    if name == "ray":
        from python_training.executors.ray import RayExecutor

        return RayExecutor(ray_address, threads)
    from python_training.executors.local import LocalExecutor

    return LocalExecutor(threads)
