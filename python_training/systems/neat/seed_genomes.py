"""A first generation that is bred from genomes of one's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from python_training.contracts.errors import ConfigError
from python_training.systems.neat.genome_json import from_dict
from python_training.systems.neat.genome_record import GenomeRecord
from python_training.systems.neat.neat_genome import breedable


def founders_of(documents: Sequence[Any], config: Any) -> tuple[GenomeRecord, ...]:
    """Read genomes' JSON (ours, or neat-python's export) for `config`, a neat.Config.

    Raises:
        ConfigError: one is damaged, or does not fit the world; the field is `seed_genomes.<index>`.
    """
    founders = []
    for index, document in enumerate(documents):
        try:
            genome = from_dict(document)
            breedable(genome.model_copy(update={"connections": ()}), config)
        except ConfigError as error:
            raise error.within(f"seed_genomes.{index}") from None
        founders.append(genome)
    return tuple(founders)


def settle(population: dict[int, Any], founders: Sequence[GenomeRecord], config: Any) -> None:
    """Replace the genomes of a new population by `founders`, and, once each has come, by mutated copies of them.

    Links get innovation numbers of this run, by which those of several founders are aligned.
    """
    settings = config.genome_config
    highest = max(node.key for founder in founders for node in founder.nodes)
    settings.node_indexer.following = max(settings.node_indexer.following, highest + 1)
    for place, key in enumerate(population):
        founder = founders[place % len(founders)]
        genome = breedable(_renumbered(founder, settings.innovation_tracker), config)
        genome.key, genome.fitness = key, None
        if place >= len(founders):
            genome.mutate(settings)
        population[key] = genome


def _renumbered(founder: GenomeRecord, tracker: Any) -> GenomeRecord:
    links = [
        link.model_copy(
            update={"innovation": tracker.get_innovation_number(link.source, link.target, "initial_connection")}
        )
        for link in founder.connections
    ]
    return founder.model_copy(update={"connections": tuple(links)})
