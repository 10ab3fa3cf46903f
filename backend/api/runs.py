"""Runs: list, create, label, command, delete."""

from __future__ import annotations

from typing import Any

from backend.api.answers import CommandAnswer, ReportAnswer, RunAnswer, RunsAnswer
from backend.api.blueprint import group
from backend.api.context import context
from backend.api.requests import Command, CommandQuery, CreateRun, PatchRun, RunPath, RunsQuery
from backend.services.runs import CheckpointRef
from backend.store.base import RunFilter

api = group("runs", "Training runs.")


@api.get("/runs", responses={200: RunsAnswer})
def list_runs(query: RunsQuery) -> dict[str, Any]:
    """List runs in brief, pinned ones first; a run's own answer has its config and metrics."""
    wanted = RunFilter(
        status=query.statuses(),
        system=query.system,
        tag=query.tag,
        text=query.q,
        order=query.order,
        limit=query.limit,
        offset=query.offset,
    )
    runs, total = context().runs.find(wanted)
    return {"runs": [run.to_summary() for run in runs], "total": total}


@api.post("/runs", responses={201: RunAnswer})
def create_run(body: CreateRun) -> tuple[dict[str, Any], int]:
    """Create a run and queue it; it starts as soon as there is room."""
    fork = body.from_checkpoint
    run = context().runs.create(
        body.system,
        body.config,
        preset=body.preset,
        name=body.name,
        notes=body.notes,
        tags=body.tags,
        from_checkpoint=CheckpointRef(fork.run, fork.step) if fork else None,
    )
    return run.to_dict(), 201


@api.get("/runs/<string:run>", responses={200: RunAnswer})
def get_run(path: RunPath) -> dict[str, Any]:
    """Get one run."""
    return context().runs.get(path.run).to_dict()


@api.get("/runs/<string:run>/report", responses={200: ReportAnswer})
def get_report(path: RunPath) -> dict[str, Any]:
    """Get what a run has found out, in blocks that can be drawn; null for a run that has nothing to report."""
    report = context().reports.of_run(path.run)
    return {"report": report.to_dict() if report else None}


@api.patch("/runs/<string:run>", responses={200: RunAnswer})
def patch_run(path: RunPath, body: PatchRun) -> dict[str, Any]:
    """Change a run's name, notes, tags or whether it is pinned."""
    run = context().runs.patch(path.run, name=body.name, notes=body.notes, tags=body.tags, pinned=body.pinned)
    context().run_changed(run.id)
    return run.to_dict()


@api.delete("/runs/<string:run>", responses={204: None})
def delete_run(path: RunPath) -> tuple[str, int]:
    """Delete a run that is not active, with its journal and its checkpoints."""
    context().runs.delete(path.run)
    context().run_deleted(path.run)
    return "", 204


@api.post("/runs/<string:run>/commands", responses={200: CommandAnswer, 202: CommandAnswer})
def command_run(path: RunPath, query: CommandQuery, body: Command) -> tuple[dict[str, Any], int]:
    """Give a command: 202 when it was accepted, 200 when it is done, 409 when it was refused."""
    result = context().runs.command(path.run, body.name, body.args, wait=query.wait, timeout=query.timeout)
    return result.to_dict(), 200 if result.state == "done" else 202
