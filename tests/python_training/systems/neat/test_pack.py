from __future__ import annotations

import pickle

import numpy as np
import pytest

from python_training.systems.neat.genome_network import Network, compile_genome
from python_training.systems.neat.kernels import activate
from python_training.systems.neat.pack import pack_networks
from python_training.testing.random_genomes import RandomGenomes, all_functions_config


def network(inputs: int, outputs: int, seed: int = 0) -> Network:
    """Some feed-forward network."""
    config = all_functions_config(inputs, outputs)
    return compile_genome(RandomGenomes(config, seed).acyclic(), config)


def test_networks_of_other_sizes_are_refused() -> None:
    """The message says which one, what was expected and what came."""
    with pytest.raises(ValueError, match=r"networks\[1\]: expected 4 inputs and 2 outputs .* got 3 and 2"):
        pack_networks([network(4, 2), network(3, 2)])
    with pytest.raises(ValueError, match="at least one"):
        pack_networks([])


def test_a_pack_travels() -> None:
    """Pickled and read again, as on the way to another machine, it puts out the same."""
    pack = pack_networks([network(4, 2, seed) for seed in range(20)])
    assert (len(pack), pack.inputs, pack.outputs) == (20, 4, 2)
    seen, flown = np.random.default_rng(0).normal(size=(20, 4)), []
    for each in (pack, pickle.loads(pickle.dumps(pack))):  # noqa: S301  # our own bytes
        outputs = np.zeros((20, 2))
        activate(each, np.arange(20, dtype=np.int32), each.memory(20), seen, outputs)
        flown.append(outputs.tobytes())
    assert flown[0] == flown[1]
