from __future__ import annotations

import json
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.spaces import Box, Dict, Discrete, MultiBinary, MultiDiscrete, Text, Tuple
from numpy.typing import NDArray

from python_training.contracts.errors import ConfigError
from python_training.environments.actions import BoxActions, Zero, actions_from_dict, actions_of

NAN, INFINITY = np.nan, np.inf
BOTH = pytest.mark.parametrize("zero", ["middle", "least"])


def box(low: Any, high: Any, dtype: Any = np.float32) -> Box:
    """A Box with these bounds, of a number or of several."""
    return Box(np.array(low, dtype), np.array(high, dtype), dtype=dtype)


SPACES = [
    box([-1.0, 0.0], [1.0, 1.0]),
    box([-0.1], [0.1], np.float64),
    box([-0.1, 1e-4], [0.3, 6e4], np.float16),
    box([-1.0, -INFINITY, 0.0], [1.0, INFINITY, INFINITY], np.float64),
    box([np.finfo(np.float16).min], [np.finfo(np.float16).max], np.float16),
    box([np.finfo(np.float32).min, -1e30], [np.finfo(np.float32).max, 1e30]),
    box([np.finfo(np.float32).min / 2, 0], [np.finfo(np.float32).max / 2, 3e38]),
    box([np.finfo(np.float64).min, 5.0], [np.finfo(np.float64).max, INFINITY], np.float64),
    box([INFINITY * -1] * 4, [INFINITY] * 4, np.float16),
    Box(-2.0, 2.0, (), np.float32),
    Box(-1.0, 1.0, (2, 3), np.float64),
    box([0, -3], [255, 7], np.int16),
    Box(0, 255, (2, 2), np.uint8),
    Box(-3, 3, (), np.int32),
    box([np.iinfo(np.int64).min, 0], [np.iinfo(np.int64).max, 2**60 + 1], np.int64),
    box([0, 2**63 + 1025], [2**64 - 1, 2**64 - 1], np.uint64),
    box([2**53 + 1], [2**53 + 3], np.int64),
    Discrete(3),
    Discrete(4, start=-2),
    Discrete(1, start=7),
    MultiDiscrete([2, 3]),
    MultiDiscrete([[2, 3], [1, 5]], start=[[1, -4], [0, 10]], dtype=np.int32),
    MultiBinary(3),
    MultiBinary((2, 2)),
]


@BOTH
@pytest.mark.parametrize("space", SPACES, ids=str)
def test_every_action_is_one_of_its_space(space: gymnasium.Space[Any], zero: Zero) -> None:
    """Whatever a policy puts out, of whatever size, infinite or NaN: the space contains it, in its own dtype."""
    actions = actions_of(space, "x", zero=zero)
    draws = np.random.default_rng(0).normal(size=(400, actions.outputs)) * np.geomspace(1e-3, 1e40, 400)[:, None]
    wild = np.array([[each] * actions.outputs for each in (NAN, INFINITY, -INFINITY, 0.0, 1.0, -1.0, 0.5, -0.5)])
    for outputs in (draws, wild):
        with np.errstate(over="ignore"):
            narrow = outputs.astype(np.float32)
        for each in (outputs, narrow):
            for action in actions.to_world(actions.choose(each)):
                given = np.asarray(action)
                assert space.contains(given if given.shape or isinstance(space, Box) else given[()]), action
                assert given.dtype == space.dtype
                assert np.isfinite(given).all()


@pytest.mark.parametrize(
    ("zero", "bounds", "output", "action"),
    [
        ("least", (-1, 1), 0.3, 0.3),
        ("least", (-1, 1), -7, -1),
        ("least", (0, 1), 0.7, 0.7),
        ("least", (0, 1), -0.4, 0),
        ("least", (2, 6), 0.25, 3),
        ("least", (-4, 2), 0, -1),
        ("least", (-4, 2), 1, 2),
        ("least", (2, 6), NAN, 2),
        ("middle", (0, 1), 0.0, 0.5),
        ("middle", (2, 6), -1.0, 2),
        ("middle", (-4, 2), 0.5, 0.5),
        ("middle", (-1, 1), 3.0, 1),
        *((zero, (-INFINITY, INFINITY), 1234, 1234) for zero in ("least", "middle")),
        *((zero, (0, INFINITY), -3, 0) for zero in ("least", "middle")),
        *((zero, (-1e30, 1e30), 2.5, 2.5) for zero in ("least", "middle")),
        *((zero, (0, np.finfo(np.float32).max), 2.5, 2.5) for zero in ("least", "middle")),
        *((zero, (-1, 1), NAN, 0) for zero in ("least", "middle")),
        *((zero, (-1, 1), INFINITY, 1) for zero in ("least", "middle")),
        *((zero, (-INFINITY, INFINITY), -INFINITY, np.finfo(np.float32).min) for zero in ("least", "middle")),
    ],
)
def test_an_output_fills_the_range_of_its_number(
    zero: Zero, bounds: tuple[float, float], output: float, action: float
) -> None:
    """Stretched from -1 and 1 (0 and 1) to the bounds; passed on where a bound is missing, or as good as missing."""
    got = actions_of(box([bounds[0]], [bounds[1]]), zero=zero).to_world(np.array([[output]]))
    assert got.dtype == np.float32
    assert got.tolist() == [[pytest.approx(action)]]


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("share", [1.0, 0.5])
@BOTH
def test_bounds_as_large_as_the_dtype_are_none(dtype: Any, share: float, zero: Zero) -> None:
    """Worlds write finfo.max, or half of it, for infinity: a small output stays small."""
    largest = np.finfo(dtype).max * dtype(share)
    actions = actions_of(Box(-largest, largest, (1,), dtype), zero=zero)
    assert actions.to_world(np.array([[0.5]])).tolist() == [[0.5]]


def test_small_outputs_keep_their_digits() -> None:
    """A range of -1 to 1 passes them on as they are."""
    assert actions_of(box([-1], [1]), zero="least").to_world(np.array([[1e-12]]))[0, 0] == np.float32(1e-12)


def test_integers_have_equal_shares_of_the_range() -> None:
    """Each of 0 to 3 is what a quarter of the outputs between -1 and 1 mean."""
    outputs = np.linspace(-0.999, 0.999, 1000)[:, None]
    taken = actions_of(Box(0, 3, (1,), np.int8), zero="middle").to_world(outputs)
    assert np.unique(taken, return_counts=True)[1].tolist() == [250, 250, 250, 250]


def test_the_raw_action_of_a_worlds_action_is_found() -> None:
    """`from_world` undoes `to_world`, bounded or not."""
    actions = actions_of(box([0.0, -2.0, -INFINITY], [1.0, 2.0, INFINITY]), zero="middle")
    assert isinstance(actions, BoxActions)
    wished = np.array([1.0, -0.5, 7.0], dtype=np.float32)
    assert actions.to_world(actions.from_world(wished)[None])[0] == pytest.approx(wished)


def decided(space: gymnasium.Space[Any], outputs: list[list[float]]) -> Any:
    """What these outputs mean in a space of choices."""
    actions = actions_of(space, zero="least")
    return actions.to_world(actions.choose(np.array(outputs))).tolist()


def test_the_largest_output_is_the_discrete_action() -> None:
    """The first of equals; NaN loses to everything; counting starts where the space starts."""
    outputs = [[0.1, 0.3, 0.2], [1, 1, 0], [NAN, -INFINITY, -1], [NAN, NAN, NAN]]
    assert decided(Discrete(3, start=5), outputs) == [6, 5, 7, 5]


def test_several_choices_are_taken_one_after_the_other() -> None:
    """MultiDiscrete has outputs for each option of each choice; a bit is a choice between 0 and 1."""
    assert decided(MultiDiscrete([2, 3], start=[0, 5]), [[0, 1, 3, 1, 2], [1, 0, 0, 0, 9]]) == [[1, 5], [0, 7]]
    assert decided(MultiBinary(2), [[0, 1, 1, 0], [0, 0, NAN, -1]]) == [[1, 0], [0, 1]]
    shaped: NDArray[Any] = np.zeros((1, 11))
    shaped[0, [1, 4, 5, 10]] = 1
    assert decided(MultiDiscrete([[2, 3], [1, 5]]), shaped.tolist()) == [[[1, 2], [0, 4]]]


@BOTH
@pytest.mark.parametrize("space", SPACES, ids=str)
def test_what_is_written_is_read_again(space: gymnasium.Space[Any], zero: Zero) -> None:
    """Actions survive JSON, infinite bounds and 64-bit integers included, and do the same."""
    actions = actions_of(space, "x", zero=zero)
    read = actions_from_dict(json.loads(json.dumps(actions.to_dict(), allow_nan=False)))
    outputs = np.random.default_rng(0).normal(size=(50, actions.outputs))
    one, other = (each.to_world(each.choose(outputs)) for each in (read, actions))
    assert one.dtype == other.dtype
    assert (one == other).all()
    assert read.to_dict() == actions.to_dict()


def test_files_of_version_0_1_are_read() -> None:
    """Its two codecs wrote boxes of float32 and discrete actions."""
    continuous = actions_from_dict({"kind": "continuous", "shape": [2], "low": [0, None], "high": [1, None]})
    assert continuous.to_world(np.zeros((1, 2))).tolist() == [[0.5, 0.0]]
    bred = actions_from_dict({"kind": "box", "shape": [2], "low": [0, None], "high": [1, None]})
    assert bred.to_world(np.zeros((1, 2))).tolist() == [[0.0, 0.0]]
    chosen = actions_from_dict({"kind": "discrete", "count": 3, "start": 5})
    assert chosen.to_world(np.array([0, 2])).tolist() == [5, 7]
    for old in (continuous, bred, chosen):
        assert "dtype" not in old.to_dict()


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"kind": "dance"},
        {"kind": "box", "shape": [2], "low": [0], "high": [1]},
        {"kind": "box", "shape": [1], "low": [2], "high": [1]},
        {"kind": "box", "shape": [1], "low": [NAN], "high": [1]},
        {"kind": "box", "shape": [1], "low": ["0"], "high": [1]},
        {"kind": "box", "shape": [-1], "low": [0], "high": [1]},
        {"kind": "box", "shape": [1], "low": [0], "high": [1], "dtype": "object"},
        {"kind": "box", "shape": [1], "low": [0], "high": [1], "dtype": ["float32"]},
        {"kind": "discrete", "count": 0, "start": 0},
        {"kind": "discrete", "count": 2.5, "start": 0},
        {"kind": "choices", "counts": [2, 3], "starts": [0], "shape": [2], "dtype": "int64"},
        {"kind": "choices", "counts": [2, 0], "starts": [0, 0], "shape": [2], "dtype": "int64"},
        {"kind": "choices", "counts": [2], "starts": [0], "shape": [1], "dtype": "text"},
    ],
)
def test_other_json_is_refused(raw: dict[str, Any]) -> None:
    """Nothing is guessed."""
    with pytest.raises((KeyError, TypeError, ValueError)):
        actions_from_dict(raw)


@pytest.mark.parametrize(
    "space",
    [Text(3), Dict({"x": Discrete(2)}), Tuple((Discrete(2),)), Discrete(10**9), MultiBinary(10**7)],
    ids=["text", "dict", "tuple", "discrete", "bits"],
)
def test_spaces_that_no_policy_can_serve_are_refused(space: gymnasium.Space[Any]) -> None:
    """The message says which world, what it takes and what is expected; the field is env."""
    with pytest.raises(ConfigError, match=r"'Odd-v0' takes .*expected") as caught:
        actions_of(space, "Odd-v0", zero="least")
    assert caught.value.field == "env"
