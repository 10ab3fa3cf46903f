from __future__ import annotations

import math

import neat
import pytest

from python_training.systems.neat.activations import activation
from python_training.systems.neat.functions import ACTIVATION_CODES

SHIPPED = neat.activations.ActivationFunctionSet()
POINTS = [0.0, -0.0, 1e-320, 1e-9, 1e-7, 0.3, 0.5, 1.0, 2.5, 3.4, 3.5, 12.0, 24.1, 60.0, 61.0, 700.0, 1e80, math.inf]


def test_all_of_neat_python_are_there() -> None:
    """Not one is missing, not one is our own."""
    assert set(ACTIVATION_CODES) == set(SHIPPED.functions)


@pytest.mark.parametrize("name", ACTIVATION_CODES)
def test_an_activation_equals_its_namesake(name: str) -> None:
    """Within a part in 1e15, from the smallest numbers to infinity and NaN."""
    for z in [*POINTS, *(-point for point in POINTS), math.nan]:
        got = activation(ACTIVATION_CODES[name], z)
        try:
            expected = SHIPPED.get(name)(z)
        except OverflowError:
            assert got == math.copysign(math.inf, z if name == "cube" else 1), (name, z)
            continue
        assert got == pytest.approx(expected, rel=1e-15, abs=1e-300, nan_ok=True), (name, z)
