"""The elites that a run of a breeding system leaves beside its checkpoints: the best genome of some generations.

checkpoints/<run>/ holds elite_genome_gen<N>.json, or elite_genome_gen<N>_final.json for the one that met the run's
threshold, and the genome files that these name. Workers write and prune them at any time. Nothing in them is believed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from python_training.contracts.config import validate
from python_training.contracts.errors import CheckpointError, PaddockError
from python_training.runtime.plain_file import json_object, read_plain_file

MAX_ELITE_BYTES, MAX_GENOME_BYTES = 1_000_000, 32_000_000
"""Files that are larger are not read."""
MAX_ANCESTORS = 1_000

_NAME = re.compile(r"elite_genome_gen(\d{1,9})(_final)?\.json")
_GENOME_NAME = r"genome_[A-Za-z0-9_-]{1,100}\.json"

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


class EliteRecord(Ancestor):
    """elite_genome_gen<N>.json."""

    timestamp: float = Field(allow_inf_nan=False)
    performance_stats: dict[str, Number] = Field(default_factory=dict, max_length=100)
    genome_file: str = Field(pattern=f"^{_GENOME_NAME}$")
    sha256: str = Field("", max_length=64)
    species: int | None = None
    ancestors: tuple[Ancestor, ...] = Field((), max_length=MAX_ANCESTORS)


def elite_files(folder: Path) -> dict[int, Path]:
    """The elite files in a run's checkpoints folder by generation; the final one counts where there are two."""
    found: dict[int, Path] = {}
    for entry in _entries(folder):
        match = _NAME.fullmatch(entry.name)
        if match and (match[2] or int(match[1]) not in found):
            found[int(match[1])] = Path(entry.path)
    return dict(sorted(found.items()))


def read_elite(path: Path) -> EliteRecord:
    """What an elite file says; raises CheckpointError."""
    try:
        return validate(EliteRecord, json_object(path.name, read_plain_file(path, MAX_ELITE_BYTES)))
    except PaddockError as error:
        raise CheckpointError(f"{path.name} is damaged: {error.message}") from error


def elite_genome(path: Path) -> dict[str, Any]:
    """The genome document that an elite file names; raises CheckpointError."""
    name = read_elite(path).genome_file
    return json_object(name, read_plain_file(path.with_name(name), MAX_GENOME_BYTES))


def no_elite(run: str, generation: int, kept: Collection[int], reached: int) -> tuple[str, str]:
    """Why a run that has `reached` some generation has no elite of `generation`, and what to try."""
    reached = max([reached, *kept])
    if generation > reached:
        newest = f"Its newest elite is of generation {max(kept)}." if kept else "Let it train a little longer."
        return f"{run} has not reached generation {generation}: it is at {reached}.", newest
    if generation < 1:
        return f"{run} has no generation {generation}: they count from 1.", ""
    if not kept:
        return f"{run} has left no elite yet.", "Let it train a little longer."
    below = max((each for each in kept if each < generation), default=None)
    above = min((each for each in kept if each > generation), default=None)
    nearest = " and ".join(str(each) for each in (below, above) if each is not None)
    if above is None:
        return f"{run} has saved no elite of generation {generation} yet.", f"Its newest is of generation {below}."
    return (
        f"{run} no longer keeps an elite of generation {generation}: older ones are pruned.",
        f"The nearest that it keeps: {nearest}.",
    )


def _entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            yield from entries
    except OSError:
        return  # nothing has been saved yet, or nothing that could be read: as with checkpoints
