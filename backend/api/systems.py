"""Training systems and worlds: what forms, charts and live views are drawn from."""

from __future__ import annotations

from typing import Any

from backend.api.answers import CheckedAnswer, SystemsAnswer, WorldsAnswer
from backend.api.blueprint import group
from backend.api.context import context
from backend.api.requests import CheckConfig, SystemPath, SystemsQuery

api = group("systems", "Training systems and worlds.")


@api.get("/systems", responses={200: SystemsAnswer})
def list_systems(query: SystemsQuery) -> dict[str, Any]:
    """List the training systems with config schema, defaults, presets and metrics."""
    return {"systems": [system.to_dict() for system in context().systems.list(hidden=query.all)]}


@api.post("/systems/<string:system>/check", responses={200: CheckedAnswer})
def check_config(path: SystemPath, body: CheckConfig) -> dict[str, Any]:
    """Check a config, and complete it with preset and defaults, without making a run."""
    return {"config": context().systems.check(path.system, body.config, body.preset)}


@api.get("/worlds", responses={200: WorldsAnswer})
def list_worlds() -> dict[str, Any]:
    """List the worlds that can be watched, with who can play in them."""
    return {"worlds": [world.to_dict() for world in context().systems.worlds()]}
