"""Worker processes: in a session of their own, so that they outlive the server, with a log that stays bounded."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path
from typing import BinaryIO

from backend.workers.environment import worker_environment
from python_training.contracts.errors import RunDamagedError
from python_training.policy import UNRESTRICTED, Policy
from python_training.runtime.event_lines import OWN_LINE
from python_training.runtime.plain_file import open_plain_file
from python_training.runtime.run_folder import RunFolder

LOG_CAP_BYTES = 16 * 2**20
"""A log larger than this is set aside when a worker starts; the one set aside before is dropped."""

MAX_WORDS = 300
_TAIL = 4096

CRASHED = 1
"""Exit code of a worker whose trainer raised an error, which another life may be spared."""
CANNOT_BEGIN = 3
"""Exit code of a worker whose config, checkpoint or lock does not allow the run to begin."""


def spawn_worker(folder: RunFolder, python: str, policy: Policy) -> subprocess.Popen[bytes]:
    """Start a worker for the run.

    A run from the network is held to `policy`; one that was started at a terminal may go on naming what it names.

    Raises:
        RunDamagedError: its run.json cannot be read, or its worker.log is no file.
        OSError: the machine has no room for a process.
    """
    spec = folder.spec()
    held = UNRESTRICTED if spec.admitted is None else policy.admitting(spec.admitted)
    _cap_log(folder.log_path)
    with _open_log(folder.log_path) as output:
        return subprocess.Popen(
            [python, "-m", "python_training.runtime", str(folder.path)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=worker_environment(os.environ, threads=spec.threads, policy=held),
        )


def cause_of_death(exit_code: int | None, log_path: Path) -> str:
    """Why a worker died, for people: its exit code (None: it was not our child) and the last line that it printed."""
    words = _last_line(log_path)
    if exit_code is None:
        return "its process is gone"
    if exit_code < 0:
        try:
            name = signal.Signals(-exit_code).name
        except ValueError:
            name = f"signal {-exit_code}"
        return f"killed by {name}"
    return words or f"exit code {exit_code}"


def _open_log(path: Path) -> BinaryIO:
    try:
        return os.fdopen(open_plain_file(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND), "ab")
    except OSError as error:
        raise RunDamagedError(f"{path.name} cannot be written: {error.strerror}.") from error


def _last_line(path: Path) -> str:
    try:
        with os.fdopen(open_plain_file(path), "rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL))
            text = file.read().decode(errors="replace").strip()
            lines = [line for line in text.splitlines() if line.strip() and not OWN_LINE.match(line)]
    except OSError:
        return ""
    return lines[-1].strip()[:MAX_WORDS] if lines else ""


def _cap_log(path: Path) -> None:
    if path.is_file() and path.stat().st_size > LOG_CAP_BYTES:
        path.replace(path.with_name(f"{path.name}.1"))
