from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import neat
import numpy as np
import pytest
from neat.export import export_network_json

from python_training.contracts.errors import ConfigError
from python_training.systems.neat.genome_json import decode, encode
from python_training.systems.neat.kernels import activate
from python_training.systems.neat.pack import pack_networks
from python_training.testing.random_genomes import RandomGenomes, all_functions_config

INPUTS, OUTPUTS = 5, 3
KINDS = {"feedforward": neat.nn.FeedForwardNetwork, "recurrent": neat.nn.RecurrentNetwork}


def exported(kind: str, seed: int = 0) -> tuple[Any, dict[str, Any]]:
    """A network of neat-python and its export."""
    config = all_functions_config(INPUTS, OUTPUTS)
    made = RandomGenomes(config, seed)
    genome = made.cyclic() if kind == "recurrent" else made.acyclic()
    network = KINDS[kind].create(genome, config)
    metadata = {"fitness": 1.5, "generation": 3, "genome_id": 12}
    return network, json.loads(export_network_json(network, metadata=metadata))


@pytest.mark.parametrize("kind", KINDS)
def test_an_imported_network_puts_out_what_the_exported_one_did(kind: str) -> None:
    """Step by step, to the last bits, whatever of the genome the export has left out."""
    for seed in range(200):
        network, document = exported(kind, seed)
        genome = decode(json.dumps(document))
        assert (genome.genome_id, genome.fitness, genome.metadata["generation"]) == (12, 1.5, 3)
        pack = pack_networks([genome.compile()])
        memory, outputs = pack.memory(1), np.zeros((1, OUTPUTS))
        random = np.random.default_rng(seed)
        for _ in range(3):
            seen = random.uniform(-1, 1, (1, INPUTS))
            activate(pack, np.zeros(1, np.int32), memory, seen, outputs)
            try:
                expected = network.activate(seen[0].tolist())
            except OverflowError:
                break
            assert outputs[0].tolist() == pytest.approx(expected, rel=1e-12, nan_ok=True)


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("format_version", lambda raw: raw.update(format_version="9.0")),
        ("network_type", lambda raw: raw.update(network_type="ctrnn")),
        ("network_type", lambda raw: raw.update(network_type=3)),
        ("topology.input_keys", lambda raw: raw["topology"].update(input_keys=[-2, -1])),
        ("topology.output_keys", lambda raw: raw["topology"].update(output_keys=[1, 2])),
        ("topology.output_keys", lambda raw: raw["topology"].update(output_keys=[])),
        ("nodes.0.bias", lambda raw: raw["nodes"][0].update(bias=float("nan"))),
        ("nodes.0.type", lambda raw: raw["nodes"][0].update(type="other")),
        ("nodes.0.activation", lambda raw: raw["nodes"][0]["activation"].update(custom=True)),
        ("nodes.0.activation", lambda raw: raw["nodes"][0]["activation"].update(name="swish")),
        ("connections.0.weight", lambda raw: raw["connections"][0].update(weight=None)),
        ("connections.0.from", lambda raw: raw["connections"][0].update({"from": 99})),
        ("connections.0.to", lambda raw: raw["connections"][0].update({"to": 99})),
    ],
)
def test_a_wrong_value_is_named(field: str, change: Callable[[dict[str, Any]], object]) -> None:
    """An export that was edited, cut or made by something else says where it is wrong."""
    _, document = exported("feedforward", seed=4)
    change(document)
    with pytest.raises(ConfigError) as caught:
        decode(json.dumps(document))
    assert caught.value.field == field


def test_a_user_s_function_cannot_be_imported() -> None:
    """An export names it, but a file carries no functions."""
    config = all_functions_config(INPUTS, OUTPUTS)
    config.genome_config.add_activation("swish", lambda z: z)
    genome = RandomGenomes(config, 0).acyclic()
    genome.nodes[0].activation = "swish"
    network = neat.nn.FeedForwardNetwork.create(genome, config)
    with pytest.raises(ConfigError, match="expected a function that neat-python ships"):
        decode(export_network_json(network))


@pytest.mark.parametrize(
    "metadata",
    [
        {"fitness": float("nan"), "generation": "last", "genome_id": "12"},
        {"fitness": float("-inf"), "generation": 2.5, "genome_id": 2**60},
        {"fitness": "great", "generation": None, "genome_id": True},
        {"note": {"deep": ["x"]}},
        "made by hand",
        None,
    ],
    ids=str,
)
def test_whatever_the_notes_are_the_network_is_taken(metadata: Any) -> None:
    """NaN, text and nonsense in the metadata count as not known; the genome is whole, and can be written again."""
    _, document = exported("feedforward", seed=4)
    whole = decode(json.dumps(document))
    document["metadata"] = metadata
    genome = decode(json.dumps(document))
    assert (genome.genome_id, genome.fitness, genome.metadata["generation"]) == (0, None, None)
    assert (genome.nodes, genome.connections) == (whole.nodes, whole.connections)
    assert decode(encode(genome)) == genome
    del document["metadata"]
    assert decode(json.dumps(document)) == genome
