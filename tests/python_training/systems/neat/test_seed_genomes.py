from __future__ import annotations

from typing import Any

import neat
import pytest

from python_training.contracts.errors import ConfigError
from python_training.systems.neat.config import NEATConfig
from python_training.systems.neat.evolution import Evolution
from python_training.systems.neat.genome_json import to_dict
from python_training.systems.neat.neat_genome import genome_of
from python_training.systems.neat.neat_settings import neat_config
from python_training.systems.neat.seed_genomes import founders_of

INPUTS, OUTPUTS = 4, 2


def _config() -> neat.Config:
    return neat_config(NEATConfig(env="CartPole-v1", pop_size=12, neat={"node_add_prob": 0.9}), INPUTS, OUTPUTS)


def _documents(count: int) -> list[dict[str, Any]]:
    """Genomes of another run that have gained nodes."""
    evolution = Evolution(_config(), 7)
    for _ in range(6):
        evolution.rate([float(len(genome.nodes)) for genome in evolution.population.values()])
        evolution.breed()
    grown = sorted(evolution.population.values(), key=lambda genome: -len(genome.nodes))[:count]
    return [to_dict(genome_of(genome, evolution.config)) for genome in grown]


def _weights(genome: Any) -> dict[tuple[int, int], float]:
    return {key: gene.weight for key, gene in genome.connections.items()}


def test_a_population_begins_with_its_founders_and_mutated_copies() -> None:
    """Each founder comes once as it is; all others differ from theirs."""
    documents, config = _documents(2), _config()
    evolution = Evolution(config, 1, founders_of(documents, config))
    genomes = list(evolution.population.values())
    for document, genome in zip(documents, genomes, strict=False):
        assert _weights(genome) == {(link["from"], link["to"]): link["weight"] for link in document["connections"]}
    assert all(_weights(genome) not in (_weights(genomes[0]), _weights(genomes[1])) for genome in genomes[2:])
    assert list(evolution.population) == [genome.key for genome in genomes] == list(range(1, 13))


def test_equal_links_of_founders_are_aligned_and_new_nodes_are_new() -> None:
    """Innovation numbers are of this run, one for each link, and no later node takes the key of a founder's."""
    documents, config = _documents(3), _config()
    evolution = Evolution(config, 1, founders_of(documents, config))
    numbers: dict[tuple[int, int], set[int]] = {}
    for genome in list(evolution.population.values())[:3]:
        for key, gene in genome.connections.items():
            numbers.setdefault(key, set()).add(gene.innovation)
    assert all(len(each) == 1 for each in numbers.values())
    assert len({number for each in numbers.values() for number in each}) == len(numbers)
    highest = max(node["key"] for document in documents for node in document["nodes"])
    assert config.genome_config.node_indexer.following > highest
    for _ in range(5):
        evolution.rate([float(len(genome.nodes)) for genome in evolution.population.values()])
        evolution.breed()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"format": "tar"}, "seed_genomes.1.format"),
        ({"inputs": INPUTS + 1}, "seed_genomes.1.inputs"),
        ({"recurrent": True}, "seed_genomes.1.recurrent"),
    ],
)
def test_a_genome_that_does_not_fit_is_refused_by_its_place(changes: dict[str, Any], field: str) -> None:
    """The error names which of them it is, and which of its fields."""
    first, second = _documents(2)
    with pytest.raises(ConfigError) as refused:
        founders_of([first, {**second, **changes}], _config())
    assert refused.value.field == field
