from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.spaces import Box, Dict, Discrete, Graph, MultiBinary, MultiDiscrete, Sequence, Text, Tuple
from gymnasium.spaces.utils import flatdim, flatten

from python_training.contracts.errors import ConfigError, WorldError
from python_training.environments.observations import Observations

NESTED = Dict(
    {
        "b": Tuple((Discrete(3, start=-1), Box(-1, 1, (2, 2), np.float64))),
        "a": Dict({"bits": MultiBinary(4), "dials": MultiDiscrete([2, 3], start=[1, 0])}),
        "c": Box(0, 255, (), np.uint8),
    }
)
SPACES = [
    Box(-np.inf, np.inf, (3,), np.float32),
    Box(-1, 1, (), np.float64),
    Box(0, 255, (4, 4, 3), np.uint8),
    Box(-5, 5, (2,), np.int64),
    Box(-1, 1, (2,), np.float16),
    Discrete(5, start=2),
    MultiDiscrete([[2, 3], [1, 4]]),
    MultiBinary((2, 3)),
    Tuple((Discrete(2), Discrete(3), Discrete(2))),
    NESTED,
]


@pytest.mark.parametrize("space", SPACES, ids=lambda space: type(space).__name__)
def test_rows_are_gymnasiums_own_flattening(space: gymnasium.Space[Any]) -> None:
    """Whatever the space, in the same order; float32 where that holds every number, else float64."""
    space.seed(0)
    seen = Observations(space, "x")
    assert seen.size == flatdim(space)
    for _ in range(20):
        row, shown = np.full(seen.size, 7, seen.dtype), space.sample()
        seen.write(shown, row, "step")
        assert row.tolist() == flatten(space, shown).tolist()


def test_numbers_keep_every_digit() -> None:
    """float64 and large integers are not made float32."""
    row = np.zeros(2, np.float64)
    for space, shown in (
        (Box(-np.inf, np.inf, (2,), np.float64), np.array([1.7e9 + 1, 1.7e9])),
        (Box(0, 2**40, (2,), np.int64), np.array([2**40 - 1, 2**31 + 1])),
    ):
        seen = Observations(space, "x")
        assert seen.dtype == np.float64
        seen.write(shown, row, "reset")
        assert row.tolist() == shown.tolist()


@pytest.mark.parametrize(
    ("space", "shown", "said"),
    [
        (Box(-1, 1, (2,)), np.zeros(3, np.float32), r"float32 of shape \(2,\), got float32 of shape \(3,\)"),
        (Box(-1, 1, (2,)), np.zeros((1, 2), np.float32), r"shape \(1, 2\)"),
        (Box(-1, 1, (2,)), [0.0, 0.0], "got a list of 2"),
        (Box(-1, 1, (2,)), (np.zeros(2, np.float32), {}), "got a tuple of 2"),
        (Box(-1, 1, (2,)), None, "got NoneType"),
        (Box(-1, 1, (2,)), np.array(["0", "1"]), "got <U1"),
        (Box(-1, 1, (2,)), np.array([0, None]), "got object"),
        (Box(-1, 1, (2,)), np.zeros(2, np.complex64), "got complex64"),
        (Box(0, 255, (2,), np.uint8), np.zeros(2, np.float32), "uint8 of shape .*, got float32"),
        (Box(-1, 1, (2,)), np.array([0, np.nan], np.float32), "finite numbers, got nan at place 1"),
        (Box(-1, 1, (2,)), np.array([0, 1e300]), "finite numbers, got inf"),
        (Discrete(3), 3, "a number from 0 to 2, got 3"),
        (Discrete(3, start=1), 0, "a number from 1 to 3, got 0"),
        (Discrete(3), 1.0, "an integer, got float"),
        (Discrete(3), True, "an integer, got bool"),
        (Discrete(3), np.array([1]), r"got int64 of shape \(1,\)"),
        (MultiDiscrete([2, 2]), np.array([0, 2]), "a number from 0 to 1, got 2"),
        (MultiBinary(2), np.array([0, 2], np.int8), "bits, got numbers from 0 to 2"),
        (Dict({"x": Discrete(2), "y": Discrete(2)}), {"x": 1}, "a dict of 'x', 'y', got the keys 'x'"),
        (Dict({"x": Discrete(2)}), {"x": 1, "z": 1}, "got the keys 'x', 'z'"),
        (Dict({"x": Discrete(2)}), np.zeros(2), "a dict of 'x', got float64"),
        (Dict({"x": Tuple((Discrete(2), Discrete(2)))}), {"x": (0,)}, r"observation\['x'\] must be a tuple of 2"),
        (Dict({"x": Dict({"y": Box(0, 1, (2,))})}), {"x": {"y": np.zeros(1)}}, r"observation\['x'\]\['y'\]"),
    ],
)
def test_what_is_not_of_the_space_is_refused_by_name(space: gymnasium.Space[Any], shown: Any, said: str) -> None:
    """The error says which world, from where, which part, what was expected and what came."""
    seen = Observations(space, "Odd-v0")
    with pytest.raises(WorldError, match=said) as refused:
        seen.write(shown, np.zeros(seen.size, seen.dtype), "step")
    assert "'Odd-v0'" in refused.value.message
    assert "step()" in refused.value.message


def test_numbers_of_another_precision_are_taken() -> None:
    """float64 in a space of float32 is the same number, and int32 in one of int64."""
    row = np.zeros(1, np.float32)
    Observations(Box(-1, 1, (1,)), "x").write(np.array([0.5]), row, "step")
    assert row.tolist() == [0.5]
    Observations(Box(-1, 1, (), np.float32), "x").write(0.25, row, "step")
    assert row.tolist() == [0.25]


@pytest.mark.parametrize(
    ("space", "said"),
    [
        (Text(3), "shows Text"),
        (Sequence(Discrete(2)), "shows Sequence"),
        (Graph(Box(0, 1, (2,)), None), "shows Graph"),
        (Dict({"a": Tuple((Text(3),))}), r"shows Text in observation\['a'\]\[0\]"),
        (Discrete(10**9), "1,000,000,000 numbers"),
    ],
)
def test_spaces_without_a_fixed_count_of_numbers_are_refused(space: gymnasium.Space[Any], said: str) -> None:
    """The error names the world, the kind of space, and where it stands."""
    with pytest.raises(ConfigError, match=said) as refused:
        Observations(space, "Odd-v0")
    assert refused.value.field == "env"
