"""How fast and how well PPO learns, over several seeds, judged on worlds that training never saw.

Claims: on Lunabotics, with the preset that `make start` uses, more than half of the held-out fields see a delivery
within five minutes for every seed. CartPole-v1 reaches 475 and Pendulum-v1 -250 with the presets of that name, which is
what is published for them. Lunabotics is shown beside its random and its scripted player on the same fields, the other
two beside Stable-Baselines3 with its zoo's settings and the same number of steps.

    python benchmarks/ppo_learns.py [--seeds 3] [--minutes 5] [--worlds lunabotics CartPole-v1 Pendulum-v1]
"""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean
from typing import Any

from python_training.runtime.threads import limit_threads  # before NumPy, which reads it when it is imported

HALF = 0.5
LIMITS = {"CartPole-v1": 475.0, "Pendulum-v1": -250.0}
ZOO: dict[str, dict[str, Any]] = {
    "CartPole-v1": {
        "n_envs": 8,
        "n_steps": 32,
        "batch_size": 256,
        "gae_lambda": 0.8,
        "gamma": 0.98,
        "n_epochs": 20,
        "ent_coef": 0.0,
        "learning_rate": 1e-3,
        "clip_range": 0.2,
    },
    "Pendulum-v1": {
        "n_envs": 4,
        "n_steps": 1024,
        "gae_lambda": 0.95,
        "gamma": 0.9,
        "n_epochs": 10,
        "ent_coef": 0.0,
        "learning_rate": 1e-3,
        "clip_range": 0.2,
        "use_sde": True,
        "sde_sample_freq": 4,
    },
}
"""rl-baselines3-zoo's hyperparameters, without schedules."""


@dataclass(frozen=True)
class Learned:
    """What one run came to.

    Attributes:
        half_steps, half_minutes: when more than half of the held-out seeds succeeded for the first time; None: never.
        result: of 100 episodes on held-out seeds.
        steps, minutes: in all.
    """

    half_steps: int | None
    half_minutes: float | None
    result: dict[str, Any]
    steps: int
    minutes: float


def learn(world: str, seed: int, minutes: float, threads: int) -> Learned:
    """Train with the preset of `world` until it is finished or time is up, then evaluate the policy as it is saved."""
    from python_training.contracts.config import validate
    from python_training.environments.evaluate import evaluate
    from python_training.presets import resolve
    from python_training.systems.ppo.config import PPOConfig
    from python_training.systems.ppo.policy import load_policy
    from python_training.systems.ppo.trainer import PPOTrainer

    config = validate(PPOConfig, resolve("ppo", {"env": world, "seed": seed}))
    began = time.perf_counter()
    trainer = PPOTrainer(config, threads=threads)
    half: tuple[int, float] | None = None
    while True:
        progress = trainer.advance()
        spent = (time.perf_counter() - began) / 60
        success = progress.points[-1].values.get("eval_success_rate", 0.0)
        if half is None and success > HALF:
            half = progress.step, spent
        if progress.finished or spent > minutes:
            break
    with tempfile.TemporaryDirectory() as folder:
        trainer.save(Path(folder))
        player = load_policy(Path(folder))
    trainer.close()
    result = evaluate(player, world, config.env_config, episodes=100).summary()
    return Learned(half[0] if half else None, half[1] if half else None, result, progress.step, spent)


def scripted(player: str) -> dict[str, Any]:
    """What a scripted player of Lunabotics comes to on the same fields."""
    from python_training import registry
    from python_training.environments.evaluate import evaluate

    return evaluate(registry.load(registry.WORLDS["lunabotics"].players[player])(), "lunabotics").summary()


def peer(world: str, seed: int, steps: int, threads: int) -> float:
    """Mean return of Stable-Baselines3's PPO after as many steps, over 100 episodes."""
    import torch
    from stable_baselines3 import PPO
    from stable_baselines3.common.env_util import make_vec_env
    from stable_baselines3.common.evaluation import evaluate_policy

    torch.set_num_threads(threads)
    settings = dict(ZOO[world])
    envs = make_vec_env(world, n_envs=settings.pop("n_envs"), seed=seed)
    model = PPO("MlpPolicy", envs, seed=seed, device="cpu", **settings).learn(steps)
    judged = make_vec_env(world, n_envs=8, seed=10_000 + seed)
    returns, _ = evaluate_policy(model, judged, n_eval_episodes=100, return_episode_rewards=True)
    return fmean(returns)  # type: ignore[arg-type]  # a list, since single rewards were asked for


def drive(seeds: int, minutes: float, threads: int) -> bool:
    """Print what was learned on Lunabotics; whether the claim holds."""
    holds = True
    for seed in range(seeds):
        learned = learn("lunabotics", seed, minutes, threads)
        holds &= learned.half_minutes is not None and learned.half_minutes <= minutes
        when = f"{learned.half_steps:,} steps, {learned.half_minutes:.1f} min" if learned.half_steps else "never"
        print(
            f"lunabotics seed {seed}: half succeed after {when}; after {learned.steps:,} steps, {learned.minutes:.1f} "
            f"min: success {_rate(learned.result)}, {learned.result['orbs_deposited_mean']:.1f} deposits",
            flush=True,
        )
    for player in ("random", "expert"):
        result = scripted(player)
        print(f"lunabotics {player}: success {_rate(result)}, {result['orbs_deposited_mean']:.1f} deposits", flush=True)
    return holds


def control(world: str, seeds: int, threads: int) -> bool:
    """Print what was learned on a world of Gymnasium's, beside the peer; whether the published return is reached."""
    runs = [learn(world, seed, 60.0, threads) for seed in range(seeds)]
    ours = [run.result["return_mean"] for run in runs]
    theirs = [peer(world, seed, runs[seed].steps, threads) for seed in range(seeds)]
    for name, returns in (("PPO", ours), ("Stable-Baselines3", theirs)):
        each = ", ".join(f"{value:.0f}" for value in returns)
        print(f"{world} {name}: mean return {fmean(returns):.0f} after {runs[0].steps:,} steps ({each})", flush=True)
    return fmean(ours) >= LIMITS[world]


def _rate(result: dict[str, Any]) -> str:
    low, high = result["success_rate_ci"]
    return f"{result['success_rate']:.0%} [{low:.0%}, {high:.0%}]"


def main() -> int:
    """Print a line for each run; exit 1 if a claim does not hold on this machine."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3, help="runs of each world")
    parser.add_argument("--minutes", type=float, default=5.0, help="how long a Lunabotics run may learn")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1, help="cores that a run may use")
    parser.add_argument("--worlds", nargs="*", default=["lunabotics", *LIMITS], choices=["lunabotics", *LIMITS])
    arguments = parser.parse_args()
    limit_threads(arguments.threads)
    print(
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {platform.machine()}, {os.cpu_count()} cores, {platform.platform()}"
    )
    holds = []
    for world in arguments.worlds:
        if world == "lunabotics":
            holds.append(drive(arguments.seeds, arguments.minutes, arguments.threads))
        else:
            holds.append(control(world, arguments.seeds, arguments.threads))
    print(f"claims: {'hold' if all(holds) else 'FAIL'}")
    return 0 if all(holds) else 1


if __name__ == "__main__":
    raise SystemExit(main())
