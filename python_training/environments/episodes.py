"""The one loop that plays episodes to their end: evaluation, baselines, duels and NEAT's fitness all come here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from python_training.contracts.player import Player
from python_training.contracts.seats import SeatedWorld
from python_training.environments.open_world import OpenWorld

StepOf = Callable[[NDArray[Any]], tuple[Any, ...]]
"""Takes a step of all copies, given observations (N, size); returns what `envs.step` does."""

OnEnded = Callable[[NDArray[np.bool_]], None]


@dataclass(frozen=True, slots=True, eq=False)
class Episodes:
    """What came of one episode in each of N copies.

    Attributes:
        returns: (N,) float64, undiscounted sums of rewards.
        lengths: (N,) int64, steps.
        figures: what the world reports at the end of an episode, by metric name, each (N,) float64.
    """

    returns: NDArray[np.float64]
    lengths: NDArray[np.int64]
    figures: Mapping[str, NDArray[np.float64]]


def play_episodes(
    policy: Player, world: OpenWorld, seeds: Sequence[int], *, on_ended: OnEnded | None = None
) -> Episodes:
    """Let `policy` play the first episode of every copy of `world`, each at its own seed.

    What a copy does after that is not counted. `on_ended` is called with the mask (N,) of copies whose episode ends
    with a step, right after it. The policy draws from the first of the seeds.

    Raises:
        WorldError: the environment breaks Gymnasium's API or its spaces, or gives a number that is not finite.
        InterruptedWorkError: there was a stop.
    """
    policy.reset(len(seeds), seeds[0])
    return play_steps(lambda seen: world.envs.step(policy.act(seen, world.envs)), world, seeds, on_ended=on_ended)


def play_steps(step: StepOf, world: OpenWorld, seeds: Sequence[int], *, on_ended: OnEnded | None = None) -> Episodes:
    """As `play_episodes`, for who takes the steps in another way than one policy does."""
    count = len(seeds)
    observations = world.reset(seeds)
    returns, lengths = np.zeros(count), np.zeros(count, dtype=np.int64)
    figures: dict[str, NDArray[np.float64]] = {}
    playing, steps = np.ones(count, dtype=np.bool_), 0
    # Little is done in here: what Python does in a step, only one thread at a time can do.
    while playing.any():
        world.stop.check()
        observations, rewards, terminated, truncated, infos = step(observations)
        steps += 1
        np.add(returns, rewards, out=returns, where=playing)
        ended = playing & (terminated | truncated)
        if ended.any():
            for name, values in infos.get("episode_figures", {}).items():
                figures.setdefault(name, np.zeros(count))[ended] = values[ended]
            lengths[ended] = steps
            playing &= ~ended
            if on_ended is not None:
                on_ended(ended)
    envs = world.envs.unwrapped
    if world.leaves_ended and isinstance(envs, SeatedWorld):
        figures = envs.seat_figures(0)  # all copies stand as they ended
    return Episodes(returns, lengths, figures)
