"""`python -m backend.server`: the web process. It patches first and imports afterwards."""

from __future__ import annotations

import os
import sys
import warnings

from backend.server import become_server, report
from python_training.contracts.errors import PaddockError
from python_training.runtime.output import show_foreign_text

ASYNC_MODE = "PADDOCK_ASYNC_MODE"


def patch() -> None:
    """Make the standard library cooperative."""
    with warnings.catch_warnings():
        # It announces at every import that it is only maintained now. Whoever minds sets async_mode to threading.
        warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
        import eventlet
    eventlet.monkey_patch()


def main() -> int:
    """Serve in the mode that the environment names; if it names none, find out which one is set and start over."""
    show_foreign_text()
    mode = os.environ.get(ASYNC_MODE)
    if not mode:
        from backend.settings import load_settings

        try:
            mode = load_settings().async_mode
        except PaddockError as error:
            return report(error)
        become_server(sys.argv[1:], {ASYNC_MODE: mode})
    if mode == "eventlet":
        patch()
    from backend.server.run import main as run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
