"""The pulse of a worker: whether its process still answers, asked without ever waiting for it."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable

from python_training.runtime.run_folder import WorkerInfo

PING_S = 1.5
SILENT_AFTER_S = 7.0
"""A ping that is not answered for so long makes its worker silent. The control socket has a thread of its own, so a
worker in a long update answers at once; one that is stopped (SIGSTOP), or stuck in native code, does not."""

_PING = b'{"name":"ping"}\n'


class Pulse:
    """Pings one worker over a connection that stays open. Not thread-safe; no call blocks.

    Attributes:
        silent_since: Unix time from which on it has not answered; None while it does.

    Args:
        clock: Unix time in seconds, for what is told.
        monotonic: seconds that no change of the clock moves, for what is measured.
    """

    def __init__(self, clock: Callable[[], float] = time.time, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._monotonic = monotonic
        self._worker: WorkerInfo | None = None
        self._socket: socket.socket | None = None
        self._asked_at = 0.0
        self._waiting_since: float | None = None
        self.silent_since: float | None = None

    @property
    def silent_s(self) -> float:
        """Seconds without an answer, 0 while it answers."""
        if self.silent_since is None or self._waiting_since is None:
            return 0.0
        return self._monotonic() - self._waiting_since

    def feel(self, worker: WorkerInfo) -> None:
        """Take in what the worker has answered, and ping it when that is due. Another worker begins anew."""
        if worker != self._worker:
            self.forget()
            self._worker = worker
        now = self._monotonic()
        if self._answered():
            self._waiting_since = self.silent_since = None
        if now - self._asked_at >= PING_S:
            self._asked_at = now
            if self._waiting_since is None:
                self._waiting_since = now
                self._ping(worker)
            elif self._socket is None:
                self._ping(worker)
        if self._waiting_since is not None and now - self._waiting_since >= SILENT_AFTER_S:
            self.silent_since = self.silent_since or round(self._clock() - (now - self._waiting_since), 3)

    def forget(self) -> None:
        """Hang up: there is no worker any more. Safe twice."""
        self._hang_up()
        self._worker = self._waiting_since = self.silent_since = None
        self._asked_at = 0.0

    def _ping(self, worker: WorkerInfo) -> None:
        """Send a ping; one that cannot be sent is one that is not answered."""
        try:
            if self._socket is None:
                self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
                self._socket.setblocking(False)
                self._socket.connect(worker.socket)
            self._socket.send(_PING)
        except OSError:
            self._hang_up()

    def _answered(self) -> bool:
        """Whether anything has come since the last look."""
        if self._socket is None:
            return False
        try:
            said = self._socket.recv(1 << 16)
        except BlockingIOError:
            return False
        except OSError:
            said = b""
        if not said:
            self._hang_up()
        return bool(said)

    def _hang_up(self) -> None:
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.close()
            self._socket = None
