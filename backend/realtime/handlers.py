"""Socket.IO events from clients. Each is acknowledged with what became of it, or with `{error: {...}}`."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Callable
from typing import Any, TypeVar

import engineio.exceptions
from flask import request
from flask_socketio import SocketIO
from pydantic import BaseModel

from backend.realtime.broadcaster import Broadcaster
from backend.realtime.client import Client
from backend.realtime.requests import Join, Leave, RunCommand, SessionCommand, Unwatch, Watch
from backend.realtime.viewers import Viewers
from backend.services.runs import Runs
from backend.services.sessions import Sessions
from python_training.contracts.config import validate
from python_training.contracts.errors import CommandRefusedError, PaddockError

Answer = dict[str, Any]
ModelT = TypeVar("ModelT", bound=BaseModel)


class Handlers:
    """Answers clients. Who may connect at all was decided before (backend.api.guard): this sees admitted ones only.

    Args:
        limit_commands, limit_inputs: called with a client's address for each command, and for each input to a game;
            raises RateLimitedError.
        queue_bytes: what one client may leave unread.
    """

    def __init__(
        self,
        socketio: SocketIO,
        broadcaster: Broadcaster,
        viewers: Viewers,
        runs: Runs,
        sessions: Sessions,
        *,
        limit_commands: Callable[[str], None],
        limit_inputs: Callable[[str], None],
        queue_bytes: int,
    ) -> None:
        self._socketio = socketio
        self._broadcaster = broadcaster
        self._viewers = viewers
        self._runs = runs
        self._sessions = sessions
        self._limit_commands = limit_commands
        self._limit_inputs = limit_inputs
        self._queue_bytes = queue_bytes

    def install(self) -> None:
        """Register all events."""
        self._socketio.on_event("connect", self.connect)
        self._socketio.on_event("disconnect", self.disconnect)
        self._on("join", Join, self.join)
        self._on("leave", Leave, self.leave)
        self._on("command", RunCommand, self.command)
        self._on("watch", Watch, self.watch)
        self._on("unwatch", Unwatch, self.unwatch)
        self._on("session_command", SessionCommand, self.session_command)

    def connect(self, _auth: object = None) -> None:
        """Admit a client, and let it follow the newest run until it joins one."""
        sid = _sid()
        server = self._socketio.server
        connection = server.eio.sockets[server.manager.eio_sid_from_sid(sid, "/")]

        def send(packet: Any) -> None:
            with contextlib.suppress(engineio.exceptions.SocketIsClosedError):
                connection.send(packet)

        self._broadcaster.connect(Client(sid, connection.queue.qsize, send, self._queue_bytes))

    def disconnect(self, _reason: object = None) -> None:
        """Forget a client."""
        self._viewers.forget(_sid())
        self._broadcaster.disconnect(_sid())

    def join(self, sid: str, asked: Join) -> Answer:
        """Follow a run: what the client missed is replayed, or it is told `reset`."""
        self._runs.get(asked.run)  # brings the store up to the journal
        return self._broadcaster.join(sid, asked.run, asked.since_seq)

    def leave(self, sid: str, asked: Leave) -> Answer:
        """Follow a run no longer."""
        self._broadcaster.leave(sid, asked.run)
        return {"ok": True}

    def command(self, sid: str, asked: RunCommand) -> Answer:
        """Give a command: answered when it was accepted or refused; `command_ack` tells when it is done."""
        self._limit_commands(_address())
        command_id = uuid.uuid4().hex[:12]
        self._broadcaster.await_command(sid, asked.run, command_id)
        try:
            result = self._runs.command(asked.run, asked.name, asked.args, id=command_id)
        except CommandRefusedError as error:
            return {"id": command_id, "state": "refused", "message": error.message, "error": error.to_dict()}
        return {"id": result.id, "state": result.state, "message": result.message}

    def watch(self, sid: str, asked: Watch) -> Answer:
        """Send pictures of a session."""
        self._viewers.watch(sid, asked.session, asked.fps, asked.stills)
        return {"ok": True}

    def unwatch(self, sid: str, asked: Unwatch) -> Answer:
        """Send no more pictures of a session."""
        self._viewers.unwatch(sid, asked.session)
        return {"ok": True}

    def session_command(self, _sid: str, asked: SessionCommand) -> Answer:
        """Give a command to a session: answered when it is done, `input` at once: hands do not wait."""
        if asked.name == "input":
            self._limit_inputs(_address())
            self._sessions.steer(asked.session, asked.args)
            return {"state": "accepted"}
        self._limit_commands(_address())
        reply = self._sessions.command(asked.session, asked.name, asked.args)
        return {"id": reply.id, "state": reply.state, "message": reply.message, "result": dict(reply.result)}

    def _on(self, name: str, model: type[ModelT], handle: Callable[[str, ModelT], Answer]) -> None:
        def answer(data: object = None) -> Answer:
            try:
                return handle(_sid(), validate(model, data))
            except PaddockError as error:
                return {"ok": False, "state": "refused", "message": error.message, "error": error.to_dict()}

        self._socketio.on_event(name, answer)


def _sid() -> str:
    sid: str = request.sid  # type: ignore[attr-defined]  # Flask-SocketIO adds it
    return sid


def _address() -> str:
    return request.remote_addr or "unknown"
