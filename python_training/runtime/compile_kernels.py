"""Compile all kernels ahead of time: `python -m python_training.runtime.compile_kernels`.

Compiling takes up to half a minute, loading what was compiled well under a second. Done at set-up, the first run gives
its first metrics as quickly as any later one.
"""

from __future__ import annotations

import time

from python_training import registry
from python_training.contracts.seats import SeatedWorld


def main() -> None:
    """Call what worlds and systems have compiled, once each."""
    for world in registry.WORLDS.values():
        began = time.perf_counter()
        _play(world)
        if world.warm_up:
            registry.load(world.warm_up)()
        print(f"{world.title}: kernels ready in {time.perf_counter() - began:.1f} s")
    for system in registry.SYSTEMS.values():
        if system.warm_up:
            began = time.perf_counter()
            registry.load(system.warm_up)()
            print(f"{system.title}: kernels ready in {time.perf_counter() - began:.1f} s")


def _play(entry: registry.WorldEntry) -> None:
    """Play a few steps with each of the world's scripted players, which compiles all that they call."""
    config = registry.load(entry.config)()
    world = registry.load(entry.vector_env)(num_envs=2, config=config)
    for target in entry.players.values():
        player = registry.load(target)(config)
        observations, _ = world.reset(seed=0)
        player.reset(num_envs=2, seed=0)
        for _ in range(3):
            observations, *_ = world.step(player.act(observations, world))
        if isinstance(world, SeatedWorld):
            world.observe(0)
    world.close()


if __name__ == "__main__":
    main()
