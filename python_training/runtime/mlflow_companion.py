"""The worker's side of MLflow: starts the process that logs its run, journals what that reports, lets it go."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading

from python_training.contracts.errors import JournalError
from python_training.runtime.mlflow_settings import MLflowSettings
from python_training.runtime.report import Report
from python_training.runtime.run_folder import RunFolder

PATIENCE_S = 4.0
"""How long the end of a run waits for MLflow to have been told; the process goes on alone if that does not suffice."""


class MLflowCompanion:
    """Logs a run to MLflow from a process of its own, for as long as this one trains it.

    Args:
        settings: the tracking store.
        folder: the run, whose journal the process reads.
        report: told when the store cannot be reached, and when it can again.
    """

    def __init__(self, settings: MLflowSettings, folder: RunFolder, report: Report) -> None:
        self._report = report
        self._closing = False
        # In a session of its own, Ctrl+C in the terminal does not reach it: it must see the end of the run.
        self._process = subprocess.Popen(
            [sys.executable, "-m", "python_training.runtime.mlflow_follower", str(folder.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
            env={**os.environ, **settings.to_environment()},
        )
        self._listener = threading.Thread(target=self._listen, name="mlflow", daemon=True)
        self._listener.start()

    def close(self) -> None:
        """Have the rest told; return when that is done, or after some seconds. Safe twice."""
        self._closing = True
        assert self._process.stdin is not None  # noqa: S101  # for mypy: it is a pipe
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        self._listener.join(PATIENCE_S)

    def _listen(self) -> None:
        assert self._process.stdout is not None  # noqa: S101  # for mypy: it is a pipe
        with self._process.stdout as lines, contextlib.suppress(JournalError):  # the journal may be closed before
            for line in lines:
                told = json.loads(line)
                self._report(told["level"], told["code"], told["message"])
            code = self._process.wait()
            if not self._closing:
                self._report("warning", "mlflow_failed", f"What logs to MLflow has ended with exit code {code}.")
