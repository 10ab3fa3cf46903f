"""How many environment steps a second the Lunabotics world makes, beside peers of the registry in the same run.

Claim: at least 250,000 steps/s with 64 to 256 rovers on one core. The peers are Gymnasium's own: CartPole as one NumPy
program over all copies (a far simpler world, vectorised as well as NumPy can), and CartPole and this world stepped one
by one by SyncVectorEnv, which is what a world without a batched simulator gets. And the readable reference.

    python benchmarks/lunabotics_speed.py [--seconds 2]
"""

from __future__ import annotations

import argparse
import os
import platform
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import gymnasium
import numpy as np

from python_training.simulators.lunabotics.config import LunaboticsConfig
from python_training.simulators.lunabotics.env import ENV_ID, LunaboticsVectorEnv
from python_training.simulators.lunabotics.reference import ReferenceRover

CLAIM = 250_000


def steps_per_second(step: Callable[[int], Any], steps_each: int, seconds: float) -> float:
    """Environment steps per second of `step(k)`, which makes `steps_each` of them, after a tenth of warming up."""
    count = 0
    for limit in (seconds / 10, seconds):
        count, start = 0, time.perf_counter()
        while time.perf_counter() - start < limit:
            step(count)
            count += 1
    return count * steps_each / (time.perf_counter() - start)


def vector_speed(env: Any, seconds: float) -> float:
    """Random play of a vector environment, its actions drawn beforehand."""
    env.action_space.seed(0)
    actions = [env.action_space.sample() for _ in range(64)]
    env.reset(seed=0)
    speed = steps_per_second(lambda k: env.step(actions[k % 64]), env.num_envs, seconds)
    env.close()
    return speed


def reference_speed(seconds: float) -> float:
    """Random play of the reference, resets left out."""
    rover, rng = ReferenceRover(LunaboticsConfig(max_steps_per_episode=10**9), 0), np.random.default_rng(0)
    rover.reset()
    actions = [rng.uniform((-1, -1, 0), 1).tolist() for _ in range(64)]
    return steps_per_second(lambda k: rover.step(actions[k % 64]), 1, seconds)


def main() -> int:
    """Print a line for each; exit 1 if the claim does not hold on this machine."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=2.0, help="measuring time for each line")
    seconds = parser.parse_args().seconds
    print(
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {platform.machine()}, {os.cpu_count()} cores, {platform.platform()}"
    )
    ours = {count: vector_speed(LunaboticsVectorEnv(count), seconds) for count in (1, 64, 128, 256)}
    rows = [(f"Lunabotics kernel, {count} rovers", speed) for count, speed in ours.items()]
    peers: list[tuple[str, str, int, str]] = [
        ("CartPole-v1, NumPy, 64 copies", "CartPole-v1", 64, "vector_entry_point"),
        ("CartPole-v1, NumPy, 256 copies", "CartPole-v1", 256, "vector_entry_point"),
        ("CartPole-v1, SyncVectorEnv, 64 copies", "CartPole-v1", 64, "sync"),
        ("Lunabotics, SyncVectorEnv, 64 copies", ENV_ID, 64, "sync"),
    ]
    for title, env_id, count, mode in peers:
        env = gymnasium.make_vec(env_id, num_envs=count, vectorization_mode=mode)
        rows.append((title, vector_speed(env, seconds)))
    rows.append(("Lunabotics reference, 1 rover", reference_speed(seconds)))
    for title, speed in rows:
        print(f"{title:<40}{speed:>14,.0f} steps/s")
    slowest = min(speed for count, speed in ours.items() if count >= 64)
    print(f"claim of {CLAIM:,} steps/s with 64 rovers or more: {'holds' if slowest >= CLAIM else 'FAILS'}")
    return 0 if slowest >= CLAIM else 1


if __name__ == "__main__":
    raise SystemExit(main())
