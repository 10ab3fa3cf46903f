from __future__ import annotations

import json

import gymnasium
import numpy as np
import pytest

from python_training.contracts.errors import ConfigError
from python_training.systems.ppo.actions import (
    ContinuousActions,
    DiscreteActions,
    actions_from_dict,
    actions_of,
    observation_size,
)


def box(low: list[float], high: list[float]) -> gymnasium.spaces.Box:
    """A Box of float32."""
    return gymnasium.spaces.Box(np.array(low, np.float32), np.array(high, np.float32), dtype=np.float32)


def test_bounded_actions_are_scaled_from_minus_one_to_one_and_clipped() -> None:
    """The policy's -1 and 1 are the bounds; what it draws beyond them is clipped for the world."""
    actions = actions_of(box([0.0, -2.0], [1.0, 2.0]), "x")
    assert isinstance(actions, ContinuousActions)
    raw = np.array([[-1.0, 1.0], [0.0, 0.5], [3.0, -9.0]], dtype=np.float32)
    assert actions.to_world(raw).tolist() == [[0.0, 2.0], [0.5, 1.0], [1.0, -2.0]]


def test_the_raw_action_of_a_worlds_action_is_found() -> None:
    """`from_world` undoes `to_world`, bounded or not."""
    actions = actions_of(box([0.0, -2.0, -np.inf], [1.0, 2.0, np.inf]), "x")
    assert isinstance(actions, ContinuousActions)
    wished = np.array([1.0, -0.5, 7.0], dtype=np.float32)
    assert actions.to_world(actions.from_world(wished)[None])[0] == pytest.approx(wished)


def test_an_unbounded_action_is_passed_on() -> None:
    """Where a bound is missing there is nothing to scale by; the bound that is there still holds."""
    actions = actions_of(box([-np.inf, 0.0], [np.inf, np.inf]), "x")
    raw = np.array([[7.5, -3.0]], dtype=np.float32)
    assert actions.to_world(raw).tolist() == [[7.5, 0.0]]


def test_discrete_actions_begin_at_their_start() -> None:
    """Discrete(3, start=5) has the actions 5, 6, 7."""
    actions = actions_of(gymnasium.spaces.Discrete(3, start=5), "x")
    assert actions == DiscreteActions(3, 5)
    assert actions.to_world(np.array([0, 2])).tolist() == [5, 7]


@pytest.mark.parametrize(
    "space", [box([-1.0, -np.inf], [1.0, np.inf]), gymnasium.spaces.Discrete(4), gymnasium.spaces.Box(0, 1, (2, 2))]
)
def test_what_is_written_is_read_again(space: gymnasium.Space) -> None:
    """Actions survive JSON, infinite bounds included."""
    actions = actions_of(space, "x")
    read = actions_from_dict(json.loads(json.dumps(actions.to_dict(), allow_nan=False)))
    raw = np.zeros((2, actions.outputs), np.float32) if isinstance(actions, ContinuousActions) else np.array([0, 1])
    assert (read.to_world(raw) == actions.to_world(raw)).all()
    assert read.to_dict() == actions.to_dict()


@pytest.mark.parametrize("space", [gymnasium.spaces.MultiDiscrete([2, 2]), gymnasium.spaces.Box(0, 9, (2,), np.int64)])
def test_other_action_spaces_are_refused(space: gymnasium.Space) -> None:
    """The error names the field env and says what PPO can play."""
    with pytest.raises(ConfigError, match="Box of floats or Discrete") as caught:
        actions_of(space, "Odd-v0")
    assert caught.value.field == "env"


def test_other_observation_spaces_are_refused() -> None:
    """Discrete observations are not numbers to multiply with."""
    with pytest.raises(ConfigError, match="Odd-v0") as caught:
        observation_size(gymnasium.spaces.Discrete(16), "Odd-v0")
    assert caught.value.field == "env"
