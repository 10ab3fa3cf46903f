from __future__ import annotations

import json
from typing import Any

import gymnasium
import numpy as np
import pytest

from python_training.contracts.errors import ConfigError
from python_training.systems.neat.actions import (
    BoxActions,
    DiscreteActions,
    actions_from_dict,
    actions_of,
    observation_size,
)

NAN, INFINITY = np.nan, np.inf


def box(*bounds: tuple[float, float]) -> BoxActions:
    """Numbers with these bounds."""
    low, high = np.array(bounds, dtype=np.float32).T
    return BoxActions(low, high)


@pytest.mark.parametrize(
    ("bounds", "output", "action"),
    [
        ((-1, 1), 0.3, 0.3),
        ((-1, 1), -7, -1),
        ((0, 1), 0.7, 0.7),
        ((0, 1), -0.4, 0),
        ((2, 6), 0.25, 3),
        ((-4, 2), 0, -1),
        ((-4, 2), 1, 2),
        ((-INFINITY, INFINITY), 1234, 1234),
        ((0, INFINITY), -3, 0),
        ((-1, 1), NAN, 0),
        ((2, 6), NAN, 2),
        ((-1, 1), INFINITY, 1),
        ((-INFINITY, INFINITY), -INFINITY, np.finfo(np.float32).min),
    ],
)
def test_an_output_fills_the_range_of_its_number(bounds: tuple[float, float], output: float, action: float) -> None:
    """Cut to [-1, 1], or to [0, 1] where nothing is negative, then stretched; never outside, never NaN."""
    got = box(bounds).to_world(np.array([[output]]))
    assert got.dtype == np.float32
    assert got.tolist() == [[pytest.approx(action)]]


def test_small_outputs_keep_their_digits() -> None:
    """A range of -1 to 1 passes them on as they are."""
    assert box((-1, 1)).to_world(np.array([[1e-12]]))[0, 0] == np.float32(1e-12)


def test_a_box_keeps_its_shape() -> None:
    """Outputs are numbers of the action, row by row."""
    actions = actions_of(gymnasium.spaces.Box(-1, 1, (2, 3)))
    assert actions.outputs == 6
    assert actions.to_world(np.arange(12).reshape(2, 6) / 10).shape == (2, 2, 3)


def test_the_largest_output_is_the_discrete_action() -> None:
    """The first of equals; NaN loses to everything; counting starts where the space starts."""
    actions = actions_of(gymnasium.spaces.Discrete(3, start=5))
    assert actions.outputs == 3
    outputs = np.array([[0.1, 0.3, 0.2], [1, 1, 0], [NAN, -INFINITY, -1], [NAN, NAN, NAN]])
    assert actions.to_world(outputs).tolist() == [6, 5, 7, 5]


@pytest.mark.parametrize("actions", [box((-1, 1), (0, INFINITY)), DiscreteActions(4, -2)])
def test_actions_are_kept_as_json(actions: BoxActions | DiscreteActions) -> None:
    """What is read again does the same."""
    read = actions_from_dict(json.loads(json.dumps(actions.to_dict(), allow_nan=False)))
    outputs = np.random.default_rng(0).normal(size=(50, actions.outputs))
    assert (read.to_world(outputs) == actions.to_world(outputs)).all()


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
        {"kind": "discrete", "count": 0, "start": 0},
        {"kind": "discrete", "count": 2.5, "start": 0},
    ],
)
def test_other_json_is_refused(raw: dict[str, Any]) -> None:
    """Nothing is guessed."""
    with pytest.raises((KeyError, TypeError, ValueError)):
        actions_from_dict(raw)


def test_spaces_that_networks_cannot_serve_are_refused() -> None:
    """The message says which world, and what it takes or shows."""
    with pytest.raises(ConfigError, match=r"takes a Box of floats or Discrete, got MultiBinary\(3\) of hop"):
        actions_of(gymnasium.spaces.MultiBinary(3), "hop")
    with pytest.raises(ConfigError, match=r"shows a Box, got Discrete\(3\) of hop"):
        observation_size(gymnasium.spaces.Discrete(3), "hop")
    assert observation_size(gymnasium.spaces.Box(0, 1, (2, 4)), "hop") == 8
