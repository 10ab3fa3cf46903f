"""Elites: the best genome of a generation as it is kept, and which of them are."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from python_training.systems.neat.genome_json import decode
from python_training.systems.neat.genome_record import GenomeRecord
from python_training.systems.neat.lineage import Birth

KEPT_EVERY = 10
"""Of older elites every tenth snapshot stays."""


@dataclass(frozen=True)
class Elite:
    """The best genome of one generation.

    Attributes:
        generation: in which it was the best, counted from 1.
        genome_id: its key.
        fitness: in that generation.
        performance: the figures that the fitness is made of.
        trial_score: fitness over the trial bouts, None if there were none.
        held_out_score: fitness over held-out bouts, if it was champion.
        elo: its rating, in worlds that have duels.
        species, nodes, connections: which one it belonged to, its nodes, its enabled connections.
        parents: keys, the better one first.
        ancestors: its line back, the newest first.
        final: whether it met a threshold, or was the last generation's.
        genome: the genome file's content.
    """

    generation: int
    genome_id: int
    fitness: float
    performance: Mapping[str, float]
    trial_score: float | None
    held_out_score: float | None
    elo: float | None
    species: int
    nodes: int
    connections: int
    parents: tuple[int, ...]
    ancestors: tuple[Birth, ...]
    final: bool
    genome: bytes

    @property
    def name(self) -> str:
        """The file name of what is said about it."""
        return f"elite_genome_gen{self.generation}{'_final' if self.final else ''}.json"

    @property
    def genome_file(self) -> str:
        """The file name of its genome."""
        return f"genome_{self.genome_id}.json"

    @cached_property
    def record(self) -> GenomeRecord:
        """The genome."""
        return decode(self.genome)

    @cached_property
    def sha256(self) -> str:
        """Of the genome file."""
        return hashlib.sha256(self.genome).hexdigest()

    def document(self) -> dict[str, Any]:
        """All but the genome as JSON data, in the format of elite files; `timestamp` is for who writes the file."""
        return {
            "generation": self.generation,
            "fitness": self.fitness,
            "genome_id": str(self.genome_id),
            "performance_stats": dict(self.performance),
            "genome_file": self.genome_file,
            "sha256": self.sha256,
            "final": self.final,
            "trial_score": self.trial_score,
            "held_out_score": self.held_out_score,
            "elo": self.elo,
            "species": self.species,
            "nodes": self.nodes,
            "connections": self.connections,
            "parents": [str(parent) for parent in self.parents],
            "ancestors": [birth.to_dict() for birth in self.ancestors],
        }

    @classmethod
    def of_document(cls, document: Mapping[str, Any], genome: bytes) -> Elite:
        """Read what `document` gave; raises KeyError, TypeError or ValueError for anything else."""
        elite = cls(
            generation=int(document["generation"]),
            genome_id=int(document["genome_id"]),
            fitness=float(document["fitness"]),
            performance={str(name): float(value) for name, value in document["performance_stats"].items()},
            trial_score=document["trial_score"],
            held_out_score=document["held_out_score"],
            elo=document["elo"],
            species=int(document["species"]),
            nodes=int(document["nodes"]),
            connections=int(document["connections"]),
            parents=tuple(int(parent) for parent in document["parents"]),
            ancestors=tuple(_birth(raw) for raw in document["ancestors"]),
            final=bool(document["final"]),
            genome=genome,
        )
        if elite.sha256 != document["sha256"]:
            raise ValueError(f"{elite.genome_file} is not the genome that generation {elite.generation} names")
        return elite


class Elites(Sequence[Elite]):
    """The elites of a run, the oldest first, at most one a generation."""

    def __init__(self, elites: Iterable[Elite] = ()) -> None:
        self._elites = sorted(elites, key=lambda elite: elite.generation)

    def __getitem__(self, index: Any) -> Any:
        return self._elites[index]

    def __len__(self) -> int:
        return len(self._elites)

    def add(self, elite: Elite) -> None:
        """Keep one more. A genome that was an elite before keeps the file it has."""
        known = next((each for each in self._elites if each.genome_id == elite.genome_id), None)
        if known is not None:
            elite = replace(elite, genome=known.genome)
        others = [each for each in self._elites if each.generation != elite.generation]
        self._elites = sorted([*others, elite], key=lambda each: each.generation)

    def prune(self, keep: int, snapshot_interval: int) -> None:
        """Let go of all but the newest `keep`, every tenth snapshot, the best, and those that are final."""
        best = max(self._elites, key=lambda elite: elite.fitness, default=None)
        spacing = KEPT_EVERY * snapshot_interval
        newest = len(self._elites) - keep
        self._elites = [
            elite
            for place, elite in enumerate(self._elites)
            if place >= newest or elite is best or elite.final or elite.generation % spacing == 0
        ]


def to_json(elites: Iterable[Elite]) -> list[dict[str, Any]]:
    """Elites with their genomes as JSON data."""
    return [{**elite.document(), "genome": elite.genome.decode()} for elite in elites]


def from_json(raw: Any) -> list[Elite]:
    """Read what `to_json` gave; raises KeyError, TypeError, ValueError or AttributeError for anything else."""
    if not isinstance(raw, list):
        raise TypeError(f"expected a list of elites, got {type(raw).__name__}")
    return [Elite.of_document(document, document["genome"].encode()) for document in raw]


def _birth(raw: Mapping[str, Any]) -> Birth:
    parents = tuple(int(parent) for parent in raw["parents"])
    return Birth(int(raw["genome_id"]), int(raw["generation"]), float(raw["fitness"]), parents)
