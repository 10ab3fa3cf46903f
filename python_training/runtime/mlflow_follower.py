"""A process that logs one run to MLflow: `python -m python_training.runtime.mlflow_follower RUN_DIR`.

It is a process of its own so that MLflow can neither slow a run down nor stop nor change it: its retries, for example,
draw from Python's global generator, which a trainer may draw from, too. It reads the journal and lives until its
standard input is closed, which happens when the worker that started it ends, however that ends; it then tells the rest
and ends. What it has to report about the run's health it prints, one JSON object `{level, code, message}` a line.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import json
import os
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from python_training.contracts.errors import PaddockError, RunLockedError
from python_training.runtime.mlflow_log import MLflowLog
from python_training.runtime.mlflow_settings import MLflowSettings, hide_credentials
from python_training.runtime.output import complain
from python_training.runtime.run_folder import RunFolder

INTERVAL_S = 1.0
"""How long to wait between two looks at the journal."""
LONGEST_WAIT_S = 60.0
"""A store that fails is tried again after 1, 2, 4, ... seconds, at most this many."""
FINAL_TRIES = 3
NICENESS = 10
LOCK = "mlflow.lock"

QUIET = {
    # Nothing is told to anybody but the store that was asked for.
    "MLFLOW_DISABLE_TELEMETRY": "true",
    # We try again ourselves; a call that waits for minutes would only keep this process from ending.
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "20",
}
"""MLflow's own settings, where the environment has no others."""


class Follower:
    """Keeps one MLflow run up to date, through failures of the store."""

    def __init__(self, settings: MLflowSettings, folder: RunFolder, report: Callable[[str, str, str], None]) -> None:
        self._settings = settings
        self._folder = folder
        self._report = report
        self._log: MLflowLog | None = None
        self._next = 0.0
        self.failures = 0

    def look(self, *, now: bool = False) -> None:
        """Tell MLflow what is new, unless it has failed just before; `now` tries in any case."""
        if not now and time.monotonic() < self._next:
            return
        try:
            if self._log is None:
                self._log = MLflowLog.open(self._settings, self._folder)
            self._log.catch_up()
        except Exception as error:  # MLflow raises what its database, HTTP and storage libraries raise
            self._failed(error)
        else:
            if self.failures > 1:
                self._report("info", "recovered", "MLflow can be reached again; it has been told what it missed.")
            self.failures = 0

    def close(self) -> None:
        """Let go of the journal."""
        if self._log is not None:
            self._log.close()
            self._log = None

    def _failed(self, error: Exception) -> None:
        self.close()
        self.failures += 1
        reason = _reason(error, self._settings)
        complain(reason)
        if self.failures == 2:  # two runs that set a new store up at once get into each other's way once
            self._report("warning", "mlflow_failed", f"MLflow at {self._settings.shown} cannot be told: {reason}")
        self._next = time.monotonic() + min(INTERVAL_S * 2 ** (self.failures - 1), LONGEST_WAIT_S)


def log_once(settings: MLflowSettings, folder: RunFolder) -> int:
    """Bring MLflow up to date with a run that nobody logs at the moment; returns the number of events read.

    Raises:
        RunLockedError: the process that follows its worker does that already.
        PaddockError: MLflow cannot be told.
    """
    quieten()
    with only_one(folder, wait=False):
        try:
            with contextlib.closing(MLflowLog.open(settings, folder)) as log:
                return log.catch_up()
        except Exception as error:  # see Follower.look
            raise PaddockError(f"MLflow at {settings.shown} cannot be told: {_reason(error, settings)}") from error


def quieten() -> None:
    """Set what MLflow reads from the environment when it is imported."""
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)


@contextlib.contextmanager
def only_one(folder: RunFolder, *, wait: bool = True) -> Iterator[None]:
    """Be the only one who logs this run to MLflow; the follower of an earlier worker may still be at it.

    Raises:
        RunLockedError: somebody else does, and one should not `wait`.
    """
    fd = os.open(folder.path / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield
    except BlockingIOError:
        raise RunLockedError(f"{folder.id} is being logged to MLflow already, while it trains.") from None
    finally:
        os.close(fd)


def main() -> int:
    """Follow the run named on the command line until standard input is closed."""
    parser = argparse.ArgumentParser(prog="python -m python_training.runtime.mlflow_follower")
    parser.add_argument("run_dir", type=Path, help="the run's folder, logs/<run>")
    folder = RunFolder.at(parser.parse_args().run_dir)
    settings = MLflowSettings.from_environment()
    if settings is None:
        complain("No tracking store is set.")
        return 2
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(NICENESS)
    quieten()
    worker = os.dup(1)
    os.dup2(2, 1)  # whatever MLflow and its libraries print goes to the log

    def report(level: str, code: str, message: str) -> None:
        with contextlib.suppress(OSError):  # the worker may be gone
            os.write(worker, json.dumps({"level": level, "code": code, "message": message}).encode() + b"\n")

    with only_one(folder), contextlib.closing(Follower(settings, folder, report)) as follower:
        while not select.select([0], [], [], INTERVAL_S)[0]:
            follower.look()
        for _ in range(FINAL_TRIES):
            follower.look(now=True)
            if not follower.failures:
                return 0
            time.sleep(INTERVAL_S)
    return 1


def _reason(error: Exception, settings: MLflowSettings) -> str:
    first = str(error).strip().split("\n")[0][:300]
    return hide_credentials(f"{type(error).__name__}: {first}", settings.tracking_uri)


if __name__ == "__main__":
    sys.exit(main())
