"""The kernel that thinks for a whole population: one call runs the network of every copy of a world once.

It equals `neat.nn.FeedForwardNetwork.activate` and `neat.nn.RecurrentNetwork.activate`, operation by operation and in
the same order. It allocates nothing, draws nothing at random and does not hold the GIL: threads may share a pack, each
with rows of its own.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from python_training.compiled.kernel import kernel
from python_training.systems.neat.activations import activation
from python_training.systems.neat.aggregations import aggregation
from python_training.systems.neat.functions import SUM
from python_training.systems.neat.pack import Pack, PackArrays


def activate(
    pack: Pack,
    owner: NDArray[np.int32],
    memory: NDArray[np.float64],
    observations: NDArray[Any],
    outputs: NDArray[np.float64],
) -> None:
    """Run each row's network once.

    Args:
        pack: the networks.
        owner: (N,) int32, the network that flies each row. A row whose owner is negative stands still: its memory and
            its outputs stay as they are.
        memory: (N, pack.memory_size) float64, from `pack.memory(N)`; all that is remembered from one call to the next.
            A row of zeros is a network that has seen nothing yet. After the call, memory[i, : inputs + nodes] holds
            the inputs and the value of every node, in the order of `Network.nodes`.
        observations: (N, pack.inputs) numbers as the world has them; a network is shown their values in float64.
        outputs: (N, pack.outputs) float64, written.

    Raises:
        ValueError: the arrays' sizes do not belong together; compiled code would write where it should not.
        IndexError: an owner is not among the networks.
    """
    copies = len(owner)
    needed, shown, written = (copies, pack.memory_size), (copies, pack.inputs), (copies, pack.outputs)
    if (memory.shape, observations.shape, outputs.shape) != (needed, shown, written):
        raise ValueError(
            f"expected memory {needed}, observations {shown} and outputs {written}, "
            f"got {memory.shape}, {observations.shape} and {outputs.shape}."
        )
    compiled = owner
    # Compiled for two kinds, of which float32 needs no copy: every number of it is one of float64.
    kind = np.float32 if observations.dtype == np.float32 else np.float64
    observations = np.ascontiguousarray(observations, dtype=kind)
    for index, network in pack.foreign.items():
        rows = np.flatnonzero(owner == index)
        compiled = np.where(owner == index, np.int32(-1), compiled)
        network.activate(rows, memory, observations, outputs)
    run_networks(pack.arrays, compiled, memory, observations, outputs)


@kernel
def run_networks(
    pack: PackArrays,
    owner: NDArray[np.int32],
    memory: NDArray[np.float64],
    observations: NDArray[Any],
    outputs: NDArray[np.float64],
) -> None:
    """What `activate` says, of arrays that have been checked."""
    inputs = pack.inputs
    for row in range(len(owner)):
        network = owner[row]
        if network < 0:
            continue
        if network >= len(pack.recurrent):
            raise IndexError("an owner is not among the networks.")
        values = memory[row]
        for k in range(inputs):
            values[k] = observations[row, k]
        first, end = pack.node_starts[network], pack.node_starts[network + 1]
        count = end - first
        # A recurrent network reads what its nodes were before, so what they become is kept aside until all are done.
        written = inputs + count if pack.recurrent[network] else inputs
        products = written + count
        for node in range(first, end):
            link, last = pack.link_starts[node], pack.link_starts[node + 1]
            code = pack.aggregation[node]
            if code == SUM:
                total = 0.0
                for k in range(link, last):
                    total += values[pack.sources[k]] * pack.weights[k]
            else:
                for k in range(link, last):
                    values[products + k - link] = values[pack.sources[k]] * pack.weights[k]
                total = aggregation(code, values, products, products + last - link)
            z = pack.bias[node] + pack.response[node] * total
            values[written + node - first] = activation(pack.activation[node], z)
        if pack.recurrent[network]:
            for k in range(count):
                values[inputs + k] = values[written + k]
        for k in range(pack.outputs):
            outputs[row, k] = values[pack.output_slots[network, k]]
