"""Runs a program that may misbehave: for a bounded time, with a bounded output, and with nothing left of it behind."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from python_training.contracts.errors import PaddockError

_CHUNK = 65_536
_SHOWN = 400
"""Characters of what a failed program printed that its error shows."""
_SECRETS = frozenset({"PADDOCK_TOKEN", "DATABASE_URL", "PADDOCK_DATABASE_URL"})


class ProgramError(PaddockError):
    """A program could not be started, failed, took too long or printed too much."""

    code = "program"


def run_bounded(
    argv: Sequence[str],
    *,
    stdin: bytes = b"",
    timeout_s: float,
    max_output: int,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> str:
    """What the program `argv` prints on stdout; it is started directly, never through a shell.

    It gets a session of its own; when it has ended, one way or another, all processes in there are killed.

    Args:
        argv: program and arguments.
        stdin: what it is given to read.
        timeout_s: seconds after which it is killed.
        max_output: bytes of stdout and of stderr beyond which it is killed.
        folder: where it runs; by default here.
        environment: variables beside those of this process, less its secrets.

    Raises:
        ProgramError: it did not end well; the error holds the end of what it printed.
    """
    inherited = {name: value for name, value in os.environ.items() if name not in _SECRETS}
    # A file, for nobody need wait until the program has read it.
    with tempfile.TemporaryFile() as told:
        told.write(stdin)
        told.seek(0)
        try:
            process = subprocess.Popen(
                list(argv),
                stdin=told,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=folder,
                env={**inherited, **(environment or {})},
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            raise ProgramError(f"'{argv[0]}' cannot be started: {error}.") from error
    with process:
        try:
            output, complaints, fault = _watch(process, time.monotonic() + timeout_s, max_output)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    if fault == "time":
        raise ProgramError(f"'{argv[0]}' was killed after {timeout_s:g} s.{_end_of(complaints or output)}")
    if fault == "output":
        raise ProgramError(f"'{argv[0]}' was killed when it had printed more than {max_output} bytes.")
    if process.returncode != 0:
        raise ProgramError(f"'{argv[0]}' ended with {process.returncode}.{_end_of(complaints or output)}")
    return output.decode(errors="replace")


def _watch(process: subprocess.Popen[bytes], deadline: float, limit: int) -> tuple[bytes, bytes, str]:
    """Read until the program has ended; returns stdout, stderr, and "time" or "output" for what it broke, or ""."""
    assert process.stdout is not None  # noqa: S101 - both are pipes
    assert process.stderr is not None  # noqa: S101
    printed = {process.stdout: bytearray(), process.stderr: bytearray()}
    with selectors.DefaultSelector() as selector:
        for stream in printed:
            selector.register(stream, selectors.EVENT_READ)
        fault = ""
        while selector.get_map() and not fault:
            ready = selector.select(max(0.0, deadline - time.monotonic()))
            for key, _ in ready:
                stream = next(each for each in printed if each is key.fileobj)
                chunk = os.read(stream.fileno(), _CHUNK)
                printed[stream] += chunk
                if not chunk:
                    selector.unregister(stream)
                elif len(printed[stream]) > limit:
                    fault = "output"
            if not ready or time.monotonic() > deadline:
                fault = fault or "time"
    if not fault:
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            fault = "time"
    return bytes(printed[process.stdout]), bytes(printed[process.stderr]), fault


def _end_of(printed: bytes) -> str:
    text = printed.decode(errors="replace").strip()
    return f" It printed: {text[-_SHOWN:]}" if text else ""
