"""One connection of a client to a control socket: JSON lines both ways. The protocol is in `control`."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from python_training.contracts.errors import CommandRefusedError, WorkerUnreachableError

State = Literal["accepted", "refused", "done", "failed"]


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


class Connection:
    """An open connection. Not thread-safe, but one thread may send while another receives.

    Raises:
        WorkerUnreachableError: nobody listens on `path`, or not within `timeout` seconds.
    """

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

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up. Safe twice."""
        self._socket.close()

    def send(self, message: Mapping[str, Any]) -> None:
        """Send one message; raises WorkerUnreachableError if the other side has gone."""
        try:
            self._socket.sendall(json.dumps(message).encode() + b"\n")
        except OSError as error:
            raise WorkerUnreachableError("The worker closed the connection.") from error

    def receive(self, timeout: float | None) -> dict[str, Any] | None:
        """The next message, None if the other side ended; raises WorkerUnreachableError after `timeout` seconds."""
        line = self.line(timeout)
        if line is None:
            return None
        message: dict[str, Any] = json.loads(line)
        return message

    def line(self, timeout: float | None) -> bytes | None:
        """The next line, None if the other side ended; raises WorkerUnreachableError after `timeout` seconds."""
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
        return line

    def reply(self, timeout: float) -> Reply:
        """The next answer to a command; raises CommandRefusedError if it was refused or failed."""
        message = self.receive(timeout)
        while message is not None and "state" not in message:
            message = self.receive(timeout)
        if message is None:
            raise WorkerUnreachableError("The worker ended before it answered.")
        reply = Reply.from_dict(message)
        if reply.state in ("refused", "failed"):
            raise CommandRefusedError(reply.message or f"'{reply.name}' was {reply.state}.", field=reply.about)
        return reply
