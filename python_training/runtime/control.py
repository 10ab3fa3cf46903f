"""Commands to a worker over a Unix socket: JSON lines, several requests a connection.

Request: `{"id"?, "name", "args"?}`. First answer: `{"id", "name", "state": "accepted" | "refused", "message"?,
"field"?}`, given at once; `field` is the wrong argument. After "accepted" a second one follows when the command
has taken effect: `{"id", "name", "state": "done" | "failed", "message"?, "result"?, "step"?}`. `watch {fps?}` turns the
connection into a stream: after "accepted" come `{"frame": ViewFrame}` lines until `unwatch` or until the client closes
it. `ping` does nothing and is journalled nowhere.
"""

from __future__ import annotations

import hashlib
import json
import os
import socket
import stat
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from python_training.contracts.errors import CommandRefusedError, ControlError, WorkerUnreachableError

State = Literal["accepted", "refused", "done", "failed"]

MAX_REQUEST_BYTES = 64 * 1024
"""A longer request is refused and its connection closed."""

LOOK_UP_S = 0.5

_MAX_SOCKET_PATH = 104  # sun_path has 108 bytes on Linux and 104 on macOS, the final zero included


@dataclass(frozen=True, slots=True)
class Reply:
    """What became of a command so far."""

    id: str | None
    name: str
    state: State
    message: str = ""
    result: Mapping[str, Any] = field(default_factory=dict)
    step: int | None = None
    about: str | None = None
    """The argument that a refusal is about; `field` in JSON."""

    def to_dict(self) -> dict[str, Any]:
        """The reply as one JSON object, without what is empty."""
        shown: dict[str, Any] = {"id": self.id, "name": self.name, "state": self.state}
        if self.message:
            shown["message"] = self.message
        if self.result:
            shown["result"] = dict(self.result)
        if self.step is not None:
            shown["step"] = self.step
        if self.about is not None:
            shown["field"] = self.about
        return shown

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Reply:
        """Read a reply written by `to_dict`."""
        return cls(
            raw.get("id"),
            raw.get("name", ""),
            raw["state"],
            raw.get("message", ""),
            raw.get("result", {}),
            raw.get("step"),
            raw.get("field"),
        )


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
        with _Connection(self.path, self._timeout) as connection:
            connection.send({"id": id or uuid.uuid4().hex[:12], "name": name, "args": dict(args or {})})
            reply = connection.reply(self._timeout)
            if reply.state == "accepted" and wait == "done":
                reply = connection.reply(timeout)
        return reply

    def frames(self, fps: float = 30.0, *, stopped: Callable[[], bool] = lambda: False) -> Iterator[dict[str, Any]]:
        """ViewFrames as they come, at most `fps` a second, until the worker ends or `stopped()`.

        A world that pauses sends nothing, so `stopped` is asked every LOOK_UP_S even then.

        Raises:
            CommandRefusedError: watching was refused.
            WorkerUnreachableError: nobody listens.
        """
        with _Connection(self.path, self._timeout) as connection:
            connection.send({"id": uuid.uuid4().hex[:12], "name": "watch", "args": {"fps": fps}})
            connection.reply(self._timeout)
            while not stopped():
                try:
                    message = connection.receive(LOOK_UP_S)
                except WorkerUnreachableError:
                    continue  # no news
                if message is None:
                    return
                if "frame" in message:
                    yield message["frame"]


class _Connection:
    """One connection of a client: JSON lines both ways."""

    def __init__(self, path: Path, timeout: float) -> None:
        self._buffer = b""
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._socket.settimeout(timeout)
            self._socket.connect(str(path))
        except OSError as error:
            self._socket.close()
            raise WorkerUnreachableError(
                "Nobody answers on the control socket.", hint="Is it still running?"
            ) from error

    def __enter__(self) -> _Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def send(self, message: Mapping[str, Any]) -> None:
        try:
            self._socket.sendall(json.dumps(message).encode() + b"\n")
        except OSError as error:
            raise WorkerUnreachableError("The worker closed the connection.") from error

    def receive(self, timeout: float | None) -> dict[str, Any] | None:
        """The next message, None if the other side ended; raises WorkerUnreachableError after `timeout` seconds."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while b"\n" not in self._buffer:
            try:
                self._socket.settimeout(None if deadline is None else max(0.001, deadline - time.monotonic()))
                chunk = self._socket.recv(1 << 18)
            except TimeoutError:
                raise WorkerUnreachableError(f"No answer within {timeout:g} s.") from None
            except OSError:
                return None
            if not chunk:
                return None
            self._buffer += chunk
        line, _, self._buffer = self._buffer.partition(b"\n")
        message: dict[str, Any] = json.loads(line)
        return message

    def reply(self, timeout: float) -> Reply:
        message = self.receive(timeout)
        while message is not None and "state" not in message:
            message = self.receive(timeout)
        if message is None:
            raise WorkerUnreachableError("The worker ended before it answered.")
        reply = Reply.from_dict(message)
        if reply.state in ("refused", "failed"):
            raise CommandRefusedError(reply.message or f"'{reply.name}' was {reply.state}.", field=reply.about)
        return reply
