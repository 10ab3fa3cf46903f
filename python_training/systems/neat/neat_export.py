"""Reads what neat-python 2.0 exports (`neat.export.export_network_json`, format 1.0) without neat-python.

An export is the network of a genome, not the genome: what did not count is missing, and so are innovation numbers and
disabled connections. The network that is built from it here puts out what the exported one did.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from python_training.contracts.config import validate
from python_training.contracts.errors import ConfigError
from python_training.systems.neat.genome_record import (
    MAX_CONNECTIONS,
    MAX_INPUTS,
    MAX_NODES,
    MAX_OUTPUTS,
    ConnectionRecord,
    Flag,
    GenomeRecord,
    Key,
    Name,
    NodeRecord,
    Real,
)

T = TypeVar("T")
_KEY: TypeAdapter[int] = TypeAdapter(Key)
_REAL: TypeAdapter[float] = TypeAdapter(Annotated[Real, Field(allow_inf_nan=False)])
RECURRENT = {"feedforward": False, "recurrent": True}


class _Part(BaseModel):
    """Later versions of neat-python may say more: what is not known is passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


class _Function(_Part):
    name: Name
    custom: Flag = False


class _Node(_Part):
    id: Key
    type: Literal["input", "hidden", "output"]
    activation: _Function
    aggregation: _Function
    bias: Real
    response: Real


class _Connection(_Part):
    source: Key = Field(alias="from")
    target: Key = Field(alias="to")
    weight: Real
    enabled: Flag


class _Topology(_Part):
    input_keys: tuple[Key, ...] = Field(min_length=1, max_length=MAX_INPUTS)
    output_keys: tuple[Key, ...] = Field(min_length=1, max_length=MAX_OUTPUTS)


class _Export(_Part):
    format_version: Literal["1.0"]
    network_type: str
    metadata: Any = None
    topology: _Topology
    nodes: tuple[_Node, ...] = Field(max_length=MAX_NODES + MAX_INPUTS)
    connections: tuple[_Connection, ...] = Field(max_length=MAX_CONNECTIONS)


def is_export(raw: Mapping[str, Any]) -> bool:
    """Whether JSON data means to be an export of neat-python."""
    return "network_type" in raw and "format" not in raw


def genome_of_export(raw: Mapping[str, Any]) -> GenomeRecord:
    """The genome of an exported network; raises ConfigError that names the field."""
    export = validate(_Export, raw)
    if export.network_type not in RECURRENT:
        raise ConfigError(
            f"network_type: expected one of {', '.join(RECURRENT)}, got '{export.network_type[:60]}'.",
            field="network_type",
            hint="Continuous-time and spiking networks cannot be flown.",
        )
    inputs, outputs = export.topology.input_keys, export.topology.output_keys
    _check_keys("topology.input_keys", inputs, tuple(range(-1, -len(inputs) - 1, -1)))
    _check_keys("topology.output_keys", outputs, tuple(range(len(outputs))))
    nodes = [_node(place, node) for place, node in enumerate(export.nodes) if node.type != "input"]
    # neat-python leaves out what nothing reaches, though it is an output or a recurrent node reads it. It is always 0,
    # and so is this.
    unreached = set(outputs).difference(node.key for node in nodes)
    if RECURRENT[export.network_type]:
        read = {link.source for link in export.connections if link.source >= 0}
        unreached |= read.difference(node.key for node in nodes)
    nodes += [
        NodeRecord(key=key, bias=0, response=1, activation="identity", aggregation="sum") for key in sorted(unreached)
    ]
    told = export.metadata if isinstance(export.metadata, Mapping) else {}
    return GenomeRecord(
        genome_id=_known(told.get("genome_id"), _KEY) or 0,
        fitness=_known(told.get("fitness"), _REAL),
        inputs=len(inputs),
        outputs=len(outputs),
        recurrent=RECURRENT[export.network_type],
        nodes=tuple(nodes),
        connections=tuple(
            ConnectionRecord(source=link.source, target=link.target, weight=link.weight, enabled=link.enabled)
            for link in export.connections
        ),
        metadata={"imported_from": "neat-python", "generation": _known(told.get("generation"), _KEY)},
    )


def _known(value: Any, kind: TypeAdapter[T]) -> T | None:
    """`value` if it is of that kind, else None: an exporter's notes do not decide whether its network is whole."""
    try:
        return kind.validate_python(value)
    except ValidationError:
        return None


def _node(place: int, node: _Node) -> NodeRecord:
    for kind, function in (("activation", node.activation), ("aggregation", node.aggregation)):
        if function.custom:
            field = f"nodes.{place}.{kind}"
            raise ConfigError(
                f"{field}: expected a function that neat-python ships, got a user's own, '{function.name}'.",
                field=field,
                hint="A file cannot carry functions; run such a genome in the program that has them.",
            )
    return NodeRecord(
        key=node.id,
        bias=node.bias,
        response=node.response,
        activation=node.activation.name,
        aggregation=node.aggregation.name,
    )


def _check_keys(field: str, keys: tuple[int, ...], expected: tuple[int, ...]) -> None:
    if keys != expected:
        raise ConfigError(
            f"{field}: expected neat-python's own keys, {expected[0]} to {expected[-1]}, got {list(keys)[:10]}.",
            field=field,
        )
