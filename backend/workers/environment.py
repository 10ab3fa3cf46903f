"""The environment of child processes: the server's without its secrets, with as many threads as they may use."""

from __future__ import annotations

from collections.abc import Mapping

from python_training.policy import ENVIRONMENT, Policy
from python_training.runtime.threads import thread_variables

SECRETS = frozenset({"PADDOCK_TOKEN", "PADDOCK_TOKEN_FILE", "DATABASE_URL", "PADDOCK_DATABASE_URL"})


def worker_environment(environment: Mapping[str, str], *, threads: int, policy: Policy) -> dict[str, str]:
    """`environment` for a process that may use `threads` cores.

    Libraries read these variables when they are imported, so they must be there from the start. What a child prints is
    not held back, and a crash in native code leaves a traceback in its log. What its config names is held to `policy`.
    """
    kept = {name: value for name, value in environment.items() if name not in SECRETS}
    return {
        **kept,
        **thread_variables(threads),
        "PYTHONUNBUFFERED": "1",
        "PYTHONFAULTHANDLER": "1",
        ENVIRONMENT: "" if policy.unrestricted else policy.to_json(),
    }
