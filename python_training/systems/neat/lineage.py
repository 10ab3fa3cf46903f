"""Who descends from whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

MAX_LINE = 100
"""Ancestors in a line that is shown."""


@dataclass(frozen=True, slots=True)
class Birth:
    """How a genome came to be.

    Attributes:
        genome_id: its key.
        generation: the first that it flew in.
        fitness: in that generation.
        parents: the one that flew better first; empty for genomes of a first population.
    """

    genome_id: int
    generation: int
    fitness: float
    parents: tuple[int, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain data; ids are texts there, as in elite files."""
        ids = {"genome_id": str(self.genome_id), "parents": [str(parent) for parent in self.parents]}
        return {**asdict(self), **ids}


class Lineage:
    """Births of the genomes alive, and of those on their lines back through the better parents."""

    def __init__(self, births: Iterable[Birth] = ()) -> None:
        self._births = {birth.genome_id: birth for birth in births}

    def __iter__(self) -> Any:
        return iter(self._births.values())

    def note(self, generation: int, fitnesses: Mapping[int, float], parents: Mapping[int, Sequence[int]]) -> None:
        """Take in a rated population; `parents` are those of the genomes that are new."""
        for key, fitness in fitnesses.items():
            if key not in self._births:
                self._births[key] = Birth(key, generation, fitness, self._ordered(parents.get(key, ())))
        kept = {each.genome_id: each for key in fitnesses for each in self._line(key)}
        self._births = dict(sorted(kept.items()))

    def of(self, genome_id: int) -> Birth:
        """The birth of a genome alive."""
        return self._births[genome_id]

    def ancestors(self, genome_id: int) -> tuple[Birth, ...]:
        """The line back from a genome alive through the better parents, without itself, the newest first."""
        return tuple(self._line(genome_id))[1 : MAX_LINE + 1]

    def _line(self, genome_id: int) -> Iterable[Birth]:
        birth = self._births.get(genome_id)
        while birth is not None:
            yield birth
            birth = self._births.get(birth.parents[0]) if birth.parents else None

    def _ordered(self, parents: Sequence[int]) -> tuple[int, ...]:
        """Each parent once, the better one first."""
        known = {key: self._births[key].fitness for key in dict.fromkeys(parents)}
        return tuple(sorted(known, key=lambda key: known[key], reverse=True))
