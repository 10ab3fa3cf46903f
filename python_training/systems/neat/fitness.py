"""What bouts come to: one number for each genome."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from python_training import registry
from python_training.contracts.errors import NotFiniteError
from python_training.systems.neat.bouts import Results

LARGEST = 1e300
"""Differences of greater fitness would be infinite, and with them what is made of fitness."""

Figures = Mapping[str, NDArray[np.float64]]


@dataclass(frozen=True, slots=True, eq=False)
class Judgement:
    """What N networks did in B bouts each.

    Attributes:
        fitness: (N,) float64, finite.
        figures: what the world reports, each (N, B) float64.
        unjudged: how many had no fitness that can be used, and count as the worst of the others.
    """

    fitness: NDArray[np.float64]
    figures: Figures
    unjudged: int = 0

    def means(self, network: int) -> dict[str, float]:
        """The mean of each figure over the bouts of one network."""
        return {name: float(values[network].mean()) for name, values in self.figures.items()}


def judge(world: str, results: Results, networks: int) -> Judgement:
    """Judge the bouts of `networks`, as many for each, those of one beside each other.

    Fitness is the world's own score where it has one, otherwise the mean return. One that is no finite number, or
    beyond LARGEST, counts as the worst of all, since NaN would decide at random who has children.

    Raises:
        NotFiniteError: no network has a fitness that can be used.
    """
    entry = registry.world(world)
    figures = {name: values.reshape(networks, -1) for name, values in results.figures.items()}
    if entry is not None and entry.score:
        score: Any = registry.load(entry.score)
        rows = [{name: values[index] for name, values in figures.items()} for index in range(networks)]
        fitness = np.array([score(row) for row in rows], dtype=np.float64)
    else:
        with np.errstate(over="ignore", invalid="ignore"):
            fitness = results.returns.reshape(networks, -1).mean(axis=1)
    usable = np.abs(fitness) <= LARGEST  # false of NaN
    if not usable.any():
        raise NotFiniteError(
            f"'{world}' gave no network a fitness that can be used, the first {fitness[0]}.",
            hint=f"Rewards and scores must be finite, and no greater than {LARGEST:g}.",
        )
    return Judgement(np.where(usable, fitness, fitness[usable].min()), figures, int((~usable).sum()))


def figures(world: str, judgement: Judgement, network: int) -> dict[str, float]:
    """All figures of one network: as they entered its fitness, and the means of those that did not."""
    return judgement.means(network) | performance(world, judgement, network)


def performance(world: str, judgement: Judgement, network: int) -> dict[str, float]:
    """The figures of one network as they entered its fitness, for the record."""
    entry = registry.world(world)
    if entry is not None and entry.performance:
        own = {name: values[network] for name, values in judgement.figures.items()}
        return {name: float(value) for name, value in registry.load(entry.performance)(own).items()}
    return judgement.means(network)
