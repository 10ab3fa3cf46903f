"""`paddock train --forever`: looks after a run from outside, in a process that nothing of the run can bring down.

Each life of the run is a child that is told to go on with it. So a death of any kind is followed by another life, and
so is a reboot, if the same command is typed again (deploy/paddock-tuner.service).
"""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from types import FrameType

from backend.cli.exits import ExitCode
from backend.workers.status_tail import StatusTail
from backend.workers.supervisor import RestartPolicy
from python_training.contracts.status import RunStatus
from python_training.runtime.run_folder import RunFolder

_DIED = (int(ExitCode.FAILURE),)
"""Exit codes that another life may mend; a signal's, which are negative, are among them, too."""


class Forever:
    """Lives of one run, one after the other. However often it dies, it is not given up: only the waits grow.

    A fault that the run itself calls permanent ends it: the same numbers would bring the next life to it, too.

    Args:
        folder: the run, which nobody else trains. Its config is the one that it began with, whatever becomes of the
            files that it was read from.
        options: of `paddock train`, for every life.
        policy: how long to wait after a death without progress since the last.
    """

    def __init__(self, folder: RunFolder, options: tuple[str, ...] = (), policy: RestartPolicy | None = None) -> None:
        self._folder = folder
        self._command = [sys.executable, "-m", "backend.cli.life", "train", "--resume", folder.id, *options]
        self._policy = policy or RestartPolicy()
        self._stopped = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None

    def run(self) -> int:
        """Live until the run is finished or stopped; returns the exit code of the last life.

        SIGTERM and SIGHUP are passed on; Ctrl+C reaches the child by itself, which is in the same terminal.
        """
        before = {
            number: signal.signal(number, self._stop) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        }
        try:
            return self._live()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _live(self) -> int:
        deaths, reached = 0, self._newest_step()
        while True:
            self._child = subprocess.Popen(self._command)
            if self._stopped.is_set():  # told while there was nobody to pass it on to
                self._child.terminate()
            code = self._child.wait()
            if self._stopped.is_set() or (code >= 0 and code not in _DIED):
                return code if code >= 0 else int(ExitCode.INTERRUPTED)
            if self._would_fail_again():
                return code
            step = self._newest_step()
            deaths = 1 if step > reached else deaths + 1
            reached = step
            cause = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
            delay = self._policy.delay_s(deaths)
            stamp = time.strftime("%Y-%m-%d %H:%M:%S")
            told = f"{stamp}: it died ({cause}) and goes on from its checkpoint in {delay:g} s."
            if deaths > 1:
                told += f" It is death {deaths} without a new checkpoint."
            print(told, file=sys.stderr)
            if self._stopped.wait(delay):
                return int(ExitCode.OK)

    def _would_fail_again(self) -> bool:
        """Whether the run has said of its fault that it is permanent: numbers that are not finite, for one."""
        tail = StatusTail(self._folder.path)
        tail.poll()
        return tail.status is RunStatus.FAILED and bool(tail.data.get("permanent"))

    def _newest_step(self) -> int:
        """The step of the run's newest checkpoint, -1 if there is none: what tells progress."""
        found = self._folder.checkpoints().list()
        return found[-1].step if found else -1

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._stopped.set()
        if number != signal.SIGINT and self._child is not None and self._child.poll() is None:
            self._child.terminate()
