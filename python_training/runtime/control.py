"""Commands to a worker over a Unix socket: JSON lines, several requests a connection.

Request: `{"id"?, "name", "args"?, "reply"?}`. First answer: `{"id", "name", "state": "accepted" | "refused",
"message"?, "field"?}`, given at once; `field` is the wrong argument. After "accepted" a second one follows when the
command has taken effect: `{"id", "name", "state": "done" | "failed", "message"?, "result"?, "step"?}`. With `"reply":
false` there is no answer at all, for input that nobody waits for.

`watch {fps?, stills?}` turns the connection into a stream: after "accepted" come `{"frame": ViewFrame}` lines until
`unwatch` or until the client closes it. With `stills: "once"` layers that stand still have `shapes` only in lines that
begin with `{"stills":true,`: the first one, and whenever they have changed. Watching anew begins anew.

`ping` does nothing and is journalled nowhere.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
import uuid
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from python_training.contracts.errors import ControlError
from python_training.runtime.control_connection import Connection, Reply
from python_training.runtime.control_stream import FrameStream

__all__ = ["MAX_REQUEST_BYTES", "ControlClient", "Reply", "private_folder", "socket_path"]

MAX_REQUEST_BYTES = 64 * 1024
"""A longer request is refused and its connection closed."""

_MAX_SOCKET_PATH = 104  # sun_path has 108 bytes on Linux and 104 on macOS, the final zero included


def socket_path(folder: Path) -> Path:
    """The short path of the control socket for whatever lives in `folder`: Unix allows about 100 bytes."""
    name = hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:12] + ".sock"
    base = f"paddock-{os.getuid()}"
    path = Path(os.environ.get("XDG_RUNTIME_DIR") or "/tmp", base, name)  # noqa: S108  # private_folder checks the owner
    return path if len(os.fsencode(path)) < _MAX_SOCKET_PATH else Path("/tmp", base, name)  # noqa: S108  # as above


def private_folder(path: Path) -> None:
    """Make the folder that holds sockets; raises ControlError unless it is ours and closed to everybody else."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = path.lstat()
    except OSError as error:
        raise ControlError(f"{path} cannot be made: {error.strerror}.") from error
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise ControlError(
            f"{path} must be a folder of user {os.getuid()} with mode 700, got mode {stat.S_IMODE(found.st_mode):o} "
            f"of user {found.st_uid}.",
            hint="Remove it, or set XDG_RUNTIME_DIR to a folder of your own.",
        )


class ControlClient:
    """Sends commands to one worker or session. Holds nothing open between calls; safe to use from several threads.

    Args:
        path: the control socket.
        timeout: seconds to wait for the connection and for each first answer.
    """

    def __init__(self, path: Path, timeout: float = 2.0) -> None:
        self.path = path
        self._timeout = timeout

    def request(
        self,
        name: str,
        args: Mapping[str, Any] | None = None,
        *,
        id: str | None = None,
        wait: Literal["accepted", "done"] = "done",
        timeout: float = 30.0,
    ) -> Reply:
        """Send one command and wait until it was accepted or is done.

        Raises:
            CommandRefusedError: it was refused, or failed; the message says why.
            WorkerUnreachableError: nobody listens, or there was no answer within `timeout` seconds.
        """
        with Connection(self.path, self._timeout) as connection:
            connection.send({"id": id or uuid.uuid4().hex[:12], "name": name, "args": dict(args or {})})
            reply = connection.reply(self._timeout)
            if reply.state == "accepted" and wait == "done":
                reply = connection.reply(timeout)
        return reply

    def frames(self, fps: float = 30.0, *, stopped: Callable[[], bool] = lambda: False) -> Iterator[dict[str, Any]]:
        """ViewFrames as they come, at most `fps` a second, until the worker ends or `stopped()`.

        Raises:
            CommandRefusedError: watching was refused.
            WorkerUnreachableError: nobody listens.
        """
        with contextlib.closing(FrameStream(self.path, fps, timeout=self._timeout)) as stream:
            for frame in stream.frames(stopped):
                yield json.loads(frame.text)
