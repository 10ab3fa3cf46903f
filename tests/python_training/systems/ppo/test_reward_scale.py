from __future__ import annotations

import numpy as np
import pytest

from python_training.systems.ppo.reward_scale import CLIP, RewardScale


def test_it_divides_by_the_spread_of_the_discounted_return() -> None:
    """Rewards are scaled by the return's spread, not by their own, which TF-Agents uses."""
    rewards = np.array([[1.0], [2.0], [3.0]])
    returns = np.array([1.0, 2.5, 4.25])
    all_valid, no_end = np.ones((3, 1), dtype=bool), np.zeros((3, 1), dtype=bool)
    scaled = RewardScale(1, 0.5).scale(rewards, no_end, all_valid)
    assert scaled == pytest.approx(rewards / returns.std())


def test_a_return_ends_with_its_episode() -> None:
    """After an end the return begins at 0 again; the row that resets the copy is not counted."""
    rewards = np.array([[1.0], [2.0], [0.0], [5.0]])
    ended = np.array([[False], [True], [False], [False]])
    valid = np.array([[True], [True], [False], [True]])
    scaled = RewardScale(1, 0.5).scale(rewards, ended, valid)
    assert scaled == pytest.approx(rewards / np.array([1.0, 2.5, 5.0]).std())


def test_returns_go_on_from_one_rollout_to_the_next() -> None:
    """Two halves leave the same state as the whole."""
    random = np.random.default_rng(0)
    rewards = random.normal(size=(8, 3))
    ended = random.random((8, 3)) < 0.2
    valid = np.ones((8, 3), dtype=bool)
    whole, halves = RewardScale(3, 0.9), RewardScale(3, 0.9)
    whole.scale(rewards, ended, valid)
    for part in (slice(0, 4), slice(4, 8)):
        halves.scale(rewards[part], ended[part], valid[part])
    for name, array in whole.state().items():
        assert halves.state()[name] == pytest.approx(array)


def test_rewards_far_out_are_clipped() -> None:
    """One huge reward among many small ones does not blow the update up."""
    rewards = np.full((1000, 1), 1e-3)
    rewards[500] = 1e4
    scaled = RewardScale(1, 0.0).scale(rewards, np.zeros((1000, 1), dtype=bool), np.ones((1000, 1), dtype=bool))
    assert scaled.max() == CLIP


def test_a_restored_scale_goes_on_the_same() -> None:
    """Both `state` and `restore` carry moments and unfinished returns."""
    random = np.random.default_rng(1)
    first, other = RewardScale(2, 0.9), RewardScale(2, 0.9)
    nowhere, everywhere = np.zeros((4, 2), dtype=bool), np.ones((4, 2), dtype=bool)
    first.scale(random.normal(size=(4, 2)), nowhere, everywhere)
    other.restore({name: array.copy() for name, array in first.state().items()})
    rewards = random.normal(size=(4, 2))
    assert (first.scale(rewards, nowhere, everywhere) == other.scale(rewards, nowhere, everywhere)).all()
