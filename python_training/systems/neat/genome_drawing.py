"""What a genome is and how its network is drawn, for whoever shows genomes and breeds none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from python_training.systems.neat.genome_json import from_dict
from python_training.systems.neat.network_view import network_of


def genome_drawing(document: Mapping[str, Any]) -> dict[str, Any]:
    """`{inputs, outputs, recurrent, nodes, links}` of a genome's JSON, ours or neat-python's export.

    Raises ConfigError that names the field.
    """
    genome = from_dict(document)
    return {
        "inputs": genome.inputs,
        "outputs": genome.outputs,
        "recurrent": genome.recurrent,
        **network_of(genome).to_dict(),
    }
