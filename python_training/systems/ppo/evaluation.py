"""Plays the policy on seeds that training never sees."""

from __future__ import annotations

import numpy as np

from python_training.contracts.player import Player
from python_training.contracts.seeds import held_out_seeds
from python_training.systems.ppo.config import PPOConfig
from python_training.systems.ppo.worlds import World, open_world


class HeldOutEvaluation:
    """Evaluates a policy by one episode for each of the first held-out seeds, without curriculum or randomisation.

    Nothing is drawn at random, so equal policies get equal results.
    """

    def __init__(self, config: PPOConfig) -> None:
        self._world: World = open_world(config, config.eval_episodes, evaluation=True)

    def play(self, player: Player) -> dict[str, float]:
        """`eval_return`, and `eval_<figure>` for each of the world's figures: means over the seeds."""
        envs = self._world.envs
        seeds = held_out_seeds(envs.num_envs)
        observations, _ = envs.reset(seed=list(seeds))
        player.reset(envs.num_envs, seeds[0])
        returns = np.zeros(envs.num_envs)
        figures: dict[str, np.ndarray[tuple[int, ...], np.dtype[np.float64]]] = {}
        playing = np.ones(envs.num_envs, dtype=np.bool_)
        while playing.any():
            observations, rewards, terminated, truncated, infos = envs.step(player.act(observations, envs))
            returns += np.where(playing, rewards, 0.0)
            ended = playing & (terminated | truncated)
            if ended.any():
                for name, values in infos.get("episode_figures", {}).items():
                    figures.setdefault(name, np.zeros(envs.num_envs))[ended] = values[ended]
                playing &= ~ended
        return {"eval_return": float(returns.mean())} | {
            f"eval_{name}": float(values.mean()) for name, values in figures.items()
        }

    def close(self) -> None:
        """Release the world."""
        self._world.envs.close()
