"""A genome's network as it is drawn: nodes in layers, and the links between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from python_training.systems.neat.genome_network import Wiring
from python_training.systems.neat.genome_record import GenomeRecord


@dataclass(frozen=True, slots=True)
class DrawnNode:
    """An input (which has nothing but its id), a hidden node or an output; inputs are in layer 0."""

    id: int
    kind: Literal["input", "hidden", "output"]
    layer: int
    activation: str = ""
    aggregation: str = ""
    bias: float = 0.0
    response: float = 1.0


@dataclass(frozen=True, slots=True)
class DrawnLink:
    """A connection between two drawn nodes, by their ids."""

    source: int
    target: int
    weight: float
    enabled: bool


@dataclass(frozen=True, slots=True)
class NetworkView:
    """What there is to draw. A hidden node that no output can hear of is left out, and so are its links.

    Attributes:
        nodes: inputs, hidden nodes in the order in which they are computed, outputs; the order of activations.
        links: a link into the same or an earlier layer carries what was one activation ago.
        slots: where in a memory row the value of each node stands.
    """

    nodes: tuple[DrawnNode, ...]
    links: tuple[DrawnLink, ...]
    slots: tuple[int, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON data: `{nodes: [{id, kind, layer, ...}], links: [{from, to, weight, enabled}]}`."""
        return {
            "nodes": [{name: getattr(node, name) for name in DrawnNode.__slots__} for node in self.nodes],
            "links": [
                {"from": link.source, "to": link.target, "weight": link.weight, "enabled": link.enabled}
                for link in self.links
            ],
        }


def network_of(genome: GenomeRecord) -> NetworkView:
    """The network of `genome`, whatever functions it uses."""
    inputs, outputs, wiring = genome.input_keys, genome.output_keys, genome.wiring()
    layers = _layers(inputs, outputs, wiring, genome.recurrent)
    genes = {gene.key: gene for gene in genome.nodes}
    drawn = [DrawnNode(key, "input", 0) for key in inputs]
    last = frozenset(outputs)
    hidden = [key for key in wiring if key not in last]
    for key in (*hidden, *outputs):
        gene = genes[key]
        kind: Literal["hidden", "output"] = "output" if key < genome.outputs else "hidden"
        drawn.append(DrawnNode(key, kind, layers[key], gene.activation, gene.aggregation, gene.bias, gene.response))
    slots = {key: slot for slot, key in enumerate((*inputs, *wiring))}
    return NetworkView(
        nodes=tuple(drawn),
        links=tuple(
            DrawnLink(link.source, link.target, link.weight, link.enabled)
            for link in genome.connections
            if link.source in slots and link.target in slots
        ),
        slots=tuple(slots[node.id] for node in drawn),
    )


def _layers(inputs: list[int], outputs: list[int], wiring: Wiring, recurrent: bool) -> Mapping[int, int]:
    """The layer of each node. Outputs stand in the last one, but in a feed-forward network those that feed others."""
    if recurrent:
        layers = _steps_from_inputs(inputs, wiring)
        ends = frozenset(outputs)
        last = 1 + max(layer for key, layer in layers.items() if key not in ends)
        return {**layers, **dict.fromkeys(outputs, last)}
    layers = _longest_ways(inputs, wiring)
    heard = {source for links in wiring.values() for source, _ in links or ()}
    return {**layers, **dict.fromkeys(set(outputs) - heard, max(layers.values()))}


def _longest_ways(inputs: list[int], wiring: Wiring) -> dict[int, int]:
    """One more than the highest layer that a node hears of: every link leads forward."""
    layers = dict.fromkeys(inputs, 0)
    for key, links in wiring.items():
        layers[key] = 1 + max((layers[source] for source, _ in links or ()), default=0)
    return layers


def _steps_from_inputs(inputs: list[int], wiring: Wiring) -> dict[int, int]:
    """The fewest links from an input to a node; 1 for a node that no input reaches."""
    targets: dict[int, list[int]] = {}
    for key, links in wiring.items():
        for source, _ in links or ():
            targets.setdefault(source, []).append(key)
    layers, front = dict.fromkeys(inputs, 0), list(inputs)
    for key in front:  # grows while it is walked
        for target in targets.get(key, ()):
            if target not in layers:
                layers[target] = layers[key] + 1
                front.append(target)
    return {**dict.fromkeys(wiring, 1), **layers}
