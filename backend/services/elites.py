"""Elites: the best genomes of a run, generation by generation, as its training system left them on disk."""

from __future__ import annotations

import contextlib
import json
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from backend.domain.run import Run
from backend.errors import NotFoundError
from backend.services.genomes import DrawnNetwork, drawn_network
from backend.services.runs import Runs
from backend.store.base import RunFilter
from python_training.contracts.config import validate
from python_training.contracts.errors import CheckpointError, PaddockError

MAX_ELITE_BYTES, MAX_GENOME_BYTES = 1_000_000, 32_000_000
"""Files that are larger are not read."""
MAX_ANCESTORS = 1_000

_NAME = re.compile(r"elite_genome_gen(\d{1,9})(_final)?\.json")
_GENOME_NAME = re.compile(r"genome_[A-Za-z0-9_-]{1,100}\.json")

Id = Annotated[str, BeforeValidator(lambda raw: str(raw) if isinstance(raw, int) else raw), Field(max_length=100)]
Number = Annotated[float | None, Field(allow_inf_nan=False)]


class _Record(BaseModel):
    """What other writers add is passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Ancestor(_Record):
    """A genome in a line of descent; its parents may no longer be known."""

    genome_id: Id
    generation: int = Field(ge=0)
    fitness: Number = None
    parents: tuple[Id, ...] = Field((), max_length=2)


class _EliteFile(Ancestor):
    """elite_genome_gen<N>.json."""

    timestamp: float = Field(allow_inf_nan=False)
    performance_stats: dict[str, Number] = Field(default_factory=dict, max_length=100)
    genome_file: str = Field(pattern=_GENOME_NAME.pattern)
    sha256: str = Field("", max_length=64)
    species: int | None = None
    ancestors: tuple[Ancestor, ...] = Field((), max_length=MAX_ANCESTORS)


@dataclass(frozen=True, slots=True)
class Elite:
    """An elite as everybody sees it. `final`: the run ended with it, its threshold met."""

    run: str
    generation: int
    fitness: float | None
    genome_id: str
    timestamp: float
    performance_stats: dict[str, float | None]
    final: bool
    sha256: str
    species: int | None
    parents: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """The elite as the JSON object that REST shows."""
        return {name: getattr(self, name) for name in self.__slots__} | {"parents": list(self.parents)}


class Elites:
    """Elites on disk, read anew at every call: workers write and prune them at any time.

    Methods raise UnknownNameError for a run that is not there, NotFoundError for a generation without an elite, and
    CheckpointError for files that cannot be read as what they should be. Safe to use from several threads or greenlets.
    """

    def __init__(self, runs: Runs) -> None:
        self._runs = runs

    def of_run(self, run_id: str) -> list[Elite]:
        """The elites of a run, newest first; none for a run of a system that leaves none. Damaged ones are left out."""
        found = []
        for _, path in sorted(_elite_files(self._folder(run_id)).items(), reverse=True):
            with contextlib.suppress(CheckpointError):  # being pruned, or half-copied: the others are still good
                found.append(_elite(run_id, path, _read(path)))
        return found

    def newest(self, limit: int) -> list[Elite]:
        """The newest elites of all runs, those of the newest run first."""
        found: list[Elite] = []
        runs: list[Run] = sorted(self._runs.find(RunFilter())[0], key=lambda run: run.created, reverse=True)
        for run in runs:
            found += self.of_run(run.id)
            if len(found) >= limit:
                break
        return found[:limit]

    def get(self, run_id: str, generation: int) -> Elite:
        """The elite of one generation."""
        path = self._path(run_id, generation)
        return _elite(run_id, path, _read(path))

    def ancestors(self, run_id: str, generation: int) -> list[Ancestor]:
        """The elite of a generation and, as far as they are known, its forebears, newest first."""
        elite = _read(self._path(run_id, generation))
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
        elite = _read(path)
        return elite.genome_file, _content(path.with_name(elite.genome_file), MAX_GENOME_BYTES)

    def network(self, run_id: str, generation: int) -> DrawnNetwork:
        """The network of a generation's elite."""
        name, content = self.genome(run_id, generation)
        try:
            return drawn_network(_object(name, content))
        except PaddockError as error:
            raise CheckpointError(f"{name} holds no genome: {error.message}", hint=error.hint) from error

    def _folder(self, run_id: str) -> Path:
        return self._runs.folder(run_id).checkpoints_path

    def _path(self, run_id: str, generation: int) -> Path:
        files = _elite_files(self._folder(run_id))
        if generation not in files:
            raise NotFoundError(
                f"{run_id} has no elite of generation {generation}.",
                field="generation",
                hint="Older ones are pruned; the list of elites says which there are.",
            )
        return files[generation]


def _elite_files(folder: Path) -> dict[int, Path]:
    """The files by generation; the final one counts where there are two."""
    found: dict[int, Path] = {}
    for entry in _entries(folder):
        match = _NAME.fullmatch(entry.name)
        if match and (match[2] or int(match[1]) not in found):
            found[int(match[1])] = Path(entry.path)
    return found


def _entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            yield from entries
    except FileNotFoundError:
        return  # nothing has been saved yet


def _read(path: Path) -> _EliteFile:
    try:
        return validate(_EliteFile, _object(path.name, _content(path, MAX_ELITE_BYTES)))
    except PaddockError as error:
        raise CheckpointError(f"{path.name} is damaged: {error.message}") from error


def _elite(run_id: str, path: Path, elite: _EliteFile) -> Elite:
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


def _content(path: Path, limit: int) -> bytes:
    """What a plain file holds. Links are not followed: the folder may have been copied from somewhere else."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise CheckpointError(f"{path.name} is no plain file.")
            content = file.read(limit + 1)
    except OSError as error:
        raise CheckpointError(f"{path.name} cannot be read: {error.strerror}.") from error
    if len(content) > limit:
        raise CheckpointError(f"{path.name} is larger than {limit} bytes.")
    return content


def _object(name: str, content: bytes) -> dict[str, Any]:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise CheckpointError(f"{name} is not JSON.") from error
    if not isinstance(document, dict):
        raise CheckpointError(f"{name} must hold a JSON object, got {type(document).__name__}.")
    return document
