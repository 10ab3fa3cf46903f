from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import neat
import numpy as np
import pytest

from python_training.contracts.errors import CheckpointError
from python_training.systems.neat.checkpoint_state import GENES, STATE, load_evolution, save_evolution
from python_training.systems.neat.config import NEATConfig
from python_training.systems.neat.evolution import Evolution
from python_training.systems.neat.neat_settings import neat_config

INPUTS, OUTPUTS = 5, 2
Genes = list[tuple[int, list[str], list[str]]]


def _config(**settings: Any) -> neat.Config:
    """neat-python's config of a population with several species that gain and lose nodes often."""
    genetics = {
        "node_add_prob": 0.4,
        "conn_add_prob": 0.5,
        "compatibility_threshold": 1.6,
        "max_stagnation": 6,
        "max_species": None,
        "activation": {"default": "random", "options": ["tanh", "relu", "sin"], "mutate_rate": 0.2},
    }
    genetics |= settings.pop("neat", {})
    config = NEATConfig(env="CartPole-v1", pop_size=30, neat=genetics, **settings)
    return neat_config(config, INPUTS, OUTPUTS)


def _fitness(genome: Any) -> float:
    """Something that structure and weights matter to, and that many genomes have in common."""
    links = sum(gene.weight * ((sum(key) % 5) - 2) for key, gene in genome.connections.items() if gene.enabled)
    return round(links, 1) + len(genome.nodes)


def _breed(evolution: Evolution, generations: int) -> None:
    for _ in range(generations):
        evolution.rate([_fitness(genome) for genome in evolution.population.values()])
        evolution.breed()


def _genes(population: dict[int, Any]) -> Genes:
    """Everything that a population is, in its order."""
    return [
        (key, [str(node) for node in genome.nodes.values()], [str(link) for link in genome.connections.values()])
        for key, genome in population.items()
    ]


def _files(evolution: Evolution, folder: Path) -> dict[str, bytes]:
    folder.mkdir()
    save_evolution(evolution, folder)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("recurrent", [False, True])
def test_breeding_is_that_of_neat_python(recurrent: bool) -> None:
    """neat.Population, with neat-python's own genomes, has the same population after forty generations."""
    config = _config(recurrent=recurrent)
    config.genome_type = neat.DefaultGenome
    others = random.getstate()
    try:
        reference = neat.Population(config, seed=5)
        reference.run(lambda genomes, _: [setattr(each, "fitness", _fitness(each)) for _, each in genomes], 40)
    finally:
        random.setstate(others)
    evolution = Evolution(_config(recurrent=recurrent), 5)
    _breed(evolution, 40)
    assert _genes(evolution.population) == _genes(reference.population)
    assert {key: list(each.members) for key, each in evolution.species.species.items()} == {
        key: list(each.members) for key, each in reference.species.species.items()
    }
    assert len(reference.species.species) > 1
    assert evolution.generation == 41


@pytest.mark.parametrize("seed", range(20))
def test_a_restored_population_goes_on_as_if_nothing_had_happened(seed: int, tmp_path: Path) -> None:
    """Saving changes nothing, and what was loaded breeds the same generations, bit for bit, whoever else draws."""
    straight, saved = Evolution(_config(), seed), Evolution(_config(), seed)
    _breed(straight, 12)
    _breed(saved, 6)
    first = _files(saved, tmp_path / "first")
    restored = Evolution(_config(), seed + 1)
    load_evolution(restored, tmp_path / "first")
    assert _files(restored, tmp_path / "again") == first
    random.seed(99)
    _breed(restored, 6)
    _breed(saved, 6)
    assert _files(restored, tmp_path / "restored") == _files(straight, tmp_path / "straight")
    assert _files(saved, tmp_path / "saved") == _files(straight, tmp_path / "straight-again")


def test_the_distance_between_species_fits_their_number(tmp_path: Path) -> None:
    """From one species or from many it comes near the number wanted, and a restored run goes on with the distance."""
    for first in (0.2, 20.0):
        config = _config(neat={"compatibility_threshold": first, "max_species": 8})
        evolution = Evolution(config, 2, target_species=4)
        _breed(evolution, 60)
        numbers = []
        for _ in range(30):
            _breed(evolution, 1)
            numbers.append(len(evolution.species.species))
        assert 2.5 < np.mean(numbers) < 6.0
        assert config.species_set_config.compatibility_threshold != first
    saved = _files(evolution, tmp_path / "saved")
    restored = Evolution(_config(), 3, target_species=4)
    load_evolution(restored, tmp_path / "saved")
    assert _files(restored, tmp_path / "restored") == saved


def test_a_rated_population_is_kept_with_its_fitness(tmp_path: Path) -> None:
    """A checkpoint between rating and breeding holds the fitness of every genome."""
    evolution = Evolution(_config(), 1)
    evolution.rate([float(index) for index in range(30)])
    _files(evolution, tmp_path / "saved")
    restored = Evolution(_config(), 2)
    load_evolution(restored, tmp_path / "saved")
    assert [genome.fitness for genome in restored.population.values()] == [float(index) for index in range(30)]


def test_nobody_elses_draws_are_disturbed() -> None:
    """Python's global generator is as it was before."""
    random.seed(1)
    expected = random.getstate()
    _breed(Evolution(_config(), 3), 2)
    assert random.getstate() == expected


def test_the_parents_of_new_genomes_are_told() -> None:
    """Every genome that was not there before has one or two parents that were."""
    evolution = Evolution(_config(), 3)
    before = set(evolution.population)
    evolution.rate([_fitness(genome) for genome in evolution.population.values()])
    parents = evolution.breed()
    assert set(parents) == set(evolution.population) - before
    assert all(set(each) <= before for each in parents.values())


def test_more_species_than_the_population_holds_are_let_go() -> None:
    """neat-python gives up where the least sizes of species come to more than the population; here the weakest end."""
    evolution = Evolution(_config(neat={"compatibility_threshold": 0.01, "elitism": 2, "min_species_size": 2}), 1)
    assert len(evolution.species.species) > 15
    _breed(evolution, 5)
    assert len(evolution.population) == 30


def test_the_weakest_species_end_where_there_are_too_many() -> None:
    """Those that are left are no more than the limit, and the best of all is among them."""
    evolution = Evolution(_config(neat={"compatibility_threshold": 0.5, "max_species": 3}), 1)
    evolution.rate([_fitness(genome) for genome in evolution.population.values()])
    best = max(evolution.population.values(), key=lambda genome: genome.fitness)
    before = set(evolution.species.species)
    evolution.breed()
    assert len(before) > 3
    assert len(before & set(evolution.species.species)) == 3
    assert evolution.generation == 2
    assert best.key in evolution.population


def test_a_population_that_dies_out_is_drawn_anew() -> None:
    """When every species has ended, breeding goes on with new genomes without parents."""
    evolution = Evolution(_config(), 1)
    evolution.reproduction.reproduce = _nobody(evolution)  # type: ignore[method-assign]
    evolution.rate([0.0] * 30)
    assert set(evolution.breed().values()) == {()}
    assert len(evolution.population) == 30
    assert min(evolution.population) == 31


def _nobody(evolution: Evolution) -> Callable[..., dict[int, Any]]:
    def reproduce(*_: Any) -> dict[int, Any]:
        evolution.species.species = {}
        return {}

    return reproduce


def test_a_damaged_or_foreign_state_is_refused(tmp_path: Path) -> None:
    """Missing, damaged and misfitting files are CheckpointErrors, and change nothing."""
    evolution = Evolution(_config(), 1)
    saved = tmp_path / "saved"
    _files(evolution, saved)
    other = Evolution(neat_config(NEATConfig(env="CartPole-v1"), INPUTS - 1, OUTPUTS), 1)
    with pytest.raises(CheckpointError, match="inputs"):
        load_evolution(other, saved)
    with pytest.raises(CheckpointError, match="recurrent"):
        load_evolution(Evolution(_config(recurrent=True), 1), saved)
    state = json.loads((saved / STATE).read_text())
    for damaged in ({**state, "format": 0}, {**state, "random": []}, {**state, "species": [{"key": 1}]}, []):
        (saved / STATE).write_text(json.dumps(damaged))
        with pytest.raises(CheckpointError):
            load_evolution(evolution, saved)
    (saved / STATE).write_text(json.dumps(state))
    (saved / GENES).write_bytes(b"PK\x03\x04 torn")
    with pytest.raises(CheckpointError):
        load_evolution(evolution, saved)
    assert _files(evolution, tmp_path / "after") == _files(Evolution(_config(), 1), tmp_path / "new")


def test_distances_are_those_of_neat_python() -> None:
    """The compiled distance of genomes of all ages equals DefaultGenome's, bit for bit."""
    config = _config()
    evolution = Evolution(config, 4)
    genomes = list(evolution.population.values())
    for _ in range(15):
        _breed(evolution, 1)
        genomes += list(evolution.population.values())[::7]
    pairs = np.random.default_rng(0).integers(len(genomes), size=(500, 2))
    for one, other in pairs:
        first, second = genomes[one], genomes[other]
        expected = neat.DefaultGenome.distance(first, second, config.genome_config)
        assert first.distance(second, config.genome_config) == expected
