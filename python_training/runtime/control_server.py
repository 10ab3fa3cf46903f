"""The worker's side of the control socket: a thread for each connection, and one for each watcher."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from python_training.contracts.view import ViewFrame
from python_training.runtime.control import MAX_REQUEST_BYTES, private_folder
from python_training.runtime.control_connection import Reply, State
from python_training.runtime.control_stream import STILLS
from python_training.runtime.frame_text import FrameText, FrameWriter
from python_training.runtime.pace import Pace

MAX_CONNECTIONS = 64
MAX_FPS = 60.0
_NO_STILLS = b"\0"  # what no frame holds
_SEND_TIMEOUT_S = 5  # a client that does not read for that long is let go


class Command:
    """One request, to be answered by `accept` or `refuse` at once, and after `accept` by `done` or `fail`.

    Any thread may answer. Answering a client that has gone is no error.
    """

    def __init__(self, id: str, name: str, args: Mapping[str, Any], answer: Callable[[Reply], None]) -> None:
        self.id = id
        self.name = name
        self.args = args
        self._answer = answer

    def accept(self) -> None:
        """Say that the command will be carried out."""
        self._reply("accepted")

    def refuse(self, message: str, *, field: str | None = None) -> None:
        """Say that it will not, why, and which argument is to blame."""
        self._answer(Reply(self.id, self.name, "refused", message, about=field))

    def done(self, message: str = "", *, step: int | None = None, result: Mapping[str, Any] | None = None) -> None:
        """Say that it has taken effect."""
        self._reply("done", message, step, result)

    def fail(self, message: str, *, step: int | None = None) -> None:
        """Say that it was tried and did not work."""
        self._reply("failed", message, step)

    def _reply(
        self, state: State, message: str = "", step: int | None = None, result: Mapping[str, Any] | None = None
    ) -> None:
        self._answer(Reply(self.id, self.name, state, message, result or {}, step))


class ControlServer:
    """Listens on a Unix socket, hands commands on, and streams frames to those who watch.

    Args:
        path: where to listen. A socket left by a dead process is replaced: whoever serves a folder holds its lock.
        on_command: called on a connection's thread with every command but watch, unwatch and ping, which the server
            answers itself; must answer quickly.
        on_reply: called with every answer before it is sent (the worker journals it), but not with those to ping.

    Raises:
        ControlError: the folder of the socket belongs to somebody else.
    """

    def __init__(
        self, path: Path, on_command: Callable[[Command], None], *, on_reply: Callable[[Reply], None] | None = None
    ) -> None:
        self.path = path
        self._on_command = on_command
        self._on_reply = on_reply
        self._lock = threading.Lock()
        self._connections: set[_Connection] = set()
        self._closed = False
        self._writer = FrameWriter()
        private_folder(path.parent)
        path.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.bind(str(path))
        self._socket.listen(MAX_CONNECTIONS)
        threading.Thread(target=self._accept, name="control", daemon=True).start()

    @property
    def watchers(self) -> int:
        """How many connections watch."""
        with self._lock:
            return sum(connection.fps > 0 for connection in self._connections)

    @property
    def wanted_fps(self) -> float:
        """The highest rate that a watcher asked for, 0 if nobody watches."""
        with self._lock:
            return max((connection.fps for connection in self._connections), default=0.0)

    @property
    def unserved(self) -> bool:
        """Whether somebody watches who has not been shown a frame yet."""
        with self._lock:
            return any(connection.fps > 0 and not connection.served for connection in self._connections)

    def publish(self, frame: ViewFrame) -> None:
        """Show a frame to all watchers. A slow one misses some and never blocks the caller; one thread may publish.

        Raises:
            ValueError: a number in the frame is not finite.
        """
        with self._lock:
            watching = [connection for connection in self._connections if connection.fps > 0]
        text = self._writer.write(frame)
        for connection in watching:
            connection.show(text)

    def close(self) -> None:
        """Stop listening and drop all connections. Safe twice."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            connections = list(self._connections)
        # Closing alone would leave accept() waiting for ever.
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self.path.unlink(missing_ok=True)
        for connection in connections:
            connection.close()

    def _accept(self) -> None:
        while True:
            try:
                accepted, _ = self._socket.accept()
            except OSError:
                return
            connection = _Connection(accepted, self._command, self._forget)
            with self._lock:
                full = self._closed or len(self._connections) >= MAX_CONNECTIONS
                if not full:
                    self._connections.add(connection)
            if full:
                connection.send(Reply(None, "", "refused", "Too many connections.").to_dict())
                connection.close()
            else:
                threading.Thread(target=connection.read, name="control-connection", daemon=True).start()

    def _forget(self, connection: _Connection) -> None:
        with self._lock:
            self._connections.discard(connection)

    def _command(self, connection: _Connection, id: str, name: str, args: Mapping[str, Any], *, quiet: bool) -> None:
        def answer(reply: Reply) -> None:
            if self._on_reply is not None and name != "ping":
                self._on_reply(reply)
            if not quiet:
                connection.send(reply.to_dict())

        command = Command(id, name, args, answer)
        if name == "watch":
            fps, stills = args.get("fps", 30.0), args.get("stills", STILLS[0])
            if isinstance(fps, bool) or not isinstance(fps, int | float) or not 0 < fps <= MAX_FPS:
                command.refuse(f"fps must be a number above 0 and at most {MAX_FPS:g}, got {fps!r:.40}.")
                return
            if stills not in STILLS:
                command.refuse(f"stills must be one of {', '.join(STILLS)}, got {stills!r:.40}.")
                return
            command.accept()
            connection.watch(float(fps), stills_once=stills == "once")
        elif name in ("unwatch", "ping"):
            if name == "unwatch":
                connection.watch(0.0)
            command.accept()
            command.done()
        else:
            self._on_command(command)


class _Connection:
    """One client. `read` runs on its own thread; `send` may be called from any."""

    def __init__(
        self,
        accepted: socket.socket,
        on_request: Callable[..., None],
        on_end: Callable[[_Connection], None],
    ) -> None:
        self.fps = 0.0
        self.served = False
        self._socket = accepted
        # The kernel's timeout on sends only: reading waits for ever, writing to somebody who does not read does not.
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("@ll", _SEND_TIMEOUT_S, 0))
        self._on_request = on_request
        self._on_end = on_end
        self._sending = threading.Lock()
        self._frame: FrameText | None = None
        self._stills: bytes | None = None
        """The still layers it has; None if it wants them with every frame."""
        self._changed = threading.Condition()
        self._watcher: threading.Thread | None = None
        self._ended = False

    def read(self) -> None:
        buffer = b""
        try:
            while chunk := self._socket.recv(MAX_REQUEST_BYTES):
                *lines, buffer = (buffer + chunk).split(b"\n")
                if any(len(line) > MAX_REQUEST_BYTES for line in (*lines, buffer)):
                    self._refuse(f"A request may have at most {MAX_REQUEST_BYTES} bytes.")
                    return
                for line in filter(bytes.strip, lines):
                    self._request(line)
        except OSError:
            pass  # the client has gone
        finally:
            self.close()

    def _request(self, line: bytes) -> None:
        try:
            request = json.loads(line)
        except (ValueError, RecursionError):
            self._refuse("A request must be one JSON object on one line.")
            return
        if not isinstance(request, dict) or not isinstance(request.get("name"), str):
            self._refuse("A request must be an object with a name.")
            return
        id, args = request.get("id") or uuid.uuid4().hex[:12], request.get("args") or {}
        if not isinstance(id, str) or len(id) > 64 or len(request["name"]) > 64 or not isinstance(args, dict):
            self._refuse("id and name must be strings of at most 64 characters, args an object.")
            return
        self._on_request(self, id, request["name"], args, quiet=request.get("reply") is False)

    def _refuse(self, message: str) -> None:
        self.send(Reply(None, "", "refused", message).to_dict())

    def send(self, message: Mapping[str, Any]) -> None:
        self._send(json.dumps(message, separators=(",", ":")).encode() + b"\n")

    def _send(self, line: bytes) -> None:
        with self._sending:
            try:
                self._socket.sendall(line)
            except OSError:
                self.close()

    def watch(self, fps: float, *, stills_once: bool = False) -> None:
        with self._changed:
            self.fps, self.served, self._frame = fps, False, None
            self._stills = _NO_STILLS if stills_once else None
            if self._watcher is None and fps > 0:
                self._watcher = threading.Thread(target=self._stream, name="control-watcher", daemon=True)
                self._watcher.start()

    def show(self, frame: FrameText) -> None:
        with self._changed:
            self._frame, self.served = frame, True
            self._changed.notify()

    def _stream(self) -> None:
        pace = Pace()
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._ended or self._frame is not None)
                rate = self.fps or MAX_FPS
            time.sleep(pace.wait(time.monotonic(), rate))
            with self._changed:
                if self._ended:
                    return
                frame, self._frame = self._frame, None
                line = None if frame is None else frame.line(self._stills)
                if frame is not None and self._stills is not None:
                    self._stills = frame.stills
            if line is not None:
                pace.passed(time.monotonic(), rate)
                self._send(line)

    def close(self) -> None:
        with self._changed:
            if self._ended:
                return
            self._ended, self.fps = True, 0.0
            self._changed.notify_all()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._on_end(self)
