"""A run that `paddock train tuner --forever` looks after, as processes that can be found and harmed."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import psutil

from python_training.runtime.run_folder import RunFolder, list_runs
from python_training.testing.endurance.memory import LIFE

ADVISER = "python_training.systems.tuner.adviser.worker"


class LookedAfter:
    """The command, typed once and, if it is killed itself, once more.

    Args:
        root: folder of logs and checkpoints.
        options: of `paddock train tuner`.
        said: file that gets what the command prints.
    """

    def __init__(self, root: Path, options: list[str], said: Path) -> None:
        self.root = root
        self._options = options
        self._said = said
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self.typed = 0

    def type(self, mode: str = "--forever") -> subprocess.Popen[bytes]:
        """Type the command, with --forever or --continue."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("PADDOCK_", "GIT_"))}
        environment |= {"PADDOCK_ROOT": str(self.root), "PADDOCK_PORT": "9"}
        script = "import sys; from backend.cli import main; sys.exit(main())"
        with self._said.open("ab") as said:
            process = subprocess.Popen(
                [sys.executable, "-c", script, "train", "tuner", mode, *self._options],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )
        with self._lock:
            self._process, self.typed = process, self.typed + 1
        return process

    @property
    def pid(self) -> int | None:
        """Of the process that looks after the run."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def runs(self) -> list[RunFolder]:
        """All runs there are; it should be one."""
        return list_runs(self.root / "logs", self.root / "checkpoints")

    def life(self) -> psutil.Process | None:
        """The process that trains."""
        return next(iter(self._below(LIFE)), None)

    def advisers(self) -> list[psutil.Process]:
        """The adviser's processes."""
        return self._below(ADVISER)

    def gits(self) -> list[psutil.Process]:
        """Commands of git under way."""
        return [each for each in self._below("git") if _name(each) == "git"]

    def kill(self) -> None:
        """SIGKILL to the process that looks after the run, and to no other."""
        process = self._process
        if process is not None and process.poll() is None:
            process.kill()
            process.wait()

    def kill_all(self) -> None:
        """SIGKILL to all processes of the run at once, as a machine out of memory does, or a service manager."""
        doomed = self._below("")
        self.kill()
        for each in doomed:
            with contextlib.suppress(psutil.Error):
                each.kill()

    def stop(self, patience_s: float) -> int:
        """SIGTERM; returns the exit code."""
        process = self._process
        if process is None:
            raise RuntimeError("The command has not been typed yet.")
        process.send_signal(signal.SIGTERM)
        return process.wait(patience_s)

    def _below(self, word: str) -> list[psutil.Process]:
        pid = self.pid
        try:
            below = psutil.Process(pid).children(recursive=True) if pid is not None else []
        except psutil.Error:
            return []
        return [each for each in below if word in _command(each)]


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


def _name(process: psutil.Process) -> str:
    try:
        return process.name()
    except psutil.Error:
        return ""
