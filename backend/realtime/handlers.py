"""Socket.IO events from clients. Each is acknowledged with what became of it, or with `{error: {...}}`."""

from __future__ import annotations

import uuid
from typing import Any

from flask import request
from flask_socketio import SocketIO

from backend.realtime import transport
from backend.realtime.broadcaster import Broadcaster
from backend.realtime.client import Client
from backend.realtime.gate import Gate, Handling, Limits, Reply, refusal
from backend.realtime.journal_pages import Position
from backend.realtime.requests import Join, Leave, RunCommand, SessionCommand, Unwatch, Watch
from backend.realtime.viewers import Viewers
from backend.services.runs import Runs
from backend.services.sessions import Sessions
from python_training.contracts.errors import CommandRefusedError, UnknownNameError


class Handlers:
    """Answers clients. Who may connect at all was decided before (backend.api.guard): this sees admitted ones only.

    Args:
        limits: how often a client may do things.
        queue_bytes: what one client may leave unread.
        max_message_bytes: what a client may send at once.
        max_connections: connections of one address.
    """

    def __init__(
        self,
        socketio: SocketIO,
        broadcaster: Broadcaster,
        viewers: Viewers,
        runs: Runs,
        sessions: Sessions,
        *,
        limits: Limits,
        queue_bytes: int,
        max_message_bytes: int,
        max_connections: int,
    ) -> None:
        self._socketio = socketio
        self._broadcaster = broadcaster
        self._viewers = viewers
        self._runs = runs
        self._sessions = sessions
        self._limits = limits
        self._queue_bytes = queue_bytes
        self._max_message_bytes = max_message_bytes
        self._max_connections = max_connections

    def install(self) -> None:
        """Register all events."""
        server = self._socketio.server
        transport.install(server.eio, self._max_message_bytes, self._limits.frames)
        handlings = {
            "join": Handling(Join, self.join),
            "leave": Handling(Leave, self.leave),
            "command": Handling(RunCommand, self.command, waits=lambda _asked: True),
            "watch": Handling(Watch, self.watch),
            "unwatch": Handling(Unwatch, self.unwatch),
            "session_command": Handling(SessionCommand, self.session_command, waits=lambda it: it.name != "input"),
        }
        self._gate = Gate(
            server,
            handlings,
            self._limits,
            queue_bytes=self._queue_bytes,
            max_connections=self._max_connections,
        )
        self._socketio.on_event("connect", self.connect)
        self._socketio.on_event("disconnect", self.disconnect)

    def connect(self, _auth: object = None) -> None:
        """Admit a client."""
        sid = _sid()
        self._broadcaster.connect(Client(sid, self._gate.outbox(sid), self._queue_bytes))

    def disconnect(self, _reason: object = None) -> None:
        """Forget a client."""
        self._viewers.forget(_sid())
        self._broadcaster.disconnect(_sid())

    def join(self, sid: str, address: str, asked: Join) -> Reply:
        """Follow a run: after the answer, what the client missed is replayed, unless that has `reset`."""
        self._limit_joins(sid, address)
        since = None if asked.since_seq is None else Position.told(asked.since_seq, asked.since_index)
        try:
            answer = self._broadcaster.join(sid, asked.run, since)
        except UnknownNameError:
            self._runs.get(asked.run)  # the feed may not have found it yet
            answer = self._broadcaster.join(sid, asked.run, since)
        return Reply(answer, then=lambda: self._broadcaster.begin(sid, asked.run))

    def leave(self, sid: str, _address: str, asked: Leave) -> Reply:
        """Follow a run no longer."""
        self._broadcaster.leave(sid, asked.run)
        return Reply({"ok": True})

    def command(self, sid: str, address: str, asked: RunCommand) -> Reply:
        """Give a command: answered when it was accepted or refused; `command_ack` tells when it is done."""
        self._limits.commands(address)
        command_id = uuid.uuid4().hex[:12]
        self._broadcaster.await_command(sid, asked.run, command_id)
        try:
            result = self._runs.command(asked.run, asked.name, asked.args, id=command_id)
        except CommandRefusedError as error:
            return Reply({"id": command_id, **refusal(error)})
        return Reply({"id": result.id, "state": result.state, "message": result.message})

    def watch(self, sid: str, address: str, asked: Watch) -> Reply:
        """Send pictures of a session."""
        self._limit_joins(sid, address)
        self._viewers.watch(sid, asked.session, asked.fps, asked.stills)
        return Reply({"ok": True})

    def unwatch(self, sid: str, _address: str, asked: Unwatch) -> Reply:
        """Send no more pictures of a session."""
        self._viewers.unwatch(sid, asked.session)
        return Reply({"ok": True})

    def session_command(self, _sid: str, address: str, asked: SessionCommand) -> Reply:
        """Give a command to a session: answered when it is done, `input` at once: hands do not wait."""
        if asked.name == "input":
            self._limits.inputs(address)
            self._sessions.steer(asked.session, asked.args)
            return Reply({"state": "accepted"})
        self._limits.commands(address)
        reply = self._sessions.command(asked.session, asked.name, asked.args)
        told: dict[str, Any] = {"id": reply.id, "state": reply.state, "message": reply.message}
        return Reply({**told, "result": dict(reply.result)})

    def _limit_joins(self, sid: str, address: str) -> None:
        self._limits.joins(sid)
        self._limits.joins_of_address(address)


def _sid() -> str:
    sid: str = request.sid  # type: ignore[attr-defined]  # Flask-SocketIO adds it
    return sid
