"""Between neat-python's genomes, which are bred, and ours, which are kept and flown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from python_training.contracts.errors import ConfigError
from python_training.systems.neat.genome_record import ConnectionRecord, GenomeRecord, NodeRecord, Plain


def genome_of(
    bred: Any,
    config: Any,
    *,
    recurrent: bool | None = None,
    actions: dict[str, Any] | None = None,
    metadata: Mapping[str, Plain] | None = None,
) -> GenomeRecord:
    """`bred`, a DefaultGenome under `config`, a neat.Config, as data; every number keeps its bits.

    `recurrent` says how it is run, unless given as the opposite of the config's feed_forward.
    """
    settings = config.genome_config
    return GenomeRecord(
        genome_id=bred.key,
        fitness=bred.fitness,
        inputs=settings.num_inputs,
        outputs=settings.num_outputs,
        recurrent=not settings.feed_forward if recurrent is None else recurrent,
        nodes=tuple(
            NodeRecord(
                key=key,
                bias=gene.bias,
                response=gene.response,
                activation=gene.activation,
                aggregation=gene.aggregation,
                time_constant=gene.time_constant,
            )
            for key, gene in bred.nodes.items()
        ),
        connections=tuple(
            ConnectionRecord(
                source=source, target=target, weight=gene.weight, enabled=gene.enabled, innovation=gene.innovation
            )
            for (source, target), gene in bred.connections.items()
        ),
        actions=actions,
        metadata=dict(metadata or {}),
    )


def breedable(genome: GenomeRecord, config: Any) -> Any:
    """`genome` as a DefaultGenome of `config`, a neat.Config, gene by gene in the same order.

    A connection without an innovation number gets one from the config's innovation tracker.

    Raises:
        ConfigError: the config is for other numbers of inputs or outputs, or does not run it as it was bred.
    """
    settings = config.genome_config
    for field, expected in (("inputs", settings.num_inputs), ("outputs", settings.num_outputs)):
        if getattr(genome, field) != expected:
            raise ConfigError(f"{field}: expected {expected}, got {getattr(genome, field)}.", field=field)
    if genome.recurrent and settings.feed_forward:
        raise ConfigError("recurrent: expected a feed-forward genome, got a recurrent one.", field="recurrent")
    bred = config.genome_type(genome.genome_id)
    bred.fitness = genome.fitness
    for node in genome.nodes:
        made = settings.node_gene_type(node.key)
        made.bias, made.response, made.time_constant = node.bias, node.response, node.time_constant
        made.activation, made.aggregation = node.activation, node.aggregation
        bred.nodes[node.key] = made
    for link in genome.connections:
        innovation = link.innovation
        if innovation is None:
            innovation = settings.innovation_tracker.get_innovation_number(link.source, link.target)
        connection = settings.connection_gene_type((link.source, link.target), innovation=innovation)
        connection.weight, connection.enabled = link.weight, link.enabled
        bred.connections[link.source, link.target] = connection
    return bred
