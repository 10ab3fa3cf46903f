from __future__ import annotations

import pytest

from python_training.contracts.errors import ConfigError
from python_training.systems.neat.genome_json import decode, encode
from python_training.systems.neat.neat_genome import breedable, genome_of
from python_training.testing.random_genomes import RandomGenomes, all_functions_config


def test_a_genome_goes_to_a_file_and_back_into_breeding() -> None:
    """Gene by gene, in the same order, with innovation numbers and fitness: it is the genome that it was."""
    config = all_functions_config(5, 3, feed_forward=False)
    made = RandomGenomes(config, seed=2)
    for _ in range(50):
        bred = made.cyclic()
        bred.fitness = 0.1 + 0.2
        read = breedable(decode(encode(genome_of(bred, config))), config)
        assert (read.key, read.fitness) == (bred.key, bred.fitness)
        assert [str(gene) for gene in read.nodes.values()] == [str(gene) for gene in bred.nodes.values()]
        assert list(map(str, read.connections.values())) == list(map(str, bred.connections.values()))
        assert list(read.connections) == list(bred.connections)


def test_what_goes_along_is_kept() -> None:
    """How it is run, what its outputs mean, and metadata."""
    config = all_functions_config(5, 3)
    bred = RandomGenomes(config, seed=2).acyclic()
    actions = {"kind": "discrete", "count": 3, "start": 0}
    kept = genome_of(bred, config, recurrent=True, actions=actions, metadata={"generation": 4})
    assert (kept.recurrent, kept.actions, kept.metadata) == (True, actions, {"generation": 4})
    assert not genome_of(bred, config).recurrent


def test_links_without_innovation_numbers_get_new_ones() -> None:
    """An import can be crossed with others: the same link has the same number in all genomes of a generation."""
    config = all_functions_config(5, 3)
    kept = genome_of(RandomGenomes(config, seed=3).acyclic(), config)
    bare = kept.model_copy(
        update={"connections": tuple(link.model_copy(update={"innovation": None}) for link in kept.connections)}
    )
    first, second = ([gene.innovation for gene in breedable(bare, config).connections.values()] for _ in range(2))
    assert first == second
    assert len(set(first)) == len(kept.connections) > 0


def test_a_genome_for_another_world_is_refused() -> None:
    """The message says what the config is for."""
    kept = genome_of(RandomGenomes(all_functions_config(5, 3), seed=3).acyclic(), all_functions_config(5, 3))
    with pytest.raises(ConfigError, match="inputs: expected 6, got 5"):
        breedable(kept, all_functions_config(6, 3))
    with pytest.raises(ConfigError, match="outputs: expected 2, got 3"):
        breedable(kept, all_functions_config(5, 2))
    with pytest.raises(ConfigError, match="expected a feed-forward genome"):
        breedable(kept.model_copy(update={"recurrent": True}), all_functions_config(5, 3))
