"""Hosts a world for watching: `python -m python_training.runtime.session SPEC.json`.

A light process of its own, so that watching takes nothing from training and a session that breaks breaks nothing else.
It speaks the control protocol on the short socket path of the spec's folder: watch {fps} streams ViewFrames; commands
(`session_commands`) are done with the session's status as result. A game leaves its recording in that folder.

Exit codes: 0 closed, terminated or idle; 1 failed; 3 the spec is invalid; 4 the run, checkpoint, world or player it
names is not there. What went wrong is the last line on stderr.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from python_training.contracts.errors import ConfigError, NoCheckpointError, PaddockError, UnknownNameError
from python_training.foreign_code import contained
from python_training.runtime.session_spec import read_spec
from python_training.runtime.threads import limit_threads

NICENESS = 5
"""Training goes first where both want the same core."""


def main(arguments: list[str]) -> int:
    """Host the session that the JSON file `arguments[0]` describes until it ends; returns the exit code."""
    if len(arguments) != 1:
        print("Usage: python -m python_training.runtime.session SPEC.json", file=sys.stderr)
        return 2
    limit_threads(1)  # one copy of a world needs one core
    os.nice(NICENESS)
    try:
        spec = read_spec(Path(arguments[0]))
        from python_training.environments.imports import look_in
        from python_training.runtime.session_loop import Session

        look_in(spec.world_folder)
        with contained("the session"):
            session = Session(spec)
    except PaddockError as error:
        print(error.message, file=sys.stderr)
        if isinstance(error, ConfigError):
            return 3
        return 4 if isinstance(error, UnknownNameError | NoCheckpointError) else 1
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: session.end("terminated"))
    try:
        with contained("the session"):
            print(f"Ended: {session.run()}.", file=sys.stderr)
    except PaddockError as error:
        print(error.message, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
