"""Whom a generation meets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from python_training.systems.neat.config import NEATConfig
from python_training.systems.neat.elites import Elite

OPPONENT_DRAW = 3
"""Tells this draw from those of seeds."""
MAX_RIVALS = 8
"""Champions of species that self-play goes against."""


def elite_opponents(config: NEATConfig, generation: int, elites: Sequence[Elite]) -> list[bytes]:
    """The genome file of the elite that is met in each bout, the same for all genomes; none while there are no elites.

    Every other bout is against the newest elite, the rest against elites drawn from all: those who only learn to beat
    the newest forget how the earlier ones were beaten, and go round in circles.
    """
    if not elites:
        return []
    random = np.random.Generator(np.random.PCG64(np.random.SeedSequence((config.seed, generation, OPPONENT_DRAW))))
    drawn = random.integers(len(elites), size=config.bouts)
    return [elites[-1 if bout % 2 == 0 else int(drawn[bout])].genome for bout in range(config.bouts)]


def rival_opponents(config: NEATConfig, rivals: Sequence[bytes]) -> list[bytes]:
    """The genome file of the rival that is met in each bout, by turns; none in the first generation."""
    return [rivals[bout % len(rivals)] for bout in range(config.bouts)] if rivals else []


def species_champions(species: Mapping[int, Any]) -> list[Any]:
    """The best genome of each species, best first, at most MAX_RIVALS; the genomes must be rated."""
    best = [max(each.members.values(), key=lambda genome: (genome.fitness, -genome.key)) for each in species.values()]
    return sorted(best, key=lambda genome: (-genome.fitness, genome.key))[:MAX_RIVALS]
