"""The environment of child processes: the server's without its secrets, with as many threads as they may use."""

from __future__ import annotations

from collections.abc import Mapping

from python_training.runtime.threads import thread_variables

ALLOW_CODE, REFUSE_CODE = "PADDOCK_ALLOW_CODE", "PADDOCK_REFUSE_CODE"
"""Whether runs that are started through the server may name code and commands of their own (outside_code.py)."""

SECRETS = frozenset({"PADDOCK_TOKEN", "PADDOCK_TOKEN_FILE", "DATABASE_URL", "PADDOCK_DATABASE_URL"})


def worker_environment(environment: Mapping[str, str], *, threads: int) -> dict[str, str]:
    """`environment` for a process that may use `threads` cores.

    Libraries read these variables when they are imported, so they must be there from the start. What a child prints is
    not held back, and a crash in native code leaves a traceback in its log. Whoever may ask the server for a run is not
    thereby somebody who may run any command on its machine: that takes PADDOCK_ALLOW_CODE=1 in `environment`.
    """
    kept = {name: value for name, value in environment.items() if name not in SECRETS}
    return {
        **kept,
        **thread_variables(threads),
        "PYTHONUNBUFFERED": "1",
        "PYTHONFAULTHANDLER": "1",
        **({} if environment.get(ALLOW_CODE) == "1" else {REFUSE_CODE: "1"}),
    }
