from __future__ import annotations

import numpy as np

from python_training.systems.ppo.config import PPOConfig
from python_training.systems.ppo.episodes import EpisodeStatistics
from python_training.systems.ppo.mlp import orthogonal_layers
from python_training.systems.ppo.policy import Policy
from python_training.systems.ppo.rollout import Collector, Rollout
from python_training.systems.ppo.worlds import World, open_world


def policy(world: World) -> Policy:
    """A fresh policy for `world`."""
    size, outputs = world.observation_size, world.actions.outputs
    layers = orthogonal_layers(np.random.default_rng(0), size, (8,), outputs, last_gain=0.01)
    spread = np.zeros(outputs if world.name != "CartPole-v1" else 0, np.float32)
    return Policy(layers, spread, np.zeros(size, np.float32), np.ones(size, np.float32), world.actions)


def collected(length: int, parts: int = 1) -> tuple[list[Rollout], EpisodeStatistics]:
    """CartPole with 3 copies, played by a fresh policy."""
    world = open_world(PPOConfig(env="CartPole-v1"), 3, evaluation=False)
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
    world = open_world(PPOConfig(env="Pendulum-v1"), 2, evaluation=False)
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
