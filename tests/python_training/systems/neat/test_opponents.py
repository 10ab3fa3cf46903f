from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from python_training.systems.neat.config import NEATConfig
from python_training.systems.neat.opponents import MAX_RIVALS, elite_opponents, rival_opponents, species_champions


def _elites(count: int) -> list[Any]:
    return [SimpleNamespace(genome=bytes([index])) for index in range(count)]


def test_half_of_the_bouts_are_against_the_newest_elite() -> None:
    """The others are against elites of any age, drawn anew for each generation and the same for equal seeds."""
    config = NEATConfig(bouts=10)
    met = elite_opponents(config, 7, _elites(20))
    assert met[::2] == [bytes([19])] * 5
    assert len(set(met[1::2])) > 1
    assert met == elite_opponents(config, 7, _elites(20))
    assert met != elite_opponents(config, 8, _elites(20))
    assert met != elite_opponents(NEATConfig(bouts=10, seed=1), 7, _elites(20))


def test_while_there_are_no_elites_the_scripts_are_met() -> None:
    """No opponents means those that the world itself has."""
    assert elite_opponents(NEATConfig(), 1, []) == []
    assert rival_opponents(NEATConfig(), []) == []


def test_rivals_are_met_by_turns() -> None:
    """Each about as often as the others."""
    assert rival_opponents(NEATConfig(bouts=5), [b"a", b"b"]) == [b"a", b"b", b"a", b"b", b"a"]


def test_rivals_are_the_best_of_the_best_species() -> None:
    """One of each species, the best first; the older one of equals."""
    species = {
        key: SimpleNamespace(
            members={
                10 * key + index: SimpleNamespace(key=10 * key + index, fitness=float(key - index))
                for index in range(3)
            }
        )
        for key in range(1, 15)
    }
    best = species_champions(species)
    assert [genome.key for genome in best] == [10 * key for key in range(14, 14 - MAX_RIVALS, -1)]
