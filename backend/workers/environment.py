"""The environment of child processes: the server's without its secrets, with as many threads as they may use."""

from __future__ import annotations

from collections.abc import Mapping

SECRETS = frozenset({"PADDOCK_TOKEN", "DATABASE_URL", "PADDOCK_DATABASE_URL"})

THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
)


def worker_environment(environment: Mapping[str, str], *, threads: int) -> dict[str, str]:
    """`environment` for a process that may use `threads` cores.

    Libraries read these variables when they are imported, so they must be there from the start. What a child prints is
    not held back, and a crash in native code leaves a traceback in its log.
    """
    kept = {name: value for name, value in environment.items() if name not in SECRETS}
    return {
        **kept,
        **dict.fromkeys(THREAD_VARIABLES, str(threads)),
        "PYTHONUNBUFFERED": "1",
        "PYTHONFAULTHANDLER": "1",
    }
