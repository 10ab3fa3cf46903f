from __future__ import annotations

import numpy as np
import pytest

from python_training.contracts.seeds import TRAINING_SEEDS_END
from python_training.environments.actions import actions_of
from python_training.environments.open_world import OpenWorld, open_world
from python_training.systems.ppo.episodes import EpisodeStatistics
from python_training.systems.ppo.mlp import orthogonal_layers
from python_training.systems.ppo.policy import Policy
from python_training.systems.ppo.rollout import Collector, Rollout, begin_training, training_seeds


def policy(world: OpenWorld) -> Policy:
    """A fresh policy for `world`."""
    actions = actions_of(world.envs.single_action_space, zero="middle")
    size, outputs = world.observation_size, actions.outputs
    layers = orthogonal_layers(np.random.default_rng(0), size, (8,), outputs, last_gain=0.01)
    spread = np.zeros(outputs if world.name != "CartPole-v1" else 0, np.float32)
    return Policy(layers, spread, np.zeros(size, np.float32), np.ones(size, np.float32), actions)


def collected(length: int, parts: int = 1) -> tuple[list[Rollout], EpisodeStatistics]:
    """CartPole with 3 copies, played by a fresh policy."""
    world = open_world("CartPole-v1", {}, 3)
    statistics = EpisodeStatistics(3, ())
    collector = Collector(world, statistics, 0)
    random = np.random.default_rng(0)
    return [collector.collect(policy(world), length, random) for _ in range(parts)], statistics


def test_the_step_after_an_episode_is_masked_and_no_other() -> None:
    """One row per episode's end does nothing but reset the copy: its action must not be learned from."""
    (rollout,), _ = collected(120)
    assert rollout.ended.any()
    assert rollout.valid[0].all()
    assert (rollout.valid[1:] == ~rollout.ended[:-1]).all()
    assert (rollout.rewards[~rollout.valid] == 0).all()


def test_the_mask_goes_on_in_the_next_rollout() -> None:
    """An episode that ends with a rollout's last step is reset by the first step of the next."""
    rollouts, _ = collected(1, parts=80)
    ends = [rollout.ended[0] for rollout in rollouts]
    assert np.any(ends)
    for before, rollout in zip(ends[:-1], rollouts[1:], strict=True):
        assert (rollout.valid[0] == ~before).all()


def test_raw_actions_are_kept_and_clipped_ones_played() -> None:
    """The probability of an action is that of what was drawn; the world gets what it can take."""
    world = open_world("Pendulum-v1", {}, 2)
    played: list[np.ndarray] = []
    step = world.envs.step
    world.envs.step = lambda actions: (played.append(actions), step(actions))[1]  # type: ignore[method-assign]  # to look at it
    rollout = Collector(world, EpisodeStatistics(2, ()), 0).collect(policy(world), 50, np.random.default_rng(0))
    assert np.abs(rollout.actions).max() > 1.5
    assert np.abs(np.stack(played)).max() == 2.0
    assert (np.stack(played) == np.clip(2 * rollout.actions, -2, 2)).all()


def test_episodes_are_counted_with_return_and_length() -> None:
    """In CartPole the return is the length; across rollouts and resets both add up to all valid steps."""
    rollouts, statistics = collected(100, parts=2)
    metrics = statistics.collect()
    ends = sum(int(rollout.ended.sum()) for rollout in rollouts)
    assert metrics["episode"] == ends
    assert metrics["episode_reward"] == metrics["episode_length"] == metrics["avg_reward_100"]
    running = statistics.state()["lengths"].sum()
    valid = sum(int(rollout.valid.sum()) for rollout in rollouts)
    assert metrics["episode_length"] * ends + running == valid


def test_without_an_ended_episode_there_is_only_the_count() -> None:
    """A metric that nothing was measured for is left out, not invented."""
    _, statistics = collected(2)
    assert statistics.collect() == {"episode": 0.0}


def test_figures_of_the_world_are_averaged_over_the_ended_episodes() -> None:
    """Only copies whose episode ended count."""
    statistics = EpisodeStatistics(3, ("orbs",))
    ended, everywhere = np.array([True, False, True]), np.ones(3, dtype=bool)
    statistics.step(np.ones(3), ended, everywhere, {"episode_figures": {"orbs": np.array([2.0, 9.0, 4.0])}})
    assert statistics.collect()["orbs"] == 3.0
    assert "orbs" not in statistics.collect()


def test_the_mean_of_100_episodes_forgets_older_ones() -> None:
    """150 episodes of return 1, 2, 3 ...: the mean is over the last hundred."""
    statistics = EpisodeStatistics(1, ())
    for number in range(1, 151):
        statistics.step(np.array([float(number)]), np.array([True]), np.array([True]), {})
    assert statistics.collect()["avg_reward_100"] == np.mean(np.arange(51, 151))


def test_episodes_of_fixed_length_do_not_end_together() -> None:
    """Rovers begin training at different times of their episodes, the same ones for the same seed."""
    first, again = (open_world("lunabotics", {"max_steps_per_episode": 20}, 8, evaluation=False) for _ in range(2))
    assert (begin_training(first, 3) == begin_training(again, 3)).all()
    ends: list[int] = []
    for step in range(20):
        _, _, _, truncated, _ = first.envs.step(np.zeros((8, 3)))
        ends += [step] * int(truncated.sum())
    assert len(ends) == 8
    assert len(set(ends)) > 4


@pytest.mark.parametrize("elapsed", [[0] * 3, [0, 0, 0, -1], [0, 0, 0, 20]])
def test_elapsed_steps_must_lie_within_an_episode(elapsed: list[int]) -> None:
    """One number a rover, from 0 to the last step."""
    world = open_world("lunabotics", {"max_steps_per_episode": 20}, 4)
    with pytest.raises(ValueError, match="from 0 to 19"):
        world.reset([1, 2, 3, 4], {"elapsed_steps": elapsed})


def test_training_seeds_are_apart_from_the_held_out_ones() -> None:
    """Seeds of neighbouring runs share nothing, and none reaches the numbers that are held out."""
    first, second = set(training_seeds(0, 256)), set(training_seeds(1, 256))
    assert not first & second
    assert max(first | second) < TRAINING_SEEDS_END
