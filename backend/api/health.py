"""GET /health: that the server is alive, and whether something trains."""

from __future__ import annotations

import time
from importlib.metadata import version
from typing import Any

from flask import request

from backend.api.answers import HealthAnswer
from backend.api.blueprint import group
from backend.api.context import context
from python_training.contracts.status import RunStatus

api = group("health", "Is the server alive?", prefix="")


@api.get("/health", responses={200: HealthAnswer})
def get_health() -> dict[str, Any]:
    """Tell that the server is alive. Answers without a token too, but then says nothing about runs."""
    views = context()
    told = {"status": "ok", "app": "paddock", "version": version("paddock")}
    if not views.guard.is_authenticated(request.environ):
        return told
    newest = views.runs.newest(at_once=True)  # it must answer even where there is much to catch up with
    training = newest is not None and newest.is_training and newest.status is not RunStatus.QUEUED
    return {
        **told,
        "is_training": training,
        "run": newest.id if newest else None,
        "uptime_s": round(time.time() - views.started, 3),
    }
