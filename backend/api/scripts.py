"""The short endpoints that scripts use. They act on the newest run; start makes one if need be."""

from __future__ import annotations

from typing import Any

from backend.api.answers import ConfigAnswer, ControlAnswer, HistoryAnswer, LatestAnswer, StartAnswer
from backend.api.blueprint import group
from backend.api.context import context
from backend.api.requests import Changes, HistoryQuery, Nothing, StartBody
from backend.domain.run import Run
from backend.errors import NotFoundError
from backend.services.commands import CommandResult
from python_training import registry
from python_training.contracts.config import validate
from python_training.contracts.status import RunStatus

DEFAULT_SYSTEM = "ppo"
DEFAULT_PRESET = "lunabotics"

api = group("scripts", "Short endpoints that act on the newest run.", prefix="")


@api.get("/metrics", responses={200: LatestAnswer})
def get_latest() -> dict[str, Any]:
    """Get the newest values of the newest run."""
    run = context().runs.newest()
    if run is None:
        return {"run": None, "step": None, "t": None, "values": {}}
    return {"run": run.id, "step": run.step, "t": run.updated, "values": dict(run.last)}


@api.get("/history", responses={200: HistoryAnswer})
def get_history(query: HistoryQuery) -> dict[str, Any]:
    """Get the newest points of the newest run in order of step."""
    run = context().runs.newest()
    if run is None:
        return {"run": None, "history": []}
    history = context().store.history(run.id, query.limit)
    return {
        "run": run.id,
        "history": [{"step": each.step, "t": each.t, "values": dict(each.values)} for each in history],
    }


@api.get("/config", responses={200: ConfigAnswer})
def get_config() -> dict[str, Any]:
    """Get the config of the newest run as it is in force."""
    run = context().runs.newest()
    if run is None:
        return {"run": None, "system": None, "config": {}}
    return {"run": run.id, "system": run.system, "config": dict(run.config)}


@api.post("/config", responses={200: ControlAnswer})
def change_config(body: Changes) -> dict[str, Any]:
    """Change live fields of the newest run's config from its next update on."""
    run, changes = _newest(), body.model_dump()
    # The worker would refuse a wrong value as well, but not name the field.
    validate(registry.system(run.system).config_class(), run.config).changed(changes)
    return _acknowledged(context().runs.command(run.id, "set", changes, wait="done"))


@api.post("/control/start", responses={200: StartAnswer, 201: StartAnswer})
def start(body: StartBody) -> tuple[dict[str, Any], int]:
    """Start the run that is named or described; else resume the newest if it pauses, or begin a Lunabotics run."""
    runs = context().runs
    if body.run is not None:
        return _started(runs.command(body.run, "start").run), 200
    described = bool(body.system or body.config or body.preset or body.name)
    newest = runs.newest()
    if not described and newest is not None and newest.status.is_active:
        if newest.status is RunStatus.PAUSED:
            return _started(runs.command(newest.id, "resume", wait="done").run), 200
        return _started(newest, started=False), 200
    system = body.system or DEFAULT_SYSTEM
    preset = body.preset or (DEFAULT_PRESET if system == DEFAULT_SYSTEM and "env" not in body.config else None)
    return _started(runs.create(system, body.config, preset=preset, name=body.name)), 201


@api.post("/control/stop", responses={200: ControlAnswer})
def stop(body: Nothing) -> dict[str, Any]:
    """Let the newest run finish its update, save and end."""
    return _acknowledged(context().runs.command(_newest().id, "stop"))


@api.post("/control/save", responses={200: ControlAnswer})
def save(body: Nothing) -> dict[str, Any]:
    """Have the newest run write a checkpoint now."""
    return _acknowledged(context().runs.command(_newest().id, "save"))


def _newest() -> Run:
    run = context().runs.newest()
    if run is None:
        raise NotFoundError("There is no run yet.", hint="POST /control/start begins one.")
    return run


def _started(run: Run, *, started: bool = True) -> dict[str, Any]:
    return {
        "run": run.id,
        "status": run.status.value,
        "started": started,
        "acknowledged": True,
        "state": "accepted" if started else "done",
    }


def _acknowledged(result: CommandResult) -> dict[str, Any]:
    return {
        "acknowledged": True,
        "state": result.state,
        "id": result.id,
        "run": result.run.id,
        "status": result.run.status.value,
        "step": result.step,
    }
