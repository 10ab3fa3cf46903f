"""What the views work with. `app.create_app` puts it together; views fetch it from the app they answer for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app, request

from backend.api.guard import Guard
from backend.api.rate_limit import RateLimit
from backend.services.checkpoints import Checkpoints
from backend.services.elites import Elites
from backend.services.machine import Machine
from backend.services.reports import Reports
from backend.services.runs import Runs
from backend.services.session_plans import SessionPlans
from backend.services.sessions import Sessions
from backend.services.systems import Systems
from backend.settings import Settings
from backend.store.base import RunStore

EXTENSION = "paddock"


@dataclass(frozen=True, slots=True)
class Context:
    """Everything that views reach for.

    Attributes:
        run_changed, run_deleted: tell the browsers what is in no journal.
    started: Unix time at which the server began.
    """

    settings: Settings
    store: RunStore
    runs: Runs
    checkpoints: Checkpoints
    elites: Elites
    reports: Reports
    systems: Systems
    plans: SessionPlans
    sessions: Sessions
    machine: Machine
    guard: Guard
    commands: RateLimit
    run_changed: Callable[[str], None]
    run_deleted: Callable[[str], None]
    started: float


def context() -> Context:
    """The context of the app that answers the current request."""
    return cast("Context", current_app.extensions[EXTENSION])


def client_address() -> str:
    """Who asks, for rate limits: backend.api.guard.Door has put in what the settings believe."""
    return request.remote_addr or "unknown"


def install(app: Flask, views: Context) -> None:
    """Let the views of `app` find their context."""
    app.extensions[EXTENSION] = views
