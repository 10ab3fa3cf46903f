from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import add

import neat
import numpy as np
import pytest

from python_training.systems.neat.aggregations import aggregation
from python_training.systems.neat.functions import AGGREGATION_CODES

ADDED_IN_ORDER: dict[str, Callable[[list[float]], float]] = {
    "sum": lambda values: reduce(add, values, 0.0),
    "mean": lambda values: reduce(add, values, 0.0) / len(values) if values else 0.0,
}
"""neat-python's two that call sum(), which rounds in another way from Python 3.12 on; networks do so in none."""

SHIPPED = neat.aggregations.AggregationFunctionSet()


def test_all_of_neat_python_are_there() -> None:
    """Not one is missing, not one is our own."""
    assert set(AGGREGATION_CODES) == set(SHIPPED.functions)


@pytest.mark.parametrize("name", AGGREGATION_CODES)
def test_an_aggregation_equals_its_namesake(name: str) -> None:
    """Bit for bit, of lists of any length, with equal values and opposite signs among them, and of an empty one."""
    namesake = ADDED_IN_ORDER.get(name) or SHIPPED.get(name)
    draw = np.random.default_rng(0)
    for length in (*range(9), 30, 101):
        for _ in range(20):
            values = draw.choice([*draw.normal(size=5), 1.0, -1.0, 1e6], length).tolist()
            row = np.array([9.0, *values, -9.0])
            assert aggregation(AGGREGATION_CODES[name], row, 1, 1 + length) == namesake(values)
            assert (row[0], row[-1]) == (9.0, -9.0)
