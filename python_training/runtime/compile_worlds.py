"""Compile every world's kernels ahead of time: `python -m python_training.runtime.compile_worlds`.

Compiling takes up to half a minute, loading what was compiled well under a second. Done at set-up, the first run gives
its first metrics as quickly as any later one.
"""

from __future__ import annotations

import time

from python_training import registry


def main() -> None:
    """Play a few steps of every world with each of its scripted players, which compiles all that they call."""
    for entry in registry.WORLDS.values():
        began = time.perf_counter()
        config = registry.load(entry.config)()
        world = registry.load(entry.vector_env)(num_envs=2, config=config)
        for target in entry.players.values():
            player = registry.load(target)(config)
            observations, _ = world.reset(seed=0)
            player.reset(num_envs=2, seed=0)
            for _ in range(3):
                observations, *_ = world.step(player.act(observations, world))
        world.close()
        print(f"{entry.title}: kernels ready in {time.perf_counter() - began:.1f} s")


if __name__ == "__main__":
    main()
