"""Random genomes of neat-python of every shape, for tests that compare with neat-python itself."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Mapping
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import neat
from neat.innovation import InnovationTracker

from python_training.systems.neat.functions import ACTIVATIONS, AGGREGATIONS

_NUMBERS = {
    "init_mean": 0.0,
    "init_stdev": 1.0,
    "max_value": 30.0,
    "min_value": -30.0,
    "mutate_power": 0.5,
    "mutate_rate": 0.8,
    "replace_rate": 0.1,
}


def all_functions_config(inputs: int, outputs: int, *, feed_forward: bool = True) -> neat.Config:
    """A neat.Config of networks whose nodes may use any function that neat-python ships."""
    genome: dict[str, Any] = {
        "num_inputs": inputs,
        "num_outputs": outputs,
        "num_hidden": 2,
        "feed_forward": feed_forward,
        "initial_connection": "partial_direct 0.7",
        "compatibility_disjoint_coefficient": 1.0,
        "compatibility_weight_coefficient": 0.5,
        "conn_add_prob": 0.5,
        "conn_delete_prob": 0.2,
        "node_add_prob": 0.4,
        "node_delete_prob": 0.1,
        "enabled_default": True,
        "enabled_mutate_rate": 0.1,
        **{f"{gene}_{name}": value for gene in ("weight", "bias", "response") for name, value in _NUMBERS.items()},
        "activation_options": " ".join(ACTIVATIONS),
        "activation_mutate_rate": 0.3,
        "aggregation_options": " ".join(AGGREGATIONS),
        "aggregation_mutate_rate": 0.3,
    }
    sections: Mapping[str, Mapping[str, Any]] = {
        "NEAT": {
            "fitness_criterion": "max",
            "fitness_threshold": 0,
            "pop_size": 10,
            "reset_on_extinction": False,
            "no_fitness_termination": True,
        },
        "DefaultGenome": genome,
        "DefaultSpeciesSet": {"compatibility_threshold": 3.0},
        "DefaultStagnation": {"species_fitness_func": "max", "max_stagnation": 20, "species_elitism": 2},
        "DefaultReproduction": {"elitism": 2, "survival_threshold": 0.2, "min_species_size": 2},
    }
    parser = ConfigParser()
    parser.read_dict(sections)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "neat.ini"
        with path.open("w") as file:
            parser.write(file)
        config = neat.Config(
            neat.DefaultGenome, neat.DefaultReproduction, neat.DefaultSpeciesSet, neat.DefaultStagnation, str(path)
        )
    config.genome_config.innovation_tracker = InnovationTracker()
    return config


class RandomGenomes:
    """Makes genomes gene by gene, stranger than mutation would: nodes that nothing reaches or that reach nothing,
    outputs that feed other nodes, disabled links. Every pair of activation and aggregation comes up equally often.
    """

    def __init__(self, config: neat.Config, seed: int) -> None:
        self._config = config
        self._settings = config.genome_config
        self._random = random.Random(seed)  # noqa: S311  # tests need no secrets
        self._made = 0

    def acyclic(self) -> neat.DefaultGenome:
        """A genome without cycles, which any network of neat-python can be created from."""
        return self._genome(cyclic=False)

    def cyclic(self) -> neat.DefaultGenome:
        """A genome with loops, mostly."""
        return self._genome(cyclic=True)

    def _genome(self, cyclic: bool) -> neat.DefaultGenome:
        draw, settings = self._random, self._settings
        genome = neat.DefaultGenome(self._made)
        keys = [*settings.output_keys, *range(len(settings.output_keys), len(settings.output_keys) + draw.randrange(9))]
        for key in keys:
            genome.nodes[key] = self._node(key)
        draw.shuffle(keys)
        pairs = [(source, target) for source in settings.input_keys for target in keys]
        pairs += [(a, b) for i, a in enumerate(keys) for j, b in enumerate(keys) if cyclic or i < j]
        draw.shuffle(pairs)
        for pair in pairs[: draw.randrange(len(pairs) + 1)]:
            link = neat.genes.DefaultConnectionGene(pair, innovation=len(genome.connections))
            link.weight, link.enabled = draw.gauss(0, 1), draw.random() < 0.85
            genome.connections[pair] = link
        return genome

    def _node(self, key: int) -> Any:
        node = neat.genes.DefaultNodeGene(key)
        node.bias, node.response, node.time_constant = self._random.gauss(0, 1), self._random.gauss(1, 0.5), 1.0
        node.activation = ACTIVATIONS[self._made % len(ACTIVATIONS)]
        node.aggregation = AGGREGATIONS[self._made % len(AGGREGATIONS)]
        self._made += 1
        return node
