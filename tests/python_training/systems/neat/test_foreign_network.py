from __future__ import annotations

import logging

import neat
import numpy as np
import pytest

from python_training.systems.neat.foreign_network import ForeignNetwork, express
from python_training.systems.neat.kernels import activate
from python_training.systems.neat.pack import pack_networks
from python_training.testing.random_genomes import RandomGenomes, all_functions_config

GENOMES, INPUTS, OUTPUTS = 60, 5, 3


def softsign(z: float) -> float:
    """A function that neat-python does not ship."""
    return z / (1 + abs(z))


def mixed(feed_forward: bool) -> tuple[neat.Config, list[neat.DefaultGenome]]:
    """Genomes of which every third uses `softsign` in an output."""
    config = all_functions_config(INPUTS, OUTPUTS, feed_forward=feed_forward)
    config.genome_config.add_activation("softsign", softsign)
    made = RandomGenomes(config, seed=1)
    genomes = [made.acyclic() if feed_forward else made.cyclic() for _ in range(GENOMES)]
    for genome in genomes[::3]:
        genome.nodes[1].activation = "softsign"
    return config, genomes


@pytest.mark.parametrize("feed_forward", [True, False], ids=["feed_forward", "recurrent"])
def test_genomes_with_a_user_s_function_fly_among_the_others(feed_forward: bool) -> None:
    """One call runs both kinds, and both put out what neat-python does; memory is all that is remembered."""
    config, genomes = mixed(feed_forward)
    pack = pack_networks([express(genome, config) for genome in genomes])
    assert set(pack.foreign) <= set(range(0, GENOMES, 3))
    assert pack.foreign
    kind = neat.nn.FeedForwardNetwork if feed_forward else neat.nn.RecurrentNetwork
    peers = [kind.create(genome, config) for genome in genomes]
    owner, memory, outputs = np.arange(GENOMES, dtype=np.int32), pack.memory(GENOMES), np.zeros((GENOMES, OUTPUTS))
    random = np.random.default_rng(0)
    for _ in range(4):
        seen = random.uniform(-1, 1, (GENOMES, INPUTS)).astype(np.float32)
        activate(pack, owner, memory, seen, outputs)
        expected = [peer.activate(row.tolist()) for peer, row in zip(peers, seen, strict=True)]
        assert outputs == pytest.approx(np.array(expected), rel=1e-9, abs=1e-9, nan_ok=True)


def test_its_memory_shows_its_nodes() -> None:
    """A row holds inputs and values as that of a compiled network does."""
    config, genomes = mixed(feed_forward=True)
    network = express(genomes[0], config)
    assert isinstance(network, ForeignNetwork)
    pack = pack_networks([network])
    memory, outputs, seen = pack.memory(1), np.zeros((1, OUTPUTS)), np.linspace(-1, 1, INPUTS)[None]
    activate(pack, np.zeros(1, np.int32), memory, seen, outputs)
    assert (memory[0, :INPUTS] == seen).all()
    assert (memory[0, network.layout.outputs] == outputs[0]).all()


def test_a_notice_is_given_once(caplog: pytest.LogCaptureFixture) -> None:
    """A slow function must not go unnoticed, nor fill the log."""
    config, genomes = mixed(feed_forward=True)
    config.genome_config.add_activation("noticed", lambda z: z)
    for genome in genomes[:6]:
        genome.nodes[0].activation = "noticed"
    with caplog.at_level(logging.WARNING):
        networks = [express(genome, config) for genome in genomes[:6]]
    assert all(isinstance(network, ForeignNetwork) for network in networks)
    assert [record.message for record in caplog.records if "noticed" in record.message] == [
        "Genomes are run by neat-python itself, slowly. activation: expected a function that neat-python ships, "
        f"got 'noticed' of {__name__}."
    ]


def test_an_overflow_ends_no_training() -> None:
    """Where neat-python raises OverflowError its outputs are NaN, which actions take for 0."""
    config, genomes = mixed(feed_forward=True)
    genome = genomes[0]
    genome.connections.clear()
    genome.nodes[0].activation, genome.nodes[0].bias = "cube", 1e200
    pack = pack_networks([express(genome, config)])
    outputs = np.zeros((1, OUTPUTS))
    activate(pack, np.zeros(1, np.int32), pack.memory(1), np.zeros((1, INPUTS)), outputs)
    assert np.isnan(outputs).all()
