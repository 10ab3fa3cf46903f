"""Elites: the best genomes of a run, generation by generation, as its training system left them on disk."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backend.errors import NotFoundError
from backend.services.runs import Runs
from backend.store.base import RunFilter
from python_training import registry
from python_training.contracts.errors import CheckpointError, ConfigError, PaddockError
from python_training.runtime.elites import (
    MAX_GENOME_BYTES,
    Ancestor,
    elite_files,
    no_elite,
    read_elite,
)
from python_training.runtime.plain_file import json_object, read_plain_file


@dataclass(frozen=True, slots=True)
class Elite:
    """An elite as everybody sees it. `final`: the run ended with it, its threshold met."""

    run: str
    generation: int
    fitness: float | None
    genome_id: str
    timestamp: float
    performance_stats: Mapping[str, float | None]
    final: bool
    sha256: str
    species: int | None
    parents: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """The elite as the JSON object that REST shows."""
        return {name: getattr(self, name) for name in self.__slots__} | {"parents": list(self.parents)}


class Elites:
    """Elites on disk, read anew at every call: workers write and prune them at any time.

    Methods raise NotFoundError for a run that is not there and for a generation without an elite, and CheckpointError
    for files that cannot be read as what they should be. Safe to use from several threads or greenlets.
    """

    def __init__(self, runs: Runs) -> None:
        self._runs = runs

    def of_run(self, run_id: str) -> list[Elite]:
        """The elites of a run, newest first; none for a run of a system that leaves none. Damaged ones are left out."""
        found = []
        for path in reversed(self._files(run_id).values()):
            with contextlib.suppress(CheckpointError):  # being pruned, or half-copied: the others are still good
                found.append(_elite(run_id, path))
        return found

    def newest(self, limit: int) -> list[Elite]:
        """The newest elites of all runs, those of the newest run first."""
        found: list[Elite] = []
        for run in sorted(self._runs.find(RunFilter())[0], key=lambda run: run.created, reverse=True):
            with contextlib.suppress(PaddockError):  # damaged, or just deleted: the others are still good
                found += self.of_run(run.id)
            if len(found) >= limit:
                break
        return found[:limit]

    def get(self, run_id: str, generation: int) -> Elite:
        """The elite of one generation."""
        return _elite(run_id, self._path(run_id, generation))

    def ancestors(self, run_id: str, generation: int) -> list[Ancestor]:
        """The elite of a generation and, as far as they are known, its forebears, newest first."""
        elite = read_elite(self._path(run_id, generation))
        own = Ancestor(
            genome_id=elite.genome_id,
            generation=elite.generation,
            fitness=elite.fitness,
            parents=elite.parents,
        )
        others = [each for each in elite.ancestors if each.genome_id != own.genome_id]
        return [own, *sorted(others, key=lambda each: each.generation, reverse=True)]

    def genome(self, run_id: str, generation: int) -> tuple[str, bytes]:
        """Name and content of the file that holds the genome of a generation's elite."""
        path = self._path(run_id, generation)
        name = read_elite(path).genome_file
        return name, read_plain_file(path.with_name(name), MAX_GENOME_BYTES)

    def network(self, run_id: str, generation: int) -> dict[str, Any]:
        """The network of a generation's elite: `{inputs, outputs, recurrent, nodes, links}`."""
        name, content = self.genome(run_id, generation)
        system = self._runs.get(run_id).system
        try:
            return _drawn(system, json_object(name, content))
        except ConfigError as error:
            raise CheckpointError(f"{name} holds no genome: {error.message}", hint=error.hint) from error

    def check(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """The network of a genome that somebody brings, as `network` gives it; raises ConfigError, naming the field."""
        for entry in registry.SYSTEMS.values():
            if entry.drawing:
                return _drawn(entry.name, document)
        raise NotFoundError("No training system here breeds genomes.")

    def _files(self, run_id: str) -> dict[int, Path]:
        return elite_files(self._runs.folder(run_id).checkpoints_path)

    def _path(self, run_id: str, generation: int) -> Path:
        files = self._files(run_id)
        if generation not in files:
            message, hint = no_elite(run_id, generation, files, self._runs.get(run_id).step)
            raise NotFoundError(message, field="generation", hint=hint)
        return files[generation]


def _elite(run_id: str, path: Path) -> Elite:
    elite = read_elite(path)
    return Elite(
        run=run_id,
        generation=elite.generation,
        fitness=elite.fitness,
        genome_id=elite.genome_id,
        timestamp=elite.timestamp,
        performance_stats=elite.performance_stats,
        final=path.stem.endswith("_final"),
        sha256=elite.sha256,
        species=elite.species,
        parents=elite.parents,
    )


def _drawn(system: str, document: Mapping[str, Any]) -> dict[str, Any]:
    drawing = registry.system(system).drawing
    if not drawing:
        raise NotFoundError(f"The genomes of '{system}' cannot be drawn.", field="run")
    network: dict[str, Any] = registry.load(drawing)(document)
    return network
