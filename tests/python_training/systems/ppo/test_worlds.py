from __future__ import annotations

import numpy as np
import pytest

from python_training.contracts.seeds import TRAINING_SEEDS_END
from python_training.systems.ppo.config import PPOConfig
from python_training.systems.ppo.worlds import open_world, training_seeds


def test_episodes_of_fixed_length_do_not_end_together() -> None:
    """Rovers begin training at different times of their episodes, the same ones for the same seed."""
    config = PPOConfig(env_config={"max_steps_per_episode": 20})
    world = open_world(config, 8, evaluation=False)
    world.begin(3)
    ends: list[int] = []
    for step in range(20):
        _, _, _, truncated, _ = world.envs.step(np.zeros((8, 3)))
        ends += [step] * int(truncated.sum())
    assert len(ends) == 8
    assert len(set(ends)) > 4
    again = open_world(config, 8, evaluation=False)
    assert (again.begin(3) == open_world(config, 8, evaluation=False).begin(3)).all()


@pytest.mark.parametrize("elapsed", [[0] * 3, [0, 0, 0, -1], [0, 0, 0, 20]])
def test_elapsed_steps_must_lie_within_an_episode(elapsed: list[int]) -> None:
    """One number a rover, from 0 to the last step."""
    world = open_world(PPOConfig(env_config={"max_steps_per_episode": 20}), 4, evaluation=False)
    with pytest.raises(ValueError, match="from 0 to 19"):
        world.envs.reset(seed=[1, 2, 3, 4], options={"elapsed_steps": elapsed})


def test_evaluation_is_without_curriculum_and_randomisation() -> None:
    """What helps training does not flatter or spoil the judgement."""
    config = PPOConfig(env_config={"curriculum": {"enabled": True}, "randomisation": {"slip": 0.2}})
    training = open_world(config, 1, evaluation=False).envs.config  # type: ignore[attr-defined]  # Lunabotics has it
    judged = open_world(config, 1, evaluation=True).envs.config  # type: ignore[attr-defined]  # as above
    assert training.curriculum.enabled
    assert not judged.curriculum.enabled
    assert judged.randomisation.slip == 0.0


def test_training_seeds_are_apart_from_the_held_out_ones() -> None:
    """Seeds of neighbouring runs share nothing, and none reaches the numbers that are held out."""
    first, second = set(training_seeds(0, 256)), set(training_seeds(1, 256))
    assert not first & second
    assert max(first | second) < TRAINING_SEEDS_END
