"""Breeding, a generation at a time: what neat.Population.run does in a loop, and nothing of it hidden."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

import neat
from neat.reporting import ReporterSet

from python_training.systems.neat.genome_record import GenomeRecord
from python_training.systems.neat.seed_genomes import settle

DISTANCE_STEP = 0.05
"""By this share the distance between species is changed in a generation."""

RandomState = tuple[Any, ...]
"""What random.getstate returns."""


class Counter(Iterator[int]):
    """itertools.count, whose next number can be read without using it up."""

    def __init__(self, following: int) -> None:
        self.following = following

    def __next__(self) -> int:
        self.following += 1
        return self.following - 1


class Breeder(Protocol):
    """What of neat-python's DefaultReproduction is used."""

    ancestors: dict[int, tuple[int, ...]]
    genome_indexer: Counter
    innovation_tracker: Any

    def create_new(self, genome_type: Any, genome_config: Any, num_genomes: int) -> dict[int, Any]:
        """A first population."""
        ...

    def reproduce(self, config: Any, species: Any, pop_size: int, generation: int) -> dict[int, Any]:
        """The next population; empty if all species ended."""
        ...


class Evolution:
    """A population, its species, and all that the next ones depend on.

    Equal configs, seeds and fitnesses give what neat.Population gives, bit for bit. neat-python draws from Python's
    global generator; here that is set before every use and put back after it, so that nobody else's draws matter. Only
    the thread that breeds may draw from it meanwhile.

    Args:
        config: neat-python's.
        seed: of all draws.
        founders: genomes that the first population consists of, with mutated copies; drawn at random if there are none.
        target_species: number of species that the distance between species is fitted to; None: it stays.

    Attributes:
        config: neat-python's. It holds counters of its own, so that it cannot be shared with another Evolution.
        generation: of the population, counted from 1.
        population: the genomes by key, in neat-python's order.
        species: neat-python's species set.
        reproduction: neat-python's, with the counters of genomes and innovations.
        random: the state of the generator.
    """

    def __init__(
        self,
        config: neat.Config,
        seed: int,
        founders: Sequence[GenomeRecord] = (),
        target_species: int | None = None,
    ) -> None:
        self.config = config
        reporters = ReporterSet()
        stagnation = config.stagnation_type(config.stagnation_config, reporters)
        self.reproduction: Breeder = config.reproduction_type(config.reproduction_config, reporters, stagnation)
        self.reproduction.genome_indexer = Counter(1)
        self.species = config.species_set_type(config.species_set_config, reporters)
        self.species.indexer = Counter(1)
        config.genome_config.node_indexer = Counter(config.genome_config.num_outputs)
        self._target_species = target_species
        self.random: RandomState = random.Random(seed).getstate()  # noqa: S311  # not for secrets
        self.generation = 1
        with self._drawing():
            self.population = self._new_population()
            if founders:
                settle(self.population, founders, config)
            self.species.speciate(config, self.population, 0)
        self.reproduction.ancestors = {}

    def rate(self, fitnesses: Sequence[float]) -> None:
        """Give each genome its fitness, in the population's order."""
        for genome, fitness in zip(self.population.values(), fitnesses, strict=True):
            genome.fitness = fitness

    def breed(self) -> Mapping[int, tuple[int, ...]]:
        """Replace the rated population by the next one; returns the parents of each genome that is new.

        If every species ended, a new population is drawn, whose genomes have no parents.
        """
        config, counted = self.config, self.generation - 1
        with self._drawing():
            self.population = self.reproduction.reproduce(config, self.species, config.pop_size, counted)
            if not self.species.species:
                self.population = self._new_population()
            self._fit_distance()
            self.species.speciate(config, self.population, counted)
        self.generation += 1
        # neat-python would keep the parents of all genomes that ever were.
        parents, self.reproduction.ancestors = self.reproduction.ancestors, {}
        return parents

    def _fit_distance(self) -> None:
        """Let species differ sooner where there are fewer than wanted, and later where there are more."""
        settings, species = self.config.species_set_config, len(self.species.species)
        if self._target_species is not None and species != self._target_species:
            factor = 1.0 + DISTANCE_STEP if species > self._target_species else 1.0 / (1.0 + DISTANCE_STEP)
            settings.compatibility_threshold *= factor

    def _new_population(self) -> dict[int, Any]:
        config = self.config
        return self.reproduction.create_new(config.genome_type, config.genome_config, config.pop_size)

    @contextmanager
    def _drawing(self) -> Iterator[None]:
        """Python's global generator is this evolution's own."""
        others = random.getstate()
        random.setstate(self.random)
        try:
            yield
        finally:
            self.random = random.getstate()
            random.setstate(others)
