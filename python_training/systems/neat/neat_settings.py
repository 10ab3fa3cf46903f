"""neat-python's own config, made of ours: it reads its from a file only."""

from __future__ import annotations

import tempfile
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import neat

from python_training.contracts.errors import ConfigError
from python_training.systems.neat.config import FloatGene, FunctionGene, NEATConfig
from python_training.systems.neat.genome import Genome
from python_training.systems.neat.reproduction import Reproduction
from python_training.systems.neat.stagnation import Stagnation


def neat_config(config: NEATConfig, inputs: int, outputs: int) -> neat.Config:
    """What neat-python breeds by, for networks of `inputs` and `outputs`.

    Raises:
        ConfigError: neat-python does not take the settings; the field is `neat`.
    """
    parser = ConfigParser(interpolation=None)
    parser.read_dict(_sections(config, inputs, outputs))
    with tempfile.TemporaryDirectory(prefix="paddock-neat-") as folder:
        path = Path(folder) / "neat.ini"
        with path.open("w") as file:
            parser.write(file)
        try:
            return neat.Config(Genome, Reproduction, neat.DefaultSpeciesSet, Stagnation, str(path))
        except (RuntimeError, AssertionError, ValueError) as error:
            raise ConfigError(f"neat: neat-python does not take these settings: {error}", field="neat") from error


def _sections(config: NEATConfig, inputs: int, outputs: int) -> dict[str, dict[str, Any]]:
    """The sections of neat-python's config file."""
    genetics = config.neat
    partial = genetics.initial_connection.startswith("partial")
    wiring = f"{genetics.initial_connection} {genetics.connection_fraction}" if partial else genetics.initial_connection
    held = config.pop_size // max(genetics.min_species_size, genetics.elitism)
    return {
        "NEAT": {
            "pop_size": config.pop_size,
            "fitness_criterion": "max",
            "fitness_threshold": 0.0,  # when a run ends is not left to neat-python
            "no_fitness_termination": True,
            "reset_on_extinction": True,
        },
        Genome.__name__: {
            "num_inputs": inputs,
            "num_outputs": outputs,
            "num_hidden": genetics.num_hidden,
            "feed_forward": not config.recurrent,
            "initial_connection": wiring,
            "conn_add_prob": genetics.conn_add_prob,
            "conn_delete_prob": genetics.conn_delete_prob,
            "node_add_prob": genetics.node_add_prob,
            "node_delete_prob": genetics.node_delete_prob,
            "single_structural_mutation": genetics.single_structural_mutation,
            "compatibility_disjoint_coefficient": genetics.compatibility_disjoint_coefficient,
            "compatibility_weight_coefficient": genetics.compatibility_weight_coefficient,
            "enabled_default": True,
            "enabled_mutate_rate": genetics.enabled_mutate_rate,
            **_numbers("weight", genetics.weight),
            **_numbers("bias", genetics.bias),
            **_numbers("response", genetics.response),
            **_functions("activation", genetics.activation),
            **_functions("aggregation", genetics.aggregation),
        },
        "DefaultSpeciesSet": {"compatibility_threshold": genetics.compatibility_threshold},
        Stagnation.__name__: {
            "species_fitness_func": genetics.species_fitness_func,
            "max_stagnation": genetics.max_stagnation,
            "species_elitism": genetics.species_elitism,
            "max_species": min(genetics.max_species or held, held),
        },
        Reproduction.__name__: {
            "elitism": genetics.elitism,
            "survival_threshold": genetics.survival_threshold,
            "min_species_size": genetics.min_species_size,
        },
    }


def _numbers(gene: str, settings: FloatGene) -> dict[str, Any]:
    return {f"{gene}_{name}": value for name, value in settings.model_dump().items()}


def _functions(gene: str, settings: FunctionGene) -> dict[str, Any]:
    return {
        f"{gene}_default": settings.default,
        f"{gene}_options": " ".join(settings.options),
        f"{gene}_mutate_rate": settings.mutate_rate,
    }
