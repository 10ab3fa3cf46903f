from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from backend.cli import main
from python_training.runtime.run_folder import RunFolder, list_runs

PATIENCE_S = 60.0


@dataclass(frozen=True)
class Answer:
    """What a command said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The one JSON object on stdout."""
        found: dict[str, Any] = json.loads(self.out)
        return found


@dataclass(frozen=True)
class Terminal:
    """A shell in an empty root folder: `run` in this process, `start` in one of its own."""

    root: Path
    capture: pytest.CaptureFixture[str]
    environment: dict[str, str]
    processes: list[subprocess.Popen[str]] = field(default_factory=list)

    def run(self, *arguments: str) -> Answer:
        """What `paddock ARGUMENTS` answers."""
        self.capture.readouterr()
        code = main(arguments)
        said = self.capture.readouterr()
        return Answer(code, said.out, said.err)

    def start(
        self, *arguments: str, stdout: int = subprocess.PIPE, stderr: int = subprocess.PIPE
    ) -> subprocess.Popen[str]:
        """`paddock ARGUMENTS` as a process."""
        process = subprocess.Popen(
            [sys.executable, "-c", "import sys; from backend.cli import main; sys.exit(main())", *arguments],
            stdout=stdout,
            stderr=stderr,
            text=True,
            env=self.environment,
        )
        self.processes.append(process)
        return process

    def runs(self) -> list[RunFolder]:
        """All runs, the newest last."""
        return list_runs(self.root / "logs", self.root / "checkpoints")

    @staticmethod
    def wait_for(what: Callable[[], Any]) -> Any:
        """Poll until `what` returns something true, and return that."""
        deadline = time.monotonic() + PATIENCE_S
        while not (found := what()):
            assert time.monotonic() < deadline, "waited for too long"
            time.sleep(0.02)
        return found

    def finished_run(self, *settings: str) -> RunFolder:
        """A scripted run of twenty steps that has finished, or what `settings` say."""
        options = [part for each in ("total_steps=20", *settings) for part in ("--set", each)]
        assert self.run("train", "scripted", *options, "--json").code == 0
        return self.runs()[-1]


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Iterator[Terminal]:
    """A shell whose settings point to an empty folder, and to a port where no server listens."""
    for name in [name for name in os.environ if name.startswith("PADDOCK_") or name == "DATABASE_URL"]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PADDOCK_ROOT", str(tmp_path))
    monkeypatch.setenv("PADDOCK_PORT", "9")
    monkeypatch.chdir(tmp_path)
    made = Terminal(tmp_path, capfd, dict(os.environ))
    yield made
    for process in made.processes:
        process.kill()
        process.communicate()


@pytest.fixture
def endless(terminal: Terminal) -> tuple[subprocess.Popen[str], RunFolder]:
    """`paddock train` in a process of its own, at a run that would go on for hours and has made its first steps."""
    process = terminal.start("train", "scripted", "--set", "total_steps=1000000", "--set", "seconds_per_step=0.01")
    from backend.cli.run_state import state_of

    def training() -> RunFolder | None:
        assert process.poll() is None, process.communicate()
        return next((run for run in terminal.runs() if run.worker_alive() and state_of(run).step > 0), None)

    return process, terminal.wait_for(training)
