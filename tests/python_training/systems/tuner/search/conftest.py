"""A small problem with all kinds of parameters, whose truth is known, and searches on it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from python_training.contracts.objective import Parameter
from python_training.systems.tuner.search.cube import Cube
from python_training.systems.tuner.search.search import Search
from python_training.systems.tuner.search_config import SearchConfig

PARAMETERS = (
    Parameter("weights.space", 0.1, 1000.0, 5.0, "Measured in ratios."),
    Parameter("weights.food", -1.0, 3.0, 0.5, "Measured in differences."),
    Parameter("search.depth", 1, 6, 2, "Few whole numbers.", integer=True),
    Parameter("search.nodes", 100, 1000, 300, "Many whole numbers.", integer=True),
    Parameter("late.caution", 0.0, 1.0, 0.3, "A share."),
    Parameter("late.turn", 0.0, 1.0, 0.6, "Without any effect."),
)
START = {parameter.name: parameter.default for parameter in PARAMETERS}
BEST = {
    "weights.space": 60.0,
    "weights.food": 1.5,
    "search.depth": 4.0,
    "search.nodes": 700.0,
    "late.caution": 0.7,
    "late.turn": 0.5,
}
WEIGHT = np.array([4.0, 3.0, 2.0, 1.0, 3.0, 0.0])


@dataclass(frozen=True)
class Bowl:
    """Pairs of games between two settings; every pair has its own luck."""

    seed: int = 0

    def logit(self, values: Mapping[str, float]) -> float:
        """True strength."""
        cube = Cube(PARAMETERS)
        return -float(WEIGHT @ (cube.point(values) - cube.point(BEST)) ** 2)

    def win_rate(self, values: Mapping[str, float]) -> float:
        """True chance to beat the start."""
        return 1.0 / (1.0 + math.exp(self.logit(START) - self.logit(values)))

    def play(self, a: Mapping[str, float], b: Mapping[str, float], pairs: int, number: int) -> NDArray[np.float64]:
        """(pairs,) scores of `a`, always the same for a number."""
        chance = 1.0 / (1.0 + math.exp(self.logit(b) - self.logit(a)))
        return np.random.default_rng((self.seed, number)).binomial(2, chance, pairs) / 2.0


@pytest.fixture
def bowl() -> Bowl:
    """Games whose luck begins at seed 0."""
    return Bowl()


@pytest.fixture
def new_search() -> Callable[..., Search]:
    """Makes a search of the problem, with a seed and with changes to the config."""

    def build(seed: int = 0, **config: object) -> Search:
        return Search(PARAMETERS, START, SearchConfig.model_validate(config), seed)

    return build


def search_games(search: Search, bowl: Bowl, matches: int) -> None:
    """Play the matches that the search asks for."""
    for _ in range(matches):
        match = search.ask()
        search.tell(match, bowl.play(match.a, match.b, match.pairs, match.number))
