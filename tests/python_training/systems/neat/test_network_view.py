from __future__ import annotations

import json
from typing import Any

import pytest

from python_training.systems.neat.genome_record import ConnectionRecord, GenomeRecord, NodeRecord
from python_training.systems.neat.neat_genome import genome_of
from python_training.systems.neat.network_view import network_of
from python_training.testing.random_genomes import RandomGenomes, all_functions_config


def genome(links: list[tuple[int, int]], *, recurrent: bool = False, disabled: tuple[int, int] | None = None) -> Any:
    """Two inputs, two outputs, hidden nodes 4 and 5."""
    node: dict[str, Any] = {"bias": 0.0, "response": 1.0, "activation": "tanh", "aggregation": "sum"}
    return GenomeRecord(
        genome_id=1,
        inputs=2,
        outputs=2,
        recurrent=recurrent,
        nodes=tuple(NodeRecord(key=key, **node) for key in (5, 1, 4, 0)),
        connections=tuple(
            ConnectionRecord(source=source, target=target, weight=1.0, enabled=(source, target) != disabled)
            for source, target in links
        ),
    )


def layers(of: GenomeRecord) -> dict[int, int]:
    """The layer of each drawn node."""
    return {node.id: node.layer for node in network_of(of).nodes}


def test_every_link_of_a_feed_forward_network_leads_forward() -> None:
    """Hidden nodes stand behind all that they hear of, outputs beside each other in the last layer."""
    assert layers(genome([(-1, 4), (4, 5), (-2, 5), (5, 0), (-1, 1)])) == {-1: 0, -2: 0, 4: 1, 5: 2, 0: 3, 1: 3}
    assert layers(genome([(-1, 0), (0, 4), (4, 1)])) == {-1: 0, -2: 0, 0: 1, 4: 2, 1: 3}


def test_a_recurrent_network_is_laid_out_by_the_way_from_its_inputs() -> None:
    """Loops lead back into the same or an earlier layer."""
    loops = [(-1, 4), (4, 5), (5, 4), (5, 5), (5, 0), (0, 4), (-2, 1)]
    assert layers(genome(loops, recurrent=True)) == {-1: 0, -2: 0, 4: 1, 5: 2, 0: 3, 1: 3}


def test_what_no_output_hears_of_is_not_drawn() -> None:
    """Node 4 leads nowhere, 5 is switched off; disabled links between drawn nodes are shown as such."""
    view = network_of(genome([(-1, 4), (-1, 5), (5, 0), (-2, 0)], disabled=(5, 0)))
    assert [node.id for node in view.nodes] == [-1, -2, 0, 1]
    assert [(link.source, link.target) for link in view.links] == [(-2, 0)]
    view = network_of(genome([(-1, 0), (-2, 0)], disabled=(-2, 0)))
    assert [link.enabled for link in view.links] == [True, False]


@pytest.mark.parametrize("recurrent", [False, True])
def test_nodes_stand_in_the_order_of_activations(recurrent: bool) -> None:
    """Inputs, hidden nodes, outputs by their keys; each with its own slot of memory; and all of it is JSON."""
    config = all_functions_config(5, 3)
    made = RandomGenomes(config, seed=1)
    for _ in range(100):
        kept = genome_of(made.cyclic() if recurrent else made.acyclic(), config, recurrent=recurrent)
        view, network = network_of(kept), kept.compile()
        kinds = [node.kind for node in view.nodes]
        assert kinds == sorted(kinds, key=["input", "hidden", "output"].index)
        assert [node.id for node in view.nodes[-3:]] == [0, 1, 2]
        assert sorted(view.slots) == list(range(len(view.nodes)))
        assert view.slots[-3:] == tuple(network.outputs)
        assert [node.id for node in view.nodes if node.kind == "hidden"] == [
            key for key in network.nodes.tolist() if key > 2
        ]
        ids = {node["id"] for node in json.loads(json.dumps(view.to_dict()))["nodes"]}
        assert all(link["from"] in ids and link["to"] in ids for link in view.to_dict()["links"])
