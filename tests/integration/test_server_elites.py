"""Elites through a served Paddock: bred by a real run, looked at, downloaded, and bred further in another run."""

from __future__ import annotations

import json
from typing import Any

import pytest

SMALL = {
    "env": "arena",
    "pop_size": 8,
    "bouts": 1,
    "trial_bouts": 1,
    "held_out_bouts": 1,
    "sim_duration": 1.0,
    "snapshot_interval": 1,
    "generations": 3,
    "num_processes": 1,
}


def bred(server: Any, config: dict[str, Any]) -> str:
    """A run of NEAT that has come to its end."""
    made = server.post("/api/v1/runs", {"system": "neat", "config": config})
    assert made.status_code == 201, made.text
    run: str = made.json()["id"]
    server.wait_for_status(run, "finished", timeout=120)
    return run


@pytest.fixture(scope="module")
def run(server: Any) -> str:
    """A finished run of three generations."""
    return bred(server, SMALL)


def test_elites_are_listed_of_a_run_and_of_all(server: Any, run: str) -> None:
    """Newest first, and the newest of all runs under one address."""
    elites = server.get(f"/api/v1/runs/{run}/elites").json()["elites"]
    generations = [elite["generation"] for elite in elites]
    assert generations
    assert generations == sorted(generations, reverse=True)
    assert server.get("/api/v1/elites?limit=1").json()["elites"][0]["generation"] == generations[0]
    one = server.get(f"/api/v1/runs/{run}/elites/{generations[0]}").json()
    assert one == elites[0]
    lineage = server.get(f"/api/v1/runs/{run}/elites/{generations[0]}/lineage").json()["ancestors"]
    assert lineage[0]["genome_id"] == one["genome_id"]


def test_a_genome_downloaded_founds_another_run(server: Any, run: str) -> None:
    """The file is a download by its name; a new run is bred from it, and a check draws the same network."""
    generation = server.get(f"/api/v1/runs/{run}/elites").json()["elites"][0]["generation"]
    where = f"/api/v1/runs/{run}/elites/{generation}"
    answer = server.get(f"{where}/genome")
    assert answer.headers["Content-Disposition"].startswith(f'attachment; filename="{run}-')
    genome = json.loads(answer.text)
    checked = server.post("/api/v1/genomes/check", {"genome": genome})
    assert checked.status_code == 200, checked.text
    assert checked.json() == server.get(f"{where}/network").json()
    further = bred(server, {**SMALL, "generations": 1, "seed_genomes": [genome]})
    assert server.get(f"/api/v1/runs/{further}/elites").json()["elites"]


def test_what_is_not_there_or_no_genome_is_told(server: Any, run: str) -> None:
    """404 for elites and runs that do not exist, 400 with the field for a genome that cannot be flown."""
    for path in (f"/runs/{run}/elites/999", f"/runs/{run}/elites/999/genome", "/runs/none/elites"):
        assert server.get(f"/api/v1{path}").status_code == 404, path
    damaged = {"format": "paddock-genome", "version": 1}
    refused = server.post("/api/v1/genomes/check", {"genome": damaged})
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "invalid_config")
    refused = server.post("/api/v1/runs", {"system": "neat", "config": {**SMALL, "seed_genomes": [damaged]}})
    assert refused.status_code == 400
    assert refused.json()["error"]["field"].startswith("seed_genomes.0")
