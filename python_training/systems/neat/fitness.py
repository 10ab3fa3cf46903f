"""What bouts come to: one number for each genome."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from python_training import registry
from python_training.systems.neat.bouts import Results

Figures = Mapping[str, NDArray[np.float64]]


@dataclass(frozen=True, slots=True, eq=False)
class Judgement:
    """What N networks did in B bouts each.

    Attributes:
        fitness: (N,) float64, finite.
        figures: what the world reports, each (N, B) float64.
    """

    fitness: NDArray[np.float64]
    figures: Figures

    def means(self, network: int) -> dict[str, float]:
        """The mean of each figure over the bouts of one network."""
        return {name: float(values[network].mean()) for name, values in self.figures.items()}


def judge(world: str, results: Results, networks: int) -> Judgement:
    """Judge the bouts of `networks`, as many for each, those of one beside each other.

    Fitness is the world's own score where it has one, otherwise the mean return. One that is no finite number counts
    as the worst of all (as 0 where none is finite), since NaN would decide at random who has children.
    """
    entry = registry.world(world)
    figures = {name: values.reshape(networks, -1) for name, values in results.figures.items()}
    if entry is not None and entry.score:
        score: Any = registry.load(entry.score)
        rows = [{name: values[index] for name, values in figures.items()} for index in range(networks)]
        fitness = np.array([score(row) for row in rows], dtype=np.float64)
    else:
        fitness = results.returns.reshape(networks, -1).mean(axis=1)
    finite = np.isfinite(fitness)
    worst = fitness[finite].min() if finite.any() else 0.0
    return Judgement(np.where(finite, fitness, worst), figures)


def performance(world: str, judgement: Judgement, network: int) -> dict[str, float]:
    """The figures of one network as they entered its fitness, for the record."""
    entry = registry.world(world)
    if entry is not None and entry.performance:
        own = {name: values[network] for name, values in judgement.figures.items()}
        return {name: float(value) for name, value in registry.load(entry.performance)(own).items()}
    return judgement.means(network)
