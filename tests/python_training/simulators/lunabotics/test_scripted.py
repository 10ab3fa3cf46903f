from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from python_training.contracts.seeds import held_out_seeds
from python_training.simulators.lunabotics.config import LunaboticsConfig
from python_training.simulators.lunabotics.env import LunaboticsVectorEnv
from python_training.simulators.lunabotics.scripted import ExpertPlayer, RandomPlayer

World = Callable[..., LunaboticsVectorEnv]


def deliveries(player: Any, seeds: Any) -> NDArray[np.float64]:
    """Orbs delivered in one episode for each seed."""
    env = LunaboticsVectorEnv(len(seeds), player.config)
    seen, _ = env.reset(seed=seeds)
    player.reset(len(seeds), 0)
    delivered = np.full(len(seeds), -1.0)
    while (delivered < 0).any():
        seen, _, terminated, truncated, infos = env.step(player.act(seen, env))
        ended = (terminated | truncated) & (delivered < 0)
        if ended.any():
            delivered[ended] = infos["episode_figures"]["orbs_deposited"][ended]
    return delivered


def test_the_expert_delivers_on_every_one_of_a_hundred_seeds() -> None:
    """The world can be solved: at least one orb on each held-out seed, and 12 to 15 on average."""
    delivered = deliveries(ExpertPlayer(LunaboticsConfig()), held_out_seeds(100))
    assert delivered.min() >= 1
    assert 12 <= delivered.mean() <= 15


@pytest.mark.slow
def test_the_expert_delivers_on_two_thousand_seeds() -> None:
    """Layouts that defeat it would be layouts that the world should not draw."""
    assert deliveries(ExpertPlayer(LunaboticsConfig()), list(range(2000))).min() >= 1


def test_the_expert_copes_with_randomised_worlds() -> None:
    """Slip, mass, late actions and noise slow it down, but nearly every episode still succeeds."""
    chance = {"slip": 0.3, "mass": 0.2, "latency": 2, "sensor_distance": 0.1, "obstacle_size": 0.2}
    config = LunaboticsConfig.model_validate({"randomisation": chance})
    assert (deliveries(ExpertPlayer(config), held_out_seeds(30)) > 0).mean() >= 0.9


def test_the_expert_goes_on_after_a_reset(make_world: World) -> None:
    """It notices new episodes by itself and gives nothing away by repeating itself exactly."""
    lives = []
    for _ in range(2):
        env = make_world(3, seed=8, max_steps_per_episode=150)
        expert = ExpertPlayer(env.config)
        expert.reset(3, 0)
        seen, delivered = np.zeros((3, 28)), 0.0
        for _ in range(460):
            seen, *_, infos = env.step(expert.act(seen, env))
            if infos:
                delivered += infos["episode_figures"]["orbs_deposited"].sum()
        lives.append((delivered, seen.tolist()))
    assert lives[0] == lives[1]
    assert lives[0][0] >= 6


def test_the_expert_must_be_told_how_many_rovers_there_are(make_world: World) -> None:
    """Playing a batch of another size than it was reset for is an error, not a guess."""
    expert = ExpertPlayer(LunaboticsConfig())
    with pytest.raises(ValueError, match="0 rovers, the world has 2"):
        expert.act(np.zeros((2, 28)), make_world(2))


def test_random_play_is_seeded_and_delivers_nothing(make_world: World) -> None:
    """Equal seeds give equal actions within the action space; the baseline is at zero."""
    player = RandomPlayer(LunaboticsConfig())
    drawn = []
    for seed in (3, 3, 4):
        player.reset(10, seed)
        drawn.append(player.act(np.zeros((10, 28))))
    np.testing.assert_array_equal(drawn[0], drawn[1])
    assert (drawn[0] != drawn[2]).any()
    assert make_world(10).action_space.contains(drawn[0])
    assert drawn[0][:, 2].min() >= 0.0
    assert deliveries(player, held_out_seeds(20)).sum() == 0
