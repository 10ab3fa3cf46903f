from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from python_training.systems.neat.activations import ACTIVATION_CODES
from python_training.systems.neat.aggregations import AGGREGATION_CODES
from python_training.systems.neat.genome_network import Link, Network, Neuron, build_network, wire
from python_training.systems.neat.pack import Pack, pack_networks

RandomPack = Callable[..., Pack]


@pytest.fixture
def random_pack() -> RandomPack:
    """Builds packs of fully connected networks with one hidden node."""

    def make(networks: int, inputs: int, outputs: int, recurrent: bool = False, seed: int = 0) -> Pack:
        random = np.random.default_rng(seed)
        return pack_networks([_random_network(random, inputs, outputs, recurrent) for _ in range(networks)])

    return make


def _random_network(random: np.random.Generator, inputs: int, outputs: int, recurrent: bool) -> Network:
    hidden, shown, told = outputs, [-1 - k for k in range(inputs)], list(range(outputs))
    pairs = [(source, target) for target in (*told, hidden) for source in shown]
    pairs += [(hidden, target) for target in told]
    if recurrent:
        pairs += [(hidden, hidden)]
    links = [
        Link(*pair, float(weight), True) for pair, weight in zip(pairs, random.normal(size=len(pairs)), strict=True)
    ]
    neuron = (ACTIVATION_CODES["tanh"], AGGREGATION_CODES["sum"])
    neurons = {key: Neuron(float(random.normal()), 1.0, *neuron) for key in (*told, hidden)}
    return build_network(shown, told, neurons, wire(shown, told, links, recurrent), recurrent)
