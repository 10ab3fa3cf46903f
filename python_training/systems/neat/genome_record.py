"""A genome as plain, checked data: what is kept, sent and flown, without neat-python."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Annotated, Any, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, Strict

from python_training.contracts.errors import ConfigError
from python_training.systems.neat.functions import ACTIVATION_CODES, AGGREGATION_CODES
from python_training.systems.neat.genome_network import (
    Link,
    Network,
    Neuron,
    UserFunctionError,
    Wiring,
    build_network,
    wire,
)

MAX_INPUTS, MAX_OUTPUTS, MAX_NODES, MAX_CONNECTIONS = 10_000, 1_000, 20_000, 200_000
"""A genome that is larger is refused."""
MAX_KEY = 2**53
"""Keys and innovation numbers stay below this, so that every JSON reader keeps them exact."""

Real: TypeAlias = Annotated[float, Strict()]
Key: TypeAlias = Annotated[int, Strict(), Field(gt=-MAX_KEY, lt=MAX_KEY)]
Name: TypeAlias = Annotated[str, Field(min_length=1, max_length=64)]
Flag: TypeAlias = Annotated[bool, Strict()]
Plain: TypeAlias = Flag | Key | Real | Annotated[str, Field(max_length=1_000)] | None


class _Part(BaseModel):
    """Frozen and finite; a key it does not know is an error rather than silence."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, populate_by_name=True)


class NodeRecord(_Part):
    """A node: activation(bias + response x aggregation(weighted inputs)); outputs have keys 0, 1, 2, ..."""

    key: Key
    bias: Real
    response: Real
    activation: Name
    aggregation: Name
    time_constant: Real = 1.0


class ConnectionRecord(_Part):
    """A connection; a negative source is an input: -1 the first, -2 the second. None: no innovation number yet."""

    source: Key = Field(validation_alias="from", serialization_alias="from")
    target: Key = Field(validation_alias="to", serialization_alias="to")
    weight: Real
    enabled: Flag
    innovation: Key | None = None


class GenomeRecord(_Part):
    """One individual.

    Nodes and connections stand in neat-python's own order: mutation draws in it, and sums of floats depend on it.

    Attributes:
        recurrent: how its network is run.
        fitness: None if it has not flown yet.
        actions: how outputs become a world's actions (`Actions.to_dict`); None if that is for the world to say.
        metadata: what else is known about it: generation, species, env and the like.
    """

    genome_id: Key
    fitness: Real | None = None
    inputs: Annotated[int, Strict(), Field(ge=1, le=MAX_INPUTS)]
    outputs: Annotated[int, Strict(), Field(ge=1, le=MAX_OUTPUTS)]
    recurrent: Flag
    nodes: tuple[NodeRecord, ...] = Field(max_length=MAX_NODES)
    connections: tuple[ConnectionRecord, ...] = Field(max_length=MAX_CONNECTIONS)
    actions: dict[str, Any] | None = None
    metadata: dict[Name, Plain] = Field(default={}, max_length=100)

    @property
    def input_keys(self) -> list[int]:
        """-1, -2, -3, ..."""
        return [-place for place in range(1, self.inputs + 1)]

    @property
    def output_keys(self) -> list[int]:
        """0, 1, 2, ..."""
        return list(range(self.outputs))

    def wiring(self) -> Wiring:
        """The nodes of its network, in the order in which they are computed, with their links."""
        links = [Link(gene.source, gene.target, gene.weight, gene.enabled) for gene in self.connections]
        return wire(self.input_keys, self.output_keys, links, self.recurrent)

    def compile(self) -> Network:
        """Its network; raises UserFunctionError if a node that counts uses a function that neat-python lacks."""
        wiring = self.wiring()
        genes = {gene.key: gene for gene in self.nodes}
        neurons = {key: _neuron(genes[key]) for key, heard in wiring.items() if heard is not None}
        return build_network(self.input_keys, self.output_keys, neurons, wiring, self.recurrent)


def check_consistency(genome: GenomeRecord, user_functions: Collection[str] = ()) -> None:
    """Raise ConfigError, naming the field, if parts of `genome` contradict each other.

    Names of functions have to be neat-python's or among `user_functions`.
    """
    nodes = _check_nodes(genome, user_functions)
    pairs, innovations = set[tuple[int, int]](), set[int]()
    sources = nodes.union(genome.input_keys)
    for place, link in enumerate(genome.connections):
        where, pair = f"connections.{place}", (link.source, link.target)
        if link.source not in sources:
            raise _fault(f"{where}.from", f"a node or one of {genome.inputs} inputs", link.source)
        if link.target not in nodes:
            raise _fault(f"{where}.to", "the key of a node", link.target)
        if pair in pairs:
            raise _fault(where, "one connection between two nodes", f"a second one from {pair[0]} to {pair[1]}")
        if link.innovation in innovations:
            raise _fault(f"{where}.innovation", "a number of its own", link.innovation)
        pairs.add(pair)
        if link.innovation is not None:
            innovations.add(link.innovation)
    if not genome.recurrent and (cycle := _on_cycles(pairs)):
        raise _fault("connections", "no cycle in a feed-forward network", f"one among the nodes {cycle[:10]}")


def _check_nodes(genome: GenomeRecord, user_functions: Collection[str]) -> set[int]:
    """The keys of the nodes."""
    keys = set[int]()
    for place, node in enumerate(genome.nodes):
        if node.key < 0:
            raise _fault(f"nodes.{place}.key", "0 or more (negative keys are inputs)", node.key)
        if node.key in keys:
            raise _fault(f"nodes.{place}.key", "a key of its own", node.key)
        for kind, name, known in _functions(node):
            if name not in known and name not in user_functions:
                raise _fault(f"nodes.{place}.{kind}", f"one of {', '.join((*known, *user_functions))}", name)
        keys.add(node.key)
    for key in genome.output_keys:
        if key not in keys:
            raise _fault("nodes", f"a node for each of {genome.outputs} outputs", f"none with key {key}")
    return keys


def _on_cycles(pairs: Iterable[tuple[int, int]]) -> list[int]:
    """Keys of nodes that lie on a cycle or behind one."""
    targets: dict[int, list[int]] = {}
    waiting: dict[int, int] = {}
    for source, target in pairs:
        targets.setdefault(source, []).append(target)
        waiting[target] = waiting.get(target, 0) + 1
    free = [key for key in targets if key not in waiting]
    while free:
        for target in targets.get(free.pop(), ()):
            waiting[target] -= 1
            if not waiting[target]:
                free.append(target)
    return sorted(key for key, count in waiting.items() if count)


def _functions(node: NodeRecord) -> tuple[tuple[str, str, dict[str, int]], ...]:
    """Kind, name and all shipped functions of that kind, for each function that a node uses."""
    return (
        ("activation", node.activation, ACTIVATION_CODES),
        ("aggregation", node.aggregation, AGGREGATION_CODES),
    )


def _neuron(node: NodeRecord) -> Neuron:
    for kind, name, known in _functions(node):
        if name not in known:
            raise UserFunctionError(
                f"{kind}: expected a function that neat-python ships, got '{name}'.", field=f"nodes[{node.key}].{kind}"
            )
    return Neuron(node.bias, node.response, ACTIVATION_CODES[node.activation], AGGREGATION_CODES[node.aggregation])


def _fault(field: str, expected: str, got: object) -> ConfigError:
    return ConfigError(f"{field}: expected {expected}, got {got}.", field=field)
