"""`paddock train --forever`: looks after a run from outside, in a process that nothing of the run can bring down.

Each life of the run is a child that is told to go on with the run of its config, or to begin it. So a death of any kind
is followed by another life, and so is a reboot, if the same command is typed again (deploy/paddock-tuner.service).
"""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from types import FrameType

from backend.cli.exits import ExitCode
from backend.workers.supervisor import RestartPolicy

FOREVER, CONTINUE = "--forever", "--continue"
_DIED = (int(ExitCode.FAILURE),)
"""Exit codes that another life may mend; a signal's, which are negative, are among them, too."""


class Forever:
    """Lives of one command, one after the other.

    Args:
        arguments: of `paddock`, without --forever.
        newest_step: the step of the run's newest checkpoint, -1 if there is none: what tells progress.
        policy: how long to wait after a death, and how many without progress are the end.
    """

    def __init__(
        self, arguments: Sequence[str], newest_step: Callable[[], int], policy: RestartPolicy | None = None
    ) -> None:
        self._command = [sys.executable, "-c", "import sys; from backend.cli import main; sys.exit(main())", *arguments]
        self._newest_step = newest_step
        self._policy = policy or RestartPolicy()
        self._stopped = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None

    def run(self) -> int:
        """Live until the run is finished or stopped, or dies too often; returns the exit code of the last life.

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
            step = self._newest_step()
            deaths = 1 if step > reached else deaths + 1
            reached = step
            cause = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
            if deaths >= self._policy.give_up_after:
                print(f"It died {deaths} times without a new checkpoint, the last time by {cause}.", file=sys.stderr)
                return int(ExitCode.FAILURE)
            delay = self._policy.delay_s(deaths)
            stamp = time.strftime("%Y-%m-%d %H:%M:%S")
            print(f"{stamp}: it died ({cause}) and goes on from its checkpoint in {delay:g} s.", file=sys.stderr)
            if self._stopped.wait(delay):
                return int(ExitCode.OK)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._stopped.set()
        if number != signal.SIGINT and self._child is not None and self._child.poll() is None:
            self._child.terminate()


def arguments_of_a_life(arguments: Sequence[str]) -> list[str]:
    """What a child is told: all that was typed, but to continue in place of living for ever."""
    return [CONTINUE if word == FOREVER else word for word in arguments]
