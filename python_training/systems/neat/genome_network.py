"""A genome compiled to flat arrays: the nodes that count, in an order in which they can be computed.

Which nodes count, which links they sum and in which order is what `neat.nn.FeedForwardNetwork.create` and
`neat.nn.RecurrentNetwork.create` of neat-python 2.0 decide, including how they treat disabled links, nodes without
links and cycles. Nothing of neat-python is imported: a genome is known by its attributes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from python_training.contracts.errors import ConfigError
from python_training.systems.neat.functions import ACTIVATION_CODES, AGGREGATION_CODES


class UserFunctionError(ConfigError):
    """A node that counts uses a function that neat-python does not ship, so only neat-python itself can run it."""

    code = "user_function"


class Link(NamedTuple):
    """A connection gene: what `target` hears of `source`, keys of nodes or inputs."""

    source: int
    target: int
    weight: float
    enabled: bool


class Neuron(NamedTuple):
    """A node gene: activation(bias + response x aggregation(weighted inputs)), the functions by their codes."""

    bias: float
    response: float
    activation: int
    aggregation: int


Wiring: TypeAlias = dict[int, list[tuple[int, float]] | None]
"""The nodes to compute, in order, each with the (source, weight) of its links in the order they are aggregated. None
marks a silent node: one that is read, but that neat-python never computes, so that its value stays 0."""

SILENT = Neuron(0.0, 0.0, ACTIVATION_CODES["identity"], AGGREGATION_CODES["sum"])
"""What a silent node computes: 0."""


@dataclass(frozen=True, slots=True)
class Network:
    """S nodes and L links of one genome, ready for the kernel.

    A slot is a place in a memory row: slots 0 to inputs - 1 are the inputs, slot inputs + n is node n.

    Attributes:
        inputs: how many numbers it is shown.
        recurrent: links carry what nodes were one activation ago; otherwise what they are in this one.
        nodes: (S,) int64, the genome's keys of the nodes, in the order in which they are computed.
        outputs: (A,) int32, slot of each output.
        activation, aggregation: (S,) int32, codes.
        bias, response: (S,) float64.
        link_starts: (S + 1,) int64, node n owns links link_starts[n] to link_starts[n + 1].
        sources: (L,) uint32, the slot that a link reads.
        weights: (L,) float64.
    """

    inputs: int
    recurrent: bool
    nodes: NDArray[np.int64]
    outputs: NDArray[np.int32]
    activation: NDArray[np.int32]
    aggregation: NDArray[np.int32]
    bias: NDArray[np.float64]
    response: NDArray[np.float64]
    link_starts: NDArray[np.int64]
    sources: NDArray[np.uint32]
    weights: NDArray[np.float64]


def compile_genome(genome: Any, config: Any, recurrent: bool | None = None) -> Network:
    """Compile `genome`, a neat-python DefaultGenome, under `config`, a neat.Config.

    `recurrent` says how it is run, unless given as the opposite of the config's feed_forward.

    Raises:
        UserFunctionError: a node uses a function that neat-python does not ship; `express` copes with that.
    """
    settings = config.genome_config
    if recurrent is None:
        recurrent = not settings.feed_forward
    wiring = wire(settings.input_keys, settings.output_keys, links_of(genome), recurrent)
    neurons = {key: _neuron(genome.nodes[key], settings) for key, heard in wiring.items() if heard is not None}
    return build_network(settings.input_keys, settings.output_keys, neurons, wiring, recurrent)


def links_of(genome: Any) -> list[Link]:
    """The connection genes of a neat-python genome, in its order: that of the terms in a node's sum."""
    genes = genome.connections.items()
    return [Link(source, target, gene.weight, gene.enabled) for (source, target), gene in genes]


def wire(inputs: Sequence[int], outputs: Sequence[int], links: Collection[Link], recurrent: bool) -> Wiring:
    """The nodes that have to be computed to know `outputs` (keys) from `inputs` (keys), with their links."""
    if recurrent:
        return _wire_recurrent(inputs, outputs, links)
    return _wire_feed_forward(inputs, outputs, [link for link in links if link.enabled])


def build_network(
    inputs: Sequence[int], outputs: Sequence[int], neurons: Mapping[int, Neuron], wiring: Wiring, recurrent: bool
) -> Network:
    """Lay out the nodes of `wiring` in arrays; `neurons` has each that is not silent by its key."""
    slots = {key: slot for slot, key in enumerate((*inputs, *wiring))}
    links = [heard or [] for heard in wiring.values()]
    flat = [(slots[source], weight) for heard in links for source, weight in heard]
    computed = [neurons.get(key, SILENT) for key in wiring]
    return Network(
        inputs=len(inputs),
        recurrent=recurrent,
        nodes=np.array(list(wiring), dtype=np.int64),
        outputs=np.array([slots[key] for key in outputs], dtype=np.int32),
        activation=np.array([neuron.activation for neuron in computed], dtype=np.int32),
        aggregation=np.array([neuron.aggregation for neuron in computed], dtype=np.int32),
        bias=np.array([neuron.bias for neuron in computed], dtype=np.float64),
        response=np.array([neuron.response for neuron in computed], dtype=np.float64),
        link_starts=np.cumsum([0, *(len(heard) for heard in links)], dtype=np.int64),
        sources=np.array([slot for slot, _ in flat], dtype=np.uint32),
        weights=np.array([weight for _, weight in flat], dtype=np.float64),
    )


def _required(inputs: Collection[int], outputs: Collection[int], links: Iterable[Link]) -> set[int]:
    """The nodes, without inputs, from which some output can be reached; all outputs are among them."""
    sources: dict[int, list[int]] = {}
    for link in links:
        sources.setdefault(link.target, []).append(link.source)
    required, waiting = set(outputs), list(outputs)
    while waiting:
        for source in sources.get(waiting.pop(), ()):
            if source not in required and source not in inputs:
                required.add(source)
                waiting.append(source)
    return required


def _wire_feed_forward(inputs: Sequence[int], outputs: Sequence[int], links: Collection[Link]) -> Wiring:
    """Layer after layer. Nodes on a cycle, and those behind them, are never ready: as outputs they are silent."""
    ready = set(inputs)
    heard: dict[int, list[tuple[int, float]]] = {key: [] for key in sorted(_required(ready, outputs, links))}
    followers: dict[int, list[int]] = {}
    awaited = dict.fromkeys(heard, 0)
    for link in links:
        if link.target in heard:
            heard[link.target].append((link.source, link.weight))
            if link.source not in ready:
                followers.setdefault(link.source, []).append(link.target)
                awaited[link.target] += 1
    wiring = Wiring()
    layer = [key for key in heard if not awaited[key]]
    while layer:
        wiring.update((key, heard[key]) for key in layer)
        behind = [target for key in layer for target in followers.get(key, ())]
        for target in behind:
            awaited[target] -= 1
        layer = sorted({target for target in behind if not awaited[target]})
    return wiring | {key: None for key in outputs if key not in wiring}


def _wire_recurrent(inputs: Sequence[int], outputs: Sequence[int], links: Collection[Link]) -> Wiring:
    """Any order will do. Disabled links carry nothing, yet count as ways by which a node is required."""
    required = _required(set(inputs), outputs, links)
    heard: dict[int, list[tuple[int, float]]] = {}
    for link in links:
        if link.enabled and (link.target in required or link.source in required):
            heard.setdefault(link.target, []).append((link.source, link.weight))
    read = {source for sources in heard.values() for source, _ in sources} | set(outputs)
    return {**heard, **dict.fromkeys(sorted(read.difference(inputs, heard)))}


def _neuron(gene: Any, settings: Any) -> Neuron:
    activation = _shipped(settings.activation_defs, gene.activation, "activation", gene.key)
    aggregation = _shipped(settings.aggregation_function_defs, gene.aggregation, "aggregation", gene.key)
    return Neuron(gene.bias, gene.response, ACTIVATION_CODES[activation], AGGREGATION_CODES[aggregation])


def _shipped(functions: Any, name: str, kind: str, key: int) -> str:
    """The name under which neat-python ships what a config calls `name`; a user may have put something else there."""
    function = functions.get(name)
    known = ACTIVATION_CODES if kind == "activation" else AGGREGATION_CODES
    shipped = str(function.__name__).removesuffix(f"_{kind}")
    if function.__module__ != f"neat.{kind}s" or shipped not in known:
        raise UserFunctionError(
            f"{kind}: expected a function that neat-python ships, got '{name}' of {function.__module__}.",
            field=f"nodes[{key}].{kind}",
        )
    return shipped
