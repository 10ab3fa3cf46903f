"""The process of one member: started, listened to, killed. Knows nothing of questions."""

from __future__ import annotations

import collections
import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any

from python_training.systems.tuner.adviser.protocol import MAX_LINE, MemberSpec

_TAIL_LINES = 12
_LAST_WORDS_S = 2.0


@dataclass(frozen=True, slots=True)
class Heard:
    """What a process said: one line of the protocol, or, when `said` is None, that it has ended."""

    life: object
    said: Mapping[str, Any] | None


class MemberProcess:
    """One life of a member's process.

    Threads read its pipes, so that nobody waits for it. It ends when this process does, since its standard input ends
    then.

    Args:
        spec: who it is to be.
        inbox: where what it says is put, as Heard with this object as `life`.
        threads: cores that the libraries in it may use.
    """

    def __init__(self, spec: MemberSpec, inbox: queue.SimpleQueue[Heard], threads: int) -> None:
        self._inbox = inbox
        self._tail: collections.deque[str] = collections.deque(maxlen=_TAIL_LINES)
        # In a session of its own, Ctrl+C in the terminal does not reach it.
        self._process = subprocess.Popen(
            [sys.executable, "-m", "python_training.systems.tuner.adviser.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            env=_environment(threads),
        )
        self._lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._threads = [
            threading.Thread(target=self._write, name=f"adviser-{spec.name}-questions", daemon=True),
            threading.Thread(target=self._listen, name=f"adviser-{spec.name}", daemon=True),
            threading.Thread(target=self._keep_tail, name=f"adviser-{spec.name}-errors", daemon=True),
        ]
        for thread in self._threads:
            thread.start()
        self.send(spec.encode())

    def send(self, line: bytes) -> None:
        """Have a line of the protocol written. A process that has ended is found out by its last Heard, not here."""
        self._lines.put(line)

    def ending(self) -> str:
        """How the process ended, for people; only after it was heard to."""
        code = self._process.wait()
        how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        last = next((line for line in reversed(self._tail) if line.strip()), "")
        return f"{how}: {last.strip()[:300]}" if last else how

    def end(self) -> None:
        """Kill the process and take leave of it. Safe twice."""
        self._process.kill()
        self._process.wait()
        self._lines.put(None)
        for thread in self._threads:
            thread.join(_LAST_WORDS_S)

    def _write(self) -> None:
        """Write what is to be sent; a pipe that nobody reads from may block, so the run must not do it itself."""
        with contextlib.suppress(OSError), self._pipe(self._process.stdin) as pipe:
            while (line := self._lines.get()) is not None:
                pipe.write(line)
                pipe.flush()

    def _listen(self) -> None:
        with self._pipe(self._process.stdout) as lines:
            while line := lines.readline(MAX_LINE):
                try:
                    said = json.loads(line)
                    self._inbox.put(Heard(self, {"type": str(said["type"]), **said}))
                except (ValueError, KeyError, TypeError, RecursionError):
                    self._tail.append(f"not a line of the protocol: {line[:100]!r}")
                    break
        self._process.kill()  # what no longer speaks the protocol is of no use
        self._process.wait()
        self._threads[-1].join(_LAST_WORDS_S)
        self._inbox.put(Heard(self, None))

    def _keep_tail(self) -> None:
        with self._pipe(self._process.stderr) as lines:
            while line := lines.readline(MAX_LINE):
                self._tail.append(line.decode(errors="replace"))

    @staticmethod
    def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
        assert pipe is not None  # noqa: S101  # for mypy: all three are pipes
        return pipe


def _environment(threads: int) -> dict[str, str]:
    """What our environment becomes for libraries: they keep to their cores, draw no bars and report to nobody."""
    cores = {name: str(threads) for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS")}
    quiet = {"TQDM_DISABLE": "1", "TOKENIZERS_PARALLELISM": "false", "HF_HUB_DISABLE_TELEMETRY": "1"}
    return {**os.environ, **cores, **quiet, "PYTHONFAULTHANDLER": "1", "PYTHONUNBUFFERED": "1"}
