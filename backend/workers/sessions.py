"""Session processes: each hosts one world for watching, next to training and not in its way."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from backend.workers.environment import worker_environment
from backend.workers.recordings import Recordings
from python_training.policy import NOTHING_ALLOWED, Policy
from python_training.runtime.control import ControlClient, socket_path
from python_training.runtime.control_stream import ControlLine, FrameStream
from python_training.runtime.session_spec import RECORDING, SessionSpec

FOLDER = ".sessions"
"""Below logs_dir; the dot keeps it from being taken for a run."""

MAX_MESSAGE = 300


class SessionProcess:
    """One session that this server started."""

    def __init__(self, spec: SessionSpec, process: subprocess.Popen[bytes], recordings: Recordings) -> None:
        self.spec = spec
        self._process = process
        self._recordings = recordings
        self._folder = Path(spec.folder)
        self._line = ControlLine(socket_path(self._folder))

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """Its exit code, None while it runs."""
        return self._process.poll()

    @property
    def is_listening(self) -> bool:
        """Whether it has opened its control socket."""
        return socket_path(self._folder).exists()

    def control(self, timeout: float = 2.0) -> ControlClient:
        """A client for its control socket."""
        return ControlClient(socket_path(self._folder), timeout)

    def tell(self, name: str, args: Mapping[str, Any]) -> None:
        """Give a command that nobody waits for; what is told so arrives in order."""
        self._line.tell(name, args)

    def stream(self, fps: float, stills: str) -> FrameStream:
        """Its pictures, for one watcher."""
        return FrameStream(socket_path(self._folder), fps, stills)

    @property
    def recording(self) -> Path:
        """Where it writes its recording, if it is a game."""
        return self._folder / RECORDING

    def last_words(self) -> str:
        """The last line that it printed."""
        try:
            lines = (self._folder / "session.log").read_text(errors="replace").strip().splitlines()
        except OSError:
            return ""
        return lines[-1][:MAX_MESSAGE] if lines else ""

    def terminate(self) -> None:
        """Ask it to end, also one that is stopped (SIGSTOP); without effect if it has."""
        self._process.send_signal(signal.SIGTERM)
        self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """End it at once, with all that it started: its process group is its own."""
        if self._process.poll() is None:
            with contextlib.suppress(OSError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def clean_up(self) -> None:
        """Remove its folder, after it has ended, but for its recording."""
        self._line.close()
        self._recordings.keep(self.spec.id, self._folder)
        shutil.rmtree(self._folder, ignore_errors=True)
        with contextlib.suppress(OSError):
            socket_path(self._folder).unlink()


class SessionProcesses:
    """Starts sessions below `logs_dir` and ends them with the server. Not thread-safe: its owner locks."""

    def __init__(
        self,
        logs_dir: Path,
        policy: Policy = NOTHING_ALLOWED,
        *,
        python: str = sys.executable,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._policy = policy
        self._root = logs_dir / FOLDER
        self.recordings = Recordings(logs_dir)
        self._python = python
        self._sleep = sleep

    def folder(self, session_id: str) -> Path:
        """Where a session of that id lives."""
        return self._root / session_id

    def spawn(
        self,
        spec: SessionSpec,
        files: Mapping[str, str] | None = None,
        admitted: Sequence[tuple[str, str]] = (),
    ) -> SessionProcess:
        """Start a session with `files` in its folder; it can be watched once it `is_listening`.

        Its spec may name what the policy allows, and the (kind, value) pairs `admitted`.
        """
        folder = Path(spec.folder)
        try:
            process = self._start(folder, spec, files or {}, admitted)
        except OSError:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return SessionProcess(spec, process, self.recordings)

    def _start(
        self, folder: Path, spec: SessionSpec, files: Mapping[str, str], admitted: Sequence[tuple[str, str]]
    ) -> subprocess.Popen[bytes]:
        folder.mkdir(parents=True)
        for name, content in files.items():
            (folder / name).write_text(content)
        path = folder / "spec.json"
        path.write_text(json.dumps(spec.model_dump(mode="json")))
        with (folder / "session.log").open("wb") as output:
            return subprocess.Popen(
                [self._python, "-m", "python_training.runtime.session", str(path)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env=worker_environment(os.environ, threads=1, policy=self._policy.admitting(admitted)),
            )

    def end(self, sessions: list[SessionProcess], patience_s: float = 3.0) -> None:
        """End these sessions, by force after `patience_s`, and remove their folders."""
        for session in sessions:
            session.terminate()
        deadline = time.monotonic() + patience_s
        for session in sessions:
            while session.exit_code is None and time.monotonic() < deadline:
                self._sleep(0.02)
            if session.exit_code is None:
                session.kill()
                while session.exit_code is None:
                    self._sleep(0.02)
            session.clean_up()
