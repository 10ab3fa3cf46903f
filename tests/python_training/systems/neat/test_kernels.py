from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import neat
import numpy as np
import pytest

from python_training.systems.neat.genome_network import compile_genome
from python_training.systems.neat.kernels import activate
from python_training.systems.neat.pack import Pack, pack_networks
from python_training.testing.random_genomes import RandomGenomes, all_functions_config

INPUTS, OUTPUTS, STEPS, TOLERANCE = 5, 3, 5, 1e-9
CREATE = {False: neat.nn.FeedForwardNetwork.create, True: neat.nn.RecurrentNetwork.create}


def shown_to(copies: int, seed: int) -> Any:
    """Observations (STEPS, copies, INPUTS): ordinary ones, large ones, and zeros."""
    observations = np.random.default_rng(seed).uniform(-1, 1, (STEPS, copies, INPUTS))
    observations[2] *= 100
    observations[3, :, ::2] = 0.0
    return observations


def compare(genomes: list[neat.DefaultGenome], config: neat.Config, recurrent: bool) -> int:
    """Step all genomes and neat-python's own networks side by side; returns how many could be compared to the end."""
    pack = pack_networks([compile_genome(genome, config, recurrent) for genome in genomes])
    peers = [CREATE[recurrent](genome, config) for genome in genomes]
    owner = np.arange(len(genomes), dtype=np.int32)
    memory, outputs = pack.memory(len(genomes)), np.zeros((len(genomes), OUTPUTS))
    compared = np.ones(len(genomes), dtype=bool)
    for observations in shown_to(len(genomes), seed=1):
        activate(pack, owner, memory, observations, outputs)
        expected = outputs.copy()
        for row, peer in enumerate(peers):
            try:
                expected[row] = peer.activate(observations[row].tolist())
            except OverflowError:  # Python's powers raise where ours become infinite
                compared[row] = False
        with np.errstate(invalid="ignore"):  # infinite ones are equal or not
            difference = np.abs(outputs - expected) / np.maximum(1.0, np.abs(expected))
        equal = (difference <= TOLERANCE) | (outputs == expected) | (np.isnan(outputs) & np.isnan(expected))
        wrong = np.flatnonzero(compared & ~equal.all(axis=1))
        assert not wrong.size, f"genome {wrong[0]}: expected {expected[wrong[0]]}, got {outputs[wrong[0]]}"
    return int(compared.sum())


@pytest.mark.parametrize("recurrent", [False, True], ids=["feed_forward", "recurrent"])
def test_networks_put_out_what_those_of_neat_python_do(recurrent: bool) -> None:
    """10,000 random genomes over every activation and aggregation agree within 1e-9, over several inputs and steps."""
    config = all_functions_config(INPUTS, OUTPUTS)
    made = RandomGenomes(config, seed=7)
    genomes = [made.cyclic() if recurrent and k % 2 else made.acyclic() for k in range(10_000)]
    assert compare(genomes, config, recurrent) >= 9_700


def test_a_cycle_in_a_feed_forward_network_silences_what_lies_behind_it() -> None:
    """neat-python leaves such nodes out, and so do we."""
    config = all_functions_config(INPUTS, OUTPUTS)
    made = RandomGenomes(config, seed=8)
    assert compare([made.cyclic() for _ in range(300)], config, recurrent=False) >= 290


def test_bred_genomes_agree_too() -> None:
    """What neat-python's own mutation and crossover lead to is computed alike."""
    for recurrent in (False, True):
        config = all_functions_config(INPUTS, OUTPUTS, feed_forward=not recurrent)
        genomes = bred(config, 200)
        assert compare(genomes, config, recurrent) >= 190


def bred(config: neat.Config, count: int) -> list[neat.DefaultGenome]:
    """Genomes after up to nine mutations, and their children."""
    random.seed(6)  # neat-python draws from the module's generator
    settings, genomes = config.genome_config, list[neat.DefaultGenome]()
    for key in range(count):
        genome = neat.DefaultGenome(key)
        if key % 3 == 2:
            genome.configure_crossover(genomes[-1], genomes[-2], settings)
        else:
            genome.configure_new(settings)
        for _ in range(key % 10):
            genome.mutate(settings)
        genome.fitness = float(key)
        genomes.append(genome)
    return genomes


def random_pack(count: int) -> Pack:
    """Networks of both kinds."""
    config = all_functions_config(INPUTS, OUTPUTS)
    made = RandomGenomes(config, seed=3)
    return pack_networks([compile_genome(made.cyclic(), config, recurrent=bool(k % 2)) for k in range(count)])


def fly(pack: Pack, owner: Any, observations: Any) -> Any:
    """Outputs (STEPS, N, OUTPUTS) of fresh networks."""
    memory, outputs = pack.memory(len(owner)), np.zeros((len(owner), OUTPUTS))
    flown = []
    for shown in observations:
        activate(pack, owner, memory, shown, outputs)
        flown.append(outputs.copy())
    return np.array(flown)


def test_a_row_depends_on_nothing_but_itself() -> None:
    """Rows may be split over threads at will: the outputs are equal bit for bit."""
    pack, owner = random_pack(60), np.repeat(np.arange(60, dtype=np.int32), 5)
    observations = shown_to(300, seed=2)
    together = fly(pack, owner, observations)
    parts = [slice(0, 7), slice(7, 150), slice(150, 300)]
    with ThreadPoolExecutor(3) as threads:
        flown = list(threads.map(lambda part: fly(pack, owner[part], observations[:, part]), parts))
    assert np.concatenate(flown, axis=1).tobytes() == together.tobytes()


def test_a_row_without_an_owner_stands_still() -> None:
    """Its memory and outputs stay as they are, at no cost."""
    pack, outputs = random_pack(2), np.full((2, OUTPUTS), 8.0)
    memory = np.full((2, pack.memory_size), 7.0)
    activate(pack, np.array([-1, 0], dtype=np.int32), memory, np.ones((2, INPUTS)), outputs)
    assert (memory[0] == 7).all()
    assert (outputs[0] == 8).all()
    assert not (outputs[1] == 8).any()


def test_zeroed_memory_is_a_network_that_has_seen_nothing() -> None:
    """A recurrent network starts anew; until then it remembers."""
    pack, owner = random_pack(200), np.arange(200, dtype=np.int32)
    observations, outputs, memory = shown_to(200, seed=4), np.zeros((200, OUTPUTS)), pack.memory(200)
    activate(pack, owner, memory, observations[0], outputs)
    first = outputs.copy()
    activate(pack, owner, memory, observations[0], outputs)
    assert not np.array_equal(outputs, first, equal_nan=True)
    memory[:] = 0.0
    activate(pack, owner, memory, observations[0], outputs)
    assert np.array_equal(outputs, first, equal_nan=True)


def test_memory_shows_inputs_and_nodes() -> None:
    """After a call a row begins with what was seen, then the value of each node, the outputs' among them."""
    config = all_functions_config(INPUTS, OUTPUTS)
    network = compile_genome(RandomGenomes(config, seed=5).acyclic(), config)
    pack = pack_networks([network])
    memory, outputs, seen = pack.memory(1), np.zeros((1, OUTPUTS)), np.linspace(-1, 1, INPUTS)[None]
    activate(pack, np.zeros(1, np.int32), memory, seen, outputs)
    assert (memory[0, :INPUTS] == seen).all()
    assert (memory[0, network.outputs] == outputs[0]).all()


def test_arrays_that_do_not_belong_together_are_refused() -> None:
    """Compiled code checks no bounds: what it is given has to be right."""
    pack, owner = random_pack(2), np.arange(2, dtype=np.int32)
    memory, seen, outputs = pack.memory(2), np.zeros((2, INPUTS)), np.zeros((2, OUTPUTS))
    for wrong in (
        (owner, memory[:, 1:], seen, outputs),
        (owner, memory, seen[:, 1:], outputs),
        (owner, memory, seen, outputs[:1]),
        (owner[:1], memory, seen, outputs),
    ):
        with pytest.raises(ValueError, match=r"expected memory \("):
            activate(pack, *wrong)
    with pytest.raises(IndexError, match="not among the networks"):
        activate(pack, owner + 1, memory, seen, outputs)
