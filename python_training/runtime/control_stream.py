"""Connections to a control socket that stay open: frames from it, and input to it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from python_training.contracts.errors import WorkerUnreachableError
from python_training.runtime.control_connection import Connection

STILLS = ("always", "once")
"""How often a watcher wants the layers that stand still: in every frame, or when they are new."""

LOOK_UP_S = 0.5

_FRAME, _STILLS = b'{"frame":', b'{"stills":true,"frame":'


@dataclass(frozen=True, slots=True)
class Frame:
    """One ViewFrame as JSON text; `stills` tells that it has still layers which a watcher "once" must not miss."""

    text: str
    stills: bool


class FrameStream:
    """Frames of one worker or session as they come, unread: to hand on what one does not look into.

    Nothing is sent before the first frame is asked for. `again` and `close` may be called from another thread.

    Args:
        fps: at most so many a second.
        stills: "always" or "once", see `watch` above.
    """

    def __init__(self, path: Path, fps: float, stills: str = STILLS[0], *, timeout: float = 2.0) -> None:
        self._path = path
        self._args = {"fps": fps, "stills": stills}
        self._timeout = timeout
        self._connection: Connection | None = None

    def frames(self, stopped: Callable[[], bool] = lambda: False) -> Iterator[Frame]:
        """Frames until the worker ends or `stopped()`, which is asked every LOOK_UP_S even if the world pauses.

        Raises:
            CommandRefusedError: watching was refused.
            WorkerUnreachableError: nobody listens.
        """
        self._connection = connection = Connection(self._path, self._timeout)
        self.again()
        connection.reply(self._timeout)
        while not stopped():
            try:
                line = connection.line(LOOK_UP_S)
            except WorkerUnreachableError:
                continue  # no news
            if line is None:
                return
            for head in (_FRAME, _STILLS):
                if line.startswith(head):
                    yield Frame(line[len(head) : -1].decode(), head is _STILLS)

    def again(self) -> None:
        """Ask for a frame at once, with the layers that stand still: the last one was lost."""
        if self._connection is not None:
            self._connection.send({"name": "watch", "args": self._args})

    def close(self) -> None:
        """End the stream. Safe twice."""
        if self._connection is not None:
            self._connection.close()


class ControlLine:
    """A connection that stays open for commands that nobody waits for; they arrive in the order in which they are told.

    Safe to use from several threads. Opened when first needed, and again after the other side has closed it.
    """

    def __init__(self, path: Path, timeout: float = 2.0) -> None:
        self._path = path
        self._timeout = timeout
        self._lock = threading.Lock()
        self._connection: Connection | None = None

    def tell(self, name: str, args: Mapping[str, Any]) -> None:
        """Send one command; what becomes of it is not told. Raises WorkerUnreachableError if nobody listens."""
        with self._lock:
            if self._connection is None:
                self._connection = Connection(self._path, self._timeout)
            try:
                self._connection.send({"name": name, "args": dict(args), "reply": False})
            except WorkerUnreachableError:
                self._connection.close()
                self._connection = None
                raise

    def close(self) -> None:
        """Hang up. Safe twice."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None
