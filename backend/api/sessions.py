"""Sessions: worlds to watch. Their pictures come over Socket.IO."""

from __future__ import annotations

from typing import Any

from backend.api.answers import SessionAnswer, SessionCommandAnswer, SessionsAnswer
from backend.api.blueprint import group
from backend.api.context import context
from backend.api.requests import Command, CreateSession, SessionPath

api = group("sessions", "Worlds to watch, beside training and not in its way.")


@api.get("/sessions", responses={200: SessionsAnswer})
def list_sessions() -> dict[str, Any]:
    """List the sessions, oldest first."""
    return {"sessions": [session.to_dict() for session in context().sessions.list()]}


@api.post("/sessions", responses={201: SessionAnswer})
def create_session(body: CreateSession) -> tuple[dict[str, Any], int]:
    """Start a session; answers when it can be watched."""
    session = context().sessions.create(
        run=body.run, step=body.step, world=body.world, player=body.player, seed=body.seed, speed=body.speed
    )
    return session.to_dict(), 201


@api.delete("/sessions/<string:session>", responses={204: None})
def close_session(path: SessionPath) -> tuple[str, int]:
    """End a session."""
    context().sessions.close(path.session)
    return "", 204


@api.post("/sessions/<string:session>/commands", responses={200: SessionCommandAnswer})
def command_session(path: SessionPath, body: Command) -> dict[str, Any]:
    """Give a session a command: play, pause, restart, speed, status."""
    reply = context().sessions.command(path.session, body.name, body.args)
    return {
        "id": reply.id,
        "name": body.name,
        "state": reply.state,
        "message": reply.message,
        "result": dict(reply.result),
    }
