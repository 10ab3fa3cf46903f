"""Reads the genome of a neuro-evolved player as a picture can be drawn of it, without what breeds or flies it.

Two formats are read: Paddock's own (`format: paddock-genome`) and neat-python's export (`network_type`, ...). Only what
is drawn is checked here; whoever flies a genome checks all of it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from python_training.contracts.config import validate
from python_training.contracts.errors import ConfigError

FORMAT = "paddock-genome"
MAX_INPUTS, MAX_OUTPUTS, MAX_NODES, MAX_LINKS = 10_000, 1_000, 20_000, 200_000
"""A genome that is larger is refused."""

Name = Annotated[str, Field(max_length=64)]
Kind = Literal["input", "hidden", "output"]


@dataclass(frozen=True, slots=True)
class DrawnNode:
    """A node in its layer: inputs are in layer 0, outputs in the last."""

    id: int
    kind: Kind
    layer: int
    activation: str
    bias: float


@dataclass(frozen=True, slots=True)
class DrawnLink:
    """A connection between two nodes, by their ids."""

    source: int
    target: int
    weight: float
    enabled: bool


@dataclass(frozen=True, slots=True)
class DrawnNetwork:
    """A network: its inputs -1, -2, -3, ... in this order, then all other nodes by ascending id, outputs first.

    What a pilot's nodes put out while it flies is sent in the order of `nodes`.
    """

    nodes: tuple[DrawnNode, ...]
    links: tuple[DrawnLink, ...]
    inputs: int
    outputs: int
    recurrent: bool

    def to_dict(self) -> dict[str, Any]:
        """`{nodes: [{id, kind, layer, activation, bias}], links: [{from, to, weight, enabled}]}`."""
        return {
            "nodes": [{name: getattr(node, name) for name in DrawnNode.__slots__} for node in self.nodes],
            "links": [
                {"from": link.source, "to": link.target, "weight": link.weight, "enabled": link.enabled}
                for link in self.links
            ],
        }


class _Part(BaseModel):
    """What is not drawn is passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


class _Node(_Part):
    key: int
    bias: float
    activation: Name


class _Link(_Part):
    source: int = Field(alias="from")
    target: int = Field(alias="to")
    weight: float
    enabled: bool


class _Genome(_Part):
    inputs: int = Field(ge=1, le=MAX_INPUTS)
    outputs: int = Field(ge=1, le=MAX_OUTPUTS)
    recurrent: bool
    nodes: tuple[_Node, ...] = Field(max_length=MAX_NODES)
    connections: tuple[_Link, ...] = Field(max_length=MAX_LINKS)


class _Function(_Part):
    name: Name


class _ExportedNode(_Part):
    id: int
    type: Kind
    bias: float
    activation: _Function


class _Topology(_Part):
    num_inputs: int = Field(ge=1, le=MAX_INPUTS)
    num_outputs: int = Field(ge=1, le=MAX_OUTPUTS)


class _Export(_Part):
    network_type: Literal["feedforward", "recurrent"]
    topology: _Topology
    nodes: tuple[_ExportedNode, ...] = Field(max_length=MAX_NODES + MAX_INPUTS)
    connections: tuple[_Link, ...] = Field(max_length=MAX_LINKS)

    def genome(self) -> _Genome:
        """The same in Paddock's own terms."""
        nodes = [
            _Node(key=node.id, bias=node.bias, activation=node.activation.name)
            for node in self.nodes
            if node.type != "input"
        ]
        return _Genome(
            inputs=self.topology.num_inputs,
            outputs=self.topology.num_outputs,
            recurrent=self.network_type == "recurrent",
            nodes=tuple(nodes),
            connections=self.connections,
        )


def drawn_network(document: Mapping[str, Any]) -> DrawnNetwork:
    """The network of a genome that was read from JSON; raises ConfigError that names the field."""
    if "network_type" in document and "format" not in document:
        genome = validate(_Export, document).genome()
    elif document.get("format") == FORMAT:
        genome = validate(_Genome, document)
    else:
        raise ConfigError(
            f"format: expected '{FORMAT}', got {str(document.get('format', 'nothing'))[:60]!r}.",
            field="format",
            hint="Genomes come from an elite's download, or from neat.export.export_network_json.",
        )
    inputs = [-place for place in range(1, genome.inputs + 1)]
    genes = {node.key: node for node in genome.nodes}
    known = {*inputs, *genes}
    for place, link in enumerate(genome.connections):
        if link.source not in known or link.target not in genes:
            raise ConfigError(
                f"connections.{place}: expected two nodes that there are, got {link.source} to {link.target}.",
                field=f"connections.{place}",
            )
    layers = _layers(inputs, genes, range(genome.outputs), genome.connections)
    nodes = [DrawnNode(key, "input", 0, "identity", 0.0) for key in inputs]
    nodes += [
        DrawnNode(key, "output" if key < genome.outputs else "hidden", layers[key], gene.activation, gene.bias)
        for key, gene in sorted(genes.items())
    ]
    links = tuple(DrawnLink(link.source, link.target, link.weight, link.enabled) for link in genome.connections)
    return DrawnNetwork(tuple(nodes), links, genome.inputs, genome.outputs, genome.recurrent)


def _layers(
    inputs: Iterable[int], nodes: Iterable[int], outputs: Iterable[int], links: Iterable[_Link]
) -> dict[int, int]:
    """The layer of each node: one behind the last of those that lead to it; outputs share the last layer.

    A loop is entered at the node of it that lies nearest to the inputs; what leads back to that one does not count.
    """
    targets: dict[int, list[int]] = {}
    waiting = dict.fromkeys(nodes, 0)
    for link in links:
        if link.enabled and link.source != link.target:
            targets.setdefault(link.source, []).append(link.target)
            waiting[link.target] += 1
    layers = dict.fromkeys(inputs, 0)
    unplaced = dict.fromkeys(waiting, 1)
    entries = [(1, key) for key in sorted(unplaced)]
    ready = deque([*layers, *(key for key, count in waiting.items() if count == 0)])
    while unplaced:
        key = ready.popleft() if ready else _nearest(entries, unplaced)
        layer = layers[key] = unplaced.pop(key, 0)
        for target in targets.get(key, ()):
            if target in unplaced:
                unplaced[target] = max(unplaced[target], layer + 1)
                waiting[target] -= 1
                if waiting[target] == 0:
                    ready.append(target)
    ends = set(outputs)
    deepest = max((layer for key, layer in layers.items() if key not in ends), default=0)
    return layers | dict.fromkeys(ends, deepest + 1)


def _nearest(entries: list[tuple[int, int]], unplaced: Mapping[int, int]) -> int:
    """Take the unplaced node of the lowest layer from the heap `entries`, whose layers may be out of date."""
    while True:
        layer, key = heappop(entries)
        if key in unplaced and unplaced[key] == layer:
            return key
        if key in unplaced:
            heappush(entries, (unplaced[key], key))
