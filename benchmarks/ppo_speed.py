"""How many samples a second PPO learns from, beside Stable-Baselines3 with the same networks in the same run.

Claim: at least twice the peer's training speed on Lunabotics at the document's sizes (two networks of 256 x 256, ten
epochs), rollout and update together. The peer plays the same vector environment, so what differs is the learner.

    python benchmarks/ppo_speed.py [--updates 4] [--threads 2]
"""

from __future__ import annotations

import argparse
import os
import platform
import time
from datetime import UTC, datetime
from typing import Any

from python_training.runtime.threads import limit_threads  # before NumPy, which reads it when it is imported

CLAIM = 2.0
ENVS, LENGTH = 64, 128
WARM_UP = 2


def ours(updates: int, threads: int, **settings: Any) -> float:
    """Environment steps per second of the trainer, its first updates left out."""
    from python_training.systems.ppo.config import PPOConfig
    from python_training.systems.ppo.trainer import PPOTrainer

    config = PPOConfig(num_envs=ENVS, rollout_length=LENGTH, eval_every=10**6, **settings)
    trainer = PPOTrainer(config, threads=threads)
    for _ in range(1 + WARM_UP):
        trainer.advance()
    began = time.perf_counter()
    for _ in range(updates):
        trainer.advance()
    trainer.close()
    return updates * ENVS * LENGTH / (time.perf_counter() - began)


def peer(updates: int, threads: int) -> float:
    """The same of Stable-Baselines3, whose learning rate, clipping and so on are the same or do not cost time."""
    import torch
    from stable_baselines3 import PPO

    torch.set_num_threads(threads)
    model = PPO(
        "MlpPolicy",
        _peers_envs(),
        n_steps=LENGTH,
        batch_size=512,
        n_epochs=10,
        policy_kwargs={"net_arch": {"pi": [256, 256], "vf": [256, 256]}},
        device="cpu",
    )
    model.learn(ENVS * LENGTH)
    began = time.perf_counter()
    model.learn(updates * ENVS * LENGTH)
    return updates * ENVS * LENGTH / (time.perf_counter() - began)


def _peers_envs() -> Any:
    """The same batched world as the peer takes it. A step after an episode's end counts as one of the next episode."""
    from stable_baselines3.common.vec_env import VecEnv

    from python_training.simulators.lunabotics.env import LunaboticsVectorEnv

    class Rovers(VecEnv):
        """Stable-Baselines3's interface over LunaboticsVectorEnv."""

        def __init__(self) -> None:
            self._rovers = LunaboticsVectorEnv(ENVS)
            super().__init__(ENVS, self._rovers.single_observation_space, self._rovers.single_action_space)

        def reset(self) -> Any:
            """Begin."""
            return self._rovers.reset(seed=0)[0]

        def step_async(self, actions: Any) -> None:
            """Keep the actions."""
            self._actions = actions

        def step_wait(self) -> Any:
            """Take them."""
            shown, rewards, terminated, truncated, _ = self._rovers.step(self._actions)
            infos = [{"terminal_observation": row} for row in shown]
            return shown, rewards, terminated | truncated, infos

        def close(self) -> None:
            """Nothing is held."""

        def env_is_wrapped(self, wrapper_class: Any, indices: Any = None) -> list[bool]:
            """It is not."""
            return [False] * ENVS

        def get_attr(self, attr_name: str, indices: Any = None) -> list[Any]:
            """The same for every rover."""
            return [getattr(self._rovers, attr_name, None)] * ENVS

        def set_attr(self, attr_name: str, value: Any, indices: Any = None) -> None:
            """Nothing can be set."""

        def env_method(self, method_name: str, *args: Any, indices: Any = None, **kwargs: Any) -> list[Any]:
            """There are no methods to call."""
            return [None] * ENVS

    return Rovers()


def main() -> int:
    """Print a line for each; exit 1 if the claim does not hold on this machine."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--updates", type=int, default=4, help="updates that are measured")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1, help="cores that each may use")
    arguments = parser.parse_args()
    limit_threads(arguments.threads)
    print(
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {platform.machine()}, {os.cpu_count()} cores, {platform.platform()}"
    )
    rows = [
        (f"PPO, 256 x 256, 10 epochs, minibatch {size}", ours(arguments.updates, arguments.threads, batch_size=size))
        for size in (512, 2048)
    ]
    small = {"actor_fc_layers": (128, 128), "value_fc_layers": (128, 128), "num_epochs": 5, "batch_size": 2048}
    rows.append(("PPO, 128 x 128, 5 epochs, minibatch 2048", ours(arguments.updates * 4, arguments.threads, **small)))
    theirs = peer(max(1, arguments.updates // 2), arguments.threads)
    rows.append(("Stable-Baselines3, 256 x 256, 10 epochs, 512", theirs))
    for title, speed in rows:
        print(f"{title:<48}{speed:>12,.0f} steps/s")
    ratio = rows[0][1] / theirs
    print(f"claim of {CLAIM:g} times the peer: {ratio:.1f} times, {'holds' if ratio >= CLAIM else 'FAILS'}")
    return 0 if ratio >= CLAIM else 1


if __name__ == "__main__":
    raise SystemExit(main())
