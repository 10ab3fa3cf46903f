"""Sessions: worlds to watch and games to play. Their pictures come over Socket.IO."""

from __future__ import annotations

import json
from typing import Any

from flask import Response

from backend.api.answers import SessionAnswer, SessionCommandAnswer, SessionsAnswer
from backend.api.blueprint import group
from backend.api.context import context
from backend.api.requests import Command, CreateSession, SessionPath
from backend.services.session_plans import Plan
from backend.services.sessions import Pace

RECORDING: dict[str, Any] = {
    "description": "Everything that persons did in the game, at which tick; who flew; and the seeds.",
    "content": {"application/json": {"schema": {"type": "object"}}},
}

api = group("sessions", "Worlds to watch and games to play, beside training and not in its way.")


@api.get("/sessions", responses={200: SessionsAnswer})
def list_sessions() -> dict[str, Any]:
    """List the sessions, oldest first."""
    return {"sessions": [session.to_dict() for session in context().sessions.list()]}


@api.post("/sessions", responses={201: SessionAnswer})
def create_session(body: CreateSession) -> tuple[dict[str, Any], int]:
    """Start a session; answers when it can be watched."""
    pace = Pace(speed=body.speed, fps=body.fps, idle_s=body.idle_s)
    return context().sessions.start(_plan(body), pace).to_dict(), 201


@api.get("/sessions/<string:session>", responses={200: SessionAnswer})
def get_session(path: SessionPath) -> dict[str, Any]:
    """Show a session."""
    return context().sessions.get(path.session).to_dict()


@api.delete("/sessions/<string:session>", responses={204: None})
def close_session(path: SessionPath) -> tuple[str, int]:
    """End a session."""
    context().sessions.close(path.session)
    return "", 204


@api.post("/sessions/<string:session>/commands", responses={200: SessionCommandAnswer})
def command_session(path: SessionPath, body: Command) -> dict[str, Any]:
    """Give a session a command.

    All sessions know play, pause, restart, speed and status; games and replays also step and seek (look back and
    forth), inspect (whose next decision is explained), focus and network; games also input and nudge.
    """
    reply = context().sessions.command(path.session, body.name, body.args)
    return {
        "id": reply.id,
        "name": body.name,
        "state": reply.state,
        "message": reply.message,
        "result": dict(reply.result),
    }


@api.get("/sessions/<string:session>/recording", responses={200: RECORDING})
def download_recording(path: SessionPath) -> Response:
    """Download the recording of a game: as far as it has come, or whole if it is over. The newest ones are kept."""
    content = context().sessions.recording(path.session)
    # The id was found among the sessions or on disk, so it holds nothing that a header could trip over.
    name = f"{path.session}.recording.json"
    return Response(
        content, mimetype="application/json", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _plan(body: CreateSession) -> Plan:
    plans = context().plans
    if body.replay is not None:
        if body.replay.session is None:
            return plans.replay(body.replay.recording)
        return plans.replay(json.loads(context().sessions.recording(body.replay.session)))
    if body.seats is not None:
        return plans.game(body.seats, run=body.run, world=body.world, world_config=body.world_config, seed=body.seed)
    return plans.watch(run=body.run, step=body.step, world=body.world, player=body.player, seed=body.seed)
