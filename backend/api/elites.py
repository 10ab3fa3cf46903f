"""Elites: the best genomes that a run has bred, to look at, to download and to fly; and genomes that people bring."""

from __future__ import annotations

from typing import Any

from flask import Response

from backend.api.answers import (
    EliteAnswer,
    ElitesAnswer,
    LineageAnswer,
    NetworkAnswer,
)
from backend.api.blueprint import group
from backend.api.context import context
from backend.api.requests import CheckGenome, ElitePath, ElitesQuery, RunPath

GENOME: dict[str, Any] = {
    "description": "The genome as a JSON file.",
    "content": {"application/json": {"schema": {"type": "object"}}},
}

api = group("elites", "The best genomes of runs that breed players.")


@api.get("/elites", responses={200: ElitesAnswer})
def list_newest_elites(query: ElitesQuery) -> dict[str, Any]:
    """List the newest elites of all runs, those of the newest run first."""
    return {"elites": [elite.to_dict() for elite in context().elites.newest(query.limit)]}


@api.get("/runs/<string:run>/elites", responses={200: ElitesAnswer})
def list_elites(path: RunPath) -> dict[str, Any]:
    """List the elites of a run, newest first; none for a run of a system that leaves none."""
    return {"elites": [elite.to_dict() for elite in context().elites.of_run(path.run)]}


@api.get("/runs/<string:run>/elites/<string:generation>", responses={200: EliteAnswer})
def get_elite(path: ElitePath) -> dict[str, Any]:
    """Show the elite of one generation."""
    return context().elites.get(path.run, path.generation).to_dict()


@api.get("/runs/<string:run>/elites/<string:generation>/genome", responses={200: GENOME})
def download_genome(path: ElitePath) -> Response:
    """Download the genome of an elite, as the run wrote it."""
    name, content = context().elites.genome(path.run, path.generation)
    # Both parts of the name were found on disk, so they hold nothing that a header could trip over.
    return Response(
        content,
        mimetype="application/json",
        headers={"Content-Disposition": f'attachment; filename="{path.run}-{name}"'},
    )


@api.get("/runs/<string:run>/elites/<string:generation>/network", responses={200: NetworkAnswer})
def get_network(path: ElitePath) -> dict[str, Any]:
    """Show the network of an elite in layers, as it can be drawn."""
    return context().elites.network(path.run, path.generation)


@api.get("/runs/<string:run>/elites/<string:generation>/lineage", responses={200: LineageAnswer})
def get_lineage(path: ElitePath) -> dict[str, Any]:
    """Show an elite and its forebears, newest first, as far as they are known."""
    ancestors = context().elites.ancestors(path.run, path.generation)
    return {"ancestors": [ancestor.model_dump(mode="json") for ancestor in ancestors]}


@api.post("/genomes/check", responses={200: NetworkAnswer})
def check_genome(body: CheckGenome) -> dict[str, Any]:
    """Look at a genome that somebody brings: Paddock's own format, or neat-python's export."""
    return context().elites.check(body.genome)
