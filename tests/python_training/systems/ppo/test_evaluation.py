from __future__ import annotations

import numpy as np
import pytest

from python_training.environments.evaluate import evaluate
from python_training.runtime.players import RandomActions
from python_training.simulators.lunabotics.scripted import ExpertPlayer
from python_training.systems.ppo.config import PPOConfig
from python_training.systems.ppo.evaluation import HeldOutEvaluation


class HalfSkilled:
    """In CartPole, every other copy pushes to where the pole falls and lasts long; the rest push to the right."""

    def reset(self, num_envs: int, seed: int) -> None:
        """Nothing to forget."""

    def act(self, observations: np.ndarray, world: object) -> np.ndarray:
        """Actions (N,)."""
        falling = observations[:, 2] + observations[:, 3] > 0
        return np.where(np.arange(len(observations)) % 2 == 0, falling, True).astype(np.int64)


def test_it_agrees_with_the_command_line() -> None:
    """What a run says of itself is what `paddock eval` finds for the same player and seeds."""
    config = PPOConfig(env="CartPole-v1", eval_episodes=7)
    mine = HeldOutEvaluation(config).play(HalfSkilled())
    theirs = evaluate(HalfSkilled(), "CartPole-v1", episodes=7)
    assert mine == {"eval_return": pytest.approx(np.mean(theirs.returns))}


def test_figures_are_those_of_the_first_episode_of_every_seed() -> None:
    """The expert delivers; what a copy does after its episode does not count."""
    config = PPOConfig(eval_episodes=4, env_config={"max_steps_per_episode": 200})
    evaluation = HeldOutEvaluation(config)
    first = evaluation.play(ExpertPlayer())
    assert first == evaluation.play(ExpertPlayer())
    theirs = evaluate(ExpertPlayer(), "lunabotics", {"max_steps_per_episode": 200}, episodes=4).figures
    assert first["eval_orbs_deposited"] == np.mean(theirs["orbs_deposited"])
    assert first["eval_success_rate"] == np.mean(theirs["success_rate"])


def test_evaluating_draws_nothing() -> None:
    """The result depends on the player only, however often it is asked for."""
    config = PPOConfig(env="Pendulum-v1", eval_episodes=2)
    evaluation = HeldOutEvaluation(config)
    player = RandomActions(evaluation._world.envs.single_action_space)
    assert evaluation.play(player) == evaluation.play(player)
