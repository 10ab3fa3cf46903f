"""The registry of a run: what is made of a checkpoint for others to read.

checkpoints/<run>/ holds `elite_genome_gen<N>.json` (`..._final.json` when the threshold was met), `genome_<id>.json`
and `training_report.json`. All of it comes from a checkpoint that exists already, so it never knows more than the run
can be resumed from, and can be made again. Elites that the run let go of (`Elites.prune`) go here, too; those of later
generations than the checkpoint's stay, since a run that fell back to it is going to breed them again.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from python_training.systems.neat.elites import Elite
from python_training.systems.neat.run_state import RunState

REPORT = "training_report.json"
_ELITE_FILE = re.compile(r"elite_genome_gen(\d{1,12})(_final)?\.json")
_GENOME_FILE = re.compile(r"genome_-?\d{1,18}\.json")


def publish(checkpoint: Path, folder: Path, t: float) -> None:
    """Bring `folder`, a run's, up to date with `checkpoint`, written at Unix time `t`; may be repeated.

    Raises:
        CheckpointError: `checkpoint` is not one of a NEAT run.
        OSError: a file cannot be written.
    """
    run = RunState.load(checkpoint)
    generation = int(run.history[-1]["generation"]) if run.history else 0
    for elite in run.elites:
        _put(folder / elite.genome_file, elite.genome)
        _put_elite(folder, elite, t)
    _clear(folder, run, generation)
    _put(folder / REPORT, _json(_report(run, generation, t)))


def _put_elite(folder: Path, elite: Elite, t: float) -> None:
    """Write the elite's file. Its timestamp is that of the first checkpoint which had it."""
    path, document = folder / elite.name, elite.document()
    known = _read(path)
    same = known is not None and known.get("sha256") == elite.sha256
    document["timestamp"] = known["timestamp"] if known is not None and same and "timestamp" in known else t
    if document != known:
        _put(path, _json(document))


def _clear(folder: Path, run: RunState, generation: int) -> None:
    """Remove the files of elites that were let go of: what is said of them first, then genomes that nobody names."""
    kept = {elite.name for elite in run.elites}
    named = {elite.genome_file for elite in run.elites}
    for path in sorted(folder.iterdir()):
        match = _ELITE_FILE.fullmatch(path.name)
        if match is None or path.name in kept:
            continue
        if int(match[1]) <= generation:
            path.unlink(missing_ok=True)
        else:
            named.add(str((_read(path) or {}).get("genome_file")))
    for path in sorted(folder.iterdir()):
        if _GENOME_FILE.fullmatch(path.name) and path.name not in named:
            path.unlink(missing_ok=True)


def _report(run: RunState, generation: int, t: float) -> dict[str, Any]:
    """What training_report.json says."""
    champion = run.champion
    return {
        "generations": generation,
        "updated": t,
        "threshold_reached": bool(run.threshold.met),
        "thresholds_met": [
            {"generation": met.generation, "threshold": met.threshold, "score": met.score} for met in run.threshold.met
        ],
        "best_fitness": max((row["best_fitness"] for row in run.history), default=None),
        "champion": None if champion is None else {**champion.document(), "held_out": run.held_out},
        "elites": [
            {"generation": elite.generation, "fitness": elite.fitness, "file": elite.name} for elite in run.elites
        ],
        "history": run.history,
    }


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, indent=2).encode() + b"\n"


def _read(path: Path) -> dict[str, Any] | None:
    """A JSON object that may be missing or damaged."""
    try:
        raw = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return raw if isinstance(raw, dict) else None


def _put(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old content or the new, and leave it alone if it has that already."""
    if path.is_file() and path.read_bytes() == content:
        return
    part = path.with_name(f".{path.name}.part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
