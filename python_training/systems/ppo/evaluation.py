"""Plays the policy on seeds that training never sees."""

from __future__ import annotations

from python_training.contracts.player import Player
from python_training.contracts.seeds import held_out_seeds
from python_training.environments.episodes import play_episodes
from python_training.environments.open_world import open_world
from python_training.systems.ppo.config import PPOConfig


class HeldOutEvaluation:
    """Evaluates a policy by one episode for each of the first held-out seeds, without curriculum or randomisation.

    Nothing is drawn at random, so equal policies get equal results.
    """

    def __init__(self, config: PPOConfig) -> None:
        self._world = open_world(config.env, config.world_settings(), config.eval_episodes, autoreset=False)

    def play(self, player: Player) -> dict[str, float]:
        """`eval_return`, and `eval_<figure>` for each of the world's figures: means over the seeds."""
        played = play_episodes(player, self._world, held_out_seeds(self._world.envs.num_envs))
        return {"eval_return": float(played.returns.mean())} | {
            f"eval_{name}": float(values.mean()) for name, values in played.figures.items()
        }

    def close(self) -> None:
        """Release the world."""
        self._world.close()
