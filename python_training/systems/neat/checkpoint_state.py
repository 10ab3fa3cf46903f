"""An Evolution as files, and back: everything that the next generation depends on.

neat-python's own checkpoints do not give that. Restoring one seeds the generator anew where the config names a seed,
though it had gone on since; saving one uses up a number of the counters of nodes and species, so that the run that
saved goes on differently from one that did not (either made 20 of 20 seeds differ, with neat-python 2.0); and the best
genome and the ancestors are not in it. Besides, they are pickles, which run what they are told to. Here genes are
arrays, in the order of the genomes' dicts, by which neat-python draws.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from neat.genes import DefaultConnectionGene, DefaultNodeGene
from neat.innovation import InnovationTracker
from neat.species import Species
from numpy.typing import NDArray

from python_training.contracts.errors import CheckpointError
from python_training.systems.neat.evolution import Counter, Evolution
from python_training.systems.neat.genome import Genome

GENES, STATE = "population.npz", "evolution.json"
FORMAT = 1

Arrays = dict[str, NDArray[Any]]


def save_evolution(evolution: Evolution, folder: Path) -> None:
    """Write population.npz and evolution.json."""
    names = _function_names(evolution)
    np.savez(folder / GENES, allow_pickle=False, **_genes(evolution.population, names))
    version, words, following_gauss = evolution.random
    tracker = evolution.reproduction.innovation_tracker
    state = {
        "format": FORMAT,
        "feed_forward": evolution.config.genome_config.feed_forward,
        "generation": evolution.generation,
        "random": [version, list(words), following_gauss],
        "next_genome": evolution.reproduction.genome_indexer.following,
        "next_node": evolution.config.genome_config.node_indexer.following,
        "next_species": evolution.species.indexer.following,
        "innovations": tracker.global_counter,
        "innovations_of_generation": [[*key, number] for key, number in tracker.generation_innovations.items()],
        "compatibility_threshold": evolution.config.species_set_config.compatibility_threshold,
        "functions": names,
        "species": [_species(species) for species in evolution.species.species.values()],
    }
    (folder / STATE).write_text(json.dumps(state) + "\n")


def load_evolution(evolution: Evolution, folder: Path) -> None:
    """Make `evolution`, of an equal config, what was saved in `folder`.

    Raises:
        CheckpointError: there is nothing of the kind, or it does not fit the config; `evolution` is unchanged then.
    """
    try:
        state = json.loads((folder / STATE).read_text())
        if state["format"] != FORMAT:
            raise ValueError(f"expected format {FORMAT}, got {state['format']}")
        if state["feed_forward"] != evolution.config.genome_config.feed_forward:
            raise ValueError("expected feed-forward genomes, got recurrent ones, or the other way round")
        with (folder / GENES).open("rb") as file, np.load(file, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        population = _population(arrays, state["functions"], evolution.config.genome_config)
        species = {raw["key"]: _restored_species(raw, population) for raw in state["species"]}
        random = (state["random"][0], tuple(state["random"][1]), state["random"][2])
        tracker = InnovationTracker(int(state["innovations"]))
        tracker.generation_innovations = {
            (source, target, kind): number for source, target, kind, number in state["innovations_of_generation"]
        }
        counters = [Counter(int(state[name])) for name in ("next_genome", "next_node", "next_species")]
        generation, distance = int(state["generation"]), float(state["compatibility_threshold"])
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError, BadZipFile) as error:
        raise CheckpointError(f"{folder} holds no population of this NEAT run: {error}.") from error
    evolution.generation, evolution.random, evolution.population = generation, random, population
    evolution.reproduction.genome_indexer, evolution.config.genome_config.node_indexer, _ = counters
    evolution.reproduction.innovation_tracker = tracker
    evolution.config.genome_config.innovation_tracker = tracker
    evolution.config.species_set_config.compatibility_threshold = distance
    evolution.species.indexer = counters[2]
    evolution.species.species = species
    evolution.species.genome_to_species = {key: each.key for each in species.values() for key in each.members}


def _function_names(evolution: Evolution) -> list[str]:
    nodes = [node for genome in evolution.population.values() for node in genome.nodes.values()]
    return sorted({node.activation for node in nodes} | {node.aggregation for node in nodes})


def _genes(population: Mapping[int, Any], names: list[str]) -> Arrays:
    """All genomes, one after the other; a fitness that was not given yet is 0, and not `rated`."""
    number = {name: index for index, name in enumerate(names)}
    genomes = list(population.values())
    nodes = [node for genome in genomes for node in genome.nodes.values()]
    links = [link for genome in genomes for link in genome.connections.values()]
    return {
        "keys": np.array([genome.key for genome in genomes], dtype=np.int64),
        "fitness": np.array([each.fitness or 0.0 for each in genomes], dtype=np.float64),
        "rated": np.array([each.fitness is not None for each in genomes], dtype=np.bool_),
        "node_counts": np.array([len(genome.nodes) for genome in genomes], dtype=np.int64),
        "link_counts": np.array([len(genome.connections) for genome in genomes], dtype=np.int64),
        "nodes": np.array([node.key for node in nodes], dtype=np.int64),
        "bias": np.array([node.bias for node in nodes], dtype=np.float64),
        "response": np.array([node.response for node in nodes], dtype=np.float64),
        "time_constant": np.array([node.time_constant for node in nodes], dtype=np.float64),
        "activation": np.array([number[node.activation] for node in nodes], dtype=np.int32),
        "aggregation": np.array([number[node.aggregation] for node in nodes], dtype=np.int32),
        "links": np.array([link.key for link in links], dtype=np.int64).reshape(-1, 2),
        "innovation": np.array([link.innovation for link in links], dtype=np.int64),
        "weight": np.array([link.weight for link in links], dtype=np.float64),
        "enabled": np.array([link.enabled for link in links], dtype=np.bool_),
    }


def _population(arrays: Arrays, names: list[str], config: Any) -> dict[int, Genome]:
    plain = {name: array.tolist() for name, array in arrays.items()}
    nodes, links = _node_genes(plain, names), _link_genes(plain)
    population: dict[int, Genome] = {}
    rated = plain.get("rated", [fitness == fitness for fitness in plain["fitness"]])  # NaN in older checkpoints
    for key, fitness, is_rated, node_count, link_count in zip(
        plain["keys"], plain["fitness"], rated, plain["node_counts"], plain["link_counts"], strict=True
    ):
        genome = Genome(key)
        genome.fitness = fitness if is_rated else None
        genome.nodes = {node.key: node for node in (next(nodes) for _ in range(node_count))}
        genome.connections = {link.key: link for link in (next(links) for _ in range(link_count))}
        if not set(config.output_keys) <= set(genome.nodes):
            raise ValueError(f"expected genomes of {config.num_outputs} outputs, got nodes {sorted(genome.nodes)}")
        if min((source for source, _ in genome.connections), default=0) < -config.num_inputs:
            raise ValueError(f"expected genomes of {config.num_inputs} inputs, got links from further ones")
        population[key] = genome
    return population


def _node_genes(plain: Mapping[str, list[Any]], names: list[str]) -> Any:
    columns = ("nodes", "bias", "response", "activation", "aggregation", "time_constant")
    for key, bias, response, activation, aggregation, constant in zip(*(plain[c] for c in columns), strict=True):
        node = DefaultNodeGene(key)
        node.bias, node.response, node.time_constant = bias, response, constant
        node.activation, node.aggregation = names[activation], names[aggregation]
        yield node


def _link_genes(plain: Mapping[str, list[Any]]) -> Any:
    columns = ("links", "innovation", "weight", "enabled")
    for ends, innovation, weight, enabled in zip(*(plain[name] for name in columns), strict=True):
        link = DefaultConnectionGene(tuple(ends), innovation=innovation)
        link.weight, link.enabled = weight, enabled
        yield link


def _species(species: Any) -> dict[str, Any]:
    return {
        "key": species.key,
        "created": species.created,
        "last_improved": species.last_improved,
        "representative": species.representative.key,
        "members": list(species.members),
        "fitness": species.fitness,
        "adjusted_fitness": species.adjusted_fitness,
        "fitness_history": species.fitness_history,
    }


def _restored_species(raw: Mapping[str, Any], population: Mapping[int, Genome]) -> Any:
    species = Species(raw["key"], raw["created"])
    species.last_improved = raw["last_improved"]
    species.update(population[raw["representative"]], {key: population[key] for key in raw["members"]})
    species.fitness, species.adjusted_fitness = raw["fitness"], raw["adjusted_fitness"]
    species.fitness_history = list(raw["fitness_history"])
    return species
