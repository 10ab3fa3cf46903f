"""Checkpoints of a run: list, download, pin, delete."""

from __future__ import annotations

from typing import Any

from flask import Response

from backend.api.answers import CheckpointAnswer, CheckpointsAnswer
from backend.api.blueprint import group
from backend.api.context import context
from backend.api.requests import CheckpointPath, PatchCheckpoint, RunPath

ZIP: dict[str, Any] = {
    "description": "A zip file of the checkpoint's folder, manifest included.",
    "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
}

api = group("checkpoints", "What a run can be resumed from.")


@api.get("/runs/<string:run>/checkpoints", responses={200: CheckpointsAnswer})
def list_checkpoints(path: RunPath) -> dict[str, Any]:
    """List the checkpoints of a run with their files and hashes, newest first."""
    return {"checkpoints": [info.to_dict() for info in context().checkpoints.list(path.run)]}


@api.get("/runs/<string:run>/checkpoints/<string:step>/download", responses={200: ZIP})
def download_checkpoint(path: CheckpointPath) -> Response:
    """Download a checkpoint as a zip file."""
    pieces = context().checkpoints.archive(path.run, path.step)
    name = f"{path.run}-{path.step}.zip"
    # Both parts of the name were found on disk, so they hold nothing that a header could trip over.
    return Response(
        pieces, mimetype="application/zip", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@api.patch("/runs/<string:run>/checkpoints/<string:step>", responses={200: CheckpointAnswer})
def pin_checkpoint(path: CheckpointPath, body: PatchCheckpoint) -> dict[str, Any]:
    """Keep a checkpoint until it is unpinned, or leave it to retention."""
    return context().checkpoints.pin(path.run, path.step, body.pinned).to_dict()


@api.delete("/runs/<string:run>/checkpoints/<string:step>", responses={204: None})
def delete_checkpoint(path: CheckpointPath) -> tuple[str, int]:
    """Delete a checkpoint that is neither pinned nor needed by an active run."""
    context().checkpoints.delete(path.run, path.step)
    return "", 204
