from __future__ import annotations

import math
import sys

import neat
import pytest

from python_training.systems.neat.functions import ACTIVATION_CODES, AGGREGATION_CODES
from python_training.systems.neat.genome_network import Link, Network, UserFunctionError, compile_genome, wire
from python_training.testing.random_genomes import RandomGenomes, all_functions_config


def config_and_genome(seed: int = 0) -> tuple[neat.Config, neat.DefaultGenome]:
    """A genome with five inputs and three outputs."""
    config = all_functions_config(5, 3)
    return config, RandomGenomes(config, seed).acyclic()


def link(source: int, target: int, *, enabled: bool = True) -> Link:
    """A link whose weight tells it from others."""
    return Link(source, target, 10.0 * source + target, enabled)


def test_nodes_that_no_output_hears_of_are_left_out() -> None:
    """Node 3 leads nowhere, node 2 leads to the output."""
    links = [link(-1, 2), link(2, 0), link(-1, 3)]
    for recurrent in (False, True):
        assert set(wire([-1], [0], links, recurrent)) == {2, 0}


def test_a_node_is_computed_after_those_it_hears_of() -> None:
    """Whatever the order of the genes; its own links stay in theirs."""
    links = [link(3, 0), link(-2, 0), link(2, 3), link(-1, 2), link(-1, 0)]
    wiring = wire([-1, -2], [0], links, recurrent=False)
    assert list(wiring) == [2, 3, 0]
    assert wiring[0] == [(3, 30.0), (-2, -20.0), (-1, -10.0)]


def test_a_disabled_link_carries_nothing() -> None:
    """Neither its weight nor, in a feed-forward network, what lies behind it is there."""
    wiring = wire([-1], [0], [link(-1, 2), link(2, 0, enabled=False), link(-1, 0)], recurrent=False)
    assert wiring == {0: [(-1, -10.0)]}


def test_a_node_that_nothing_reaches_depends_on_the_kind() -> None:
    """Feed-forward, it puts out its bias; recurrent, neat-python never computes it, and it is silent."""
    assert wire([-1], [0], [link(2, 0)], recurrent=False)[2] == []
    assert wire([-1], [0], [link(2, 0)], recurrent=True)[2] is None
    assert wire([-1], [0, 1], [link(-1, 0)], recurrent=True)[1] is None


def test_an_output_on_a_cycle_is_silent() -> None:
    """A feed-forward network cannot compute it."""
    assert wire([-1], [0], [link(-1, 2), link(0, 2), link(2, 0)], recurrent=False) == {0: None}


def test_every_node_stands_in_the_arrays_with_its_genes() -> None:
    """Bias, response, codes and weights are the genome's, and every slot is an input or a node."""
    config, genome = config_and_genome()
    network = compile_genome(genome, config)
    for place, key in enumerate(network.nodes):
        gene = genome.nodes[key]
        assert (network.bias[place], network.response[place]) == (gene.bias, gene.response)
        assert network.activation[place] == ACTIVATION_CODES[gene.activation]
        assert network.aggregation[place] == AGGREGATION_CODES[gene.aggregation]
    assert network.link_starts[-1] == len(network.sources) == len(network.weights)
    assert network.sources.max() < network.inputs + len(network.nodes)
    assert {int(network.nodes[slot - 5]) for slot in network.outputs} == {0, 1, 2}


def test_the_config_says_how_a_genome_is_run_unless_the_caller_does() -> None:
    """feed_forward of neat-python's config is the default."""
    config, genome = config_and_genome()
    assert not compile_genome(genome, config).recurrent
    assert compile_genome(genome, config, recurrent=True).recurrent


def compile_with(name: str, function: object) -> Network:
    """A network whose node 0 uses `function` under `name`."""
    config, genome = config_and_genome()
    config.genome_config.add_activation(name, function)
    genome.nodes[0].activation = name
    return compile_genome(genome, config)


def test_a_user_s_function_is_not_compiled() -> None:
    """Not even under the name of one that neat-python ships."""
    for name in ("swish", "tanh"):
        with pytest.raises(UserFunctionError, match=f"expected a function that neat-python ships, got '{name}'"):
            compile_with(name, lambda z: z / (1 + math.exp(-z)))


def test_a_shipped_function_is_known_under_any_name() -> None:
    """What counts is the function, not what a config calls it."""
    network = compile_with("mine", neat.activations.relu_activation)
    assert network.activation[network.nodes.tolist().index(0)] == ACTIVATION_CODES["relu"]


def test_a_deep_network_is_ordered_in_time_that_grows_with_its_size() -> None:
    """Four times the nodes cost about four times the calls, not sixteen: a genome from outside holds nobody up."""

    def calls(nodes: int) -> int:
        links, counted = [link(-1, 1), *(link(key, key + 1) for key in range(1, nodes)), link(nodes, 0)], 0

        def count(*_: object) -> None:
            nonlocal counted
            counted += 1

        sys.setprofile(count)
        try:
            wiring = wire([-1], [0], links, recurrent=False)
        finally:
            sys.setprofile(None)
        assert list(wiring) == [*range(1, nodes + 1), 0]
        return counted

    assert calls(4000) < 6 * calls(1000)


def test_nodes_of_one_layer_stand_in_order_of_their_keys() -> None:
    """As neat-python puts them, whichever of them was ready first; what waits for itself is never ready."""
    links = [link(-1, 5), link(-1, 3), link(5, 2), link(3, 4), link(4, 0), link(2, 0), link(7, 7), link(7, 1)]
    assert list(wire([-1], [0, 1], links, recurrent=False).items()) == [
        (3, [(-1, -7.0)]),
        (5, [(-1, -5.0)]),
        (2, [(5, 52.0)]),
        (4, [(3, 34.0)]),
        (0, [(4, 40.0), (2, 20.0)]),
        (1, None),
    ]
