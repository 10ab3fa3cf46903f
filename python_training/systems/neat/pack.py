"""Many networks in flat arrays, as the kernel reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from python_training.systems.neat.foreign_network import ForeignNetwork
from python_training.systems.neat.functions import SUM
from python_training.systems.neat.genome_network import Network


class PackArrays(NamedTuple):
    """G networks one after the other.

    Attributes:
        inputs, outputs: how many numbers each network is shown and puts out.
        memory_size: float64 numbers that one copy of a world needs as memory, whichever of the networks flies it.
        recurrent: (G,) bool.
        node_starts: (G + 1,) int64, network g owns nodes node_starts[g] to node_starts[g + 1].
        output_slots: (G, outputs) int32, where in a memory row each output stands.
        activation, aggregation: (nodes,) int32, codes.
        bias, response: (nodes,) float64.
        link_starts: (nodes + 1,) int64, node n owns links link_starts[n] to link_starts[n + 1].
        sources: (links,) uint32, where in a memory row a link reads.
        weights: (links,) float64.
    """

    inputs: int
    outputs: int
    memory_size: int
    recurrent: NDArray[np.bool_]
    node_starts: NDArray[np.int64]
    output_slots: NDArray[np.int32]
    activation: NDArray[np.int32]
    aggregation: NDArray[np.int32]
    bias: NDArray[np.float64]
    response: NDArray[np.float64]
    link_starts: NDArray[np.int64]
    sources: NDArray[np.uint32]
    weights: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Pack:
    """G networks that agree in their numbers of inputs and outputs. Build it with `pack_networks`.

    Attributes:
        arrays: all of them; a network that only neat-python can run has its place there, too.
        foreign: those that only neat-python can run, by their index.
    """

    arrays: PackArrays
    foreign: Mapping[int, ForeignNetwork]

    def __len__(self) -> int:
        return len(self.arrays.recurrent)

    @property
    def inputs(self) -> int:
        """How many numbers each network is shown."""
        return self.arrays.inputs

    @property
    def outputs(self) -> int:
        """How many numbers each network puts out."""
        return self.arrays.outputs

    @property
    def memory_size(self) -> int:
        """How many float64 numbers of memory one copy of a world needs, whichever of the networks flies it."""
        return self.arrays.memory_size

    def memory(self, copies: int) -> NDArray[np.float64]:
        """Memory (copies, memory_size) of networks that have seen nothing yet."""
        return np.zeros((copies, self.memory_size), dtype=np.float64)


def pack_networks(members: Sequence[Network | ForeignNetwork]) -> Pack:
    """Put networks one after the other; raises ValueError if there are none or their sizes differ."""
    if not members:
        raise ValueError("networks: expected at least one to pack, got none.")
    networks = [member.layout if isinstance(member, ForeignNetwork) else member for member in members]
    inputs, outputs = networks[0].inputs, len(networks[0].outputs)
    for index, network in enumerate(networks):
        if (network.inputs, len(network.outputs)) != (inputs, outputs):
            raise ValueError(
                f"networks[{index}]: expected {inputs} inputs and {outputs} outputs as in networks[0], "
                f"got {network.inputs} and {len(network.outputs)}."
            )
    nodes = np.cumsum([0, *(len(network.nodes) for network in networks)], dtype=np.int64)
    links = np.concatenate([np.zeros(1, np.int64), *(np.diff(network.link_starts) for network in networks)])
    arrays = PackArrays(
        inputs=inputs,
        outputs=outputs,
        memory_size=max(_memory_size(network) for network in networks),
        recurrent=np.array([network.recurrent for network in networks], dtype=np.bool_),
        node_starts=nodes,
        output_slots=np.array([network.outputs for network in networks], dtype=np.int32).reshape(-1, outputs),
        activation=np.concatenate([network.activation for network in networks]),
        aggregation=np.concatenate([network.aggregation for network in networks]),
        bias=np.concatenate([network.bias for network in networks]),
        response=np.concatenate([network.response for network in networks]),
        link_starts=np.cumsum(links, dtype=np.int64),
        sources=np.concatenate([network.sources for network in networks]),
        weights=np.concatenate([network.weights for network in networks]),
    )
    return Pack(arrays, {index: each for index, each in enumerate(members) if isinstance(each, ForeignNetwork)})


def _memory_size(network: Network) -> int:
    """Its inputs, its nodes, what they become if that is kept aside, and the products that a node aggregates."""
    fan_in = np.diff(network.link_starts)[network.aggregation != SUM]
    kept = 2 if network.recurrent else 1
    return network.inputs + kept * len(network.nodes) + int(fan_in.max(initial=0))
