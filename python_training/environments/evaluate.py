"""Plays a player over seeds that training never saw, and says how sure one can be of the result."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from typing import Any

import numpy as np
from numpy.typing import NDArray

from python_training import registry
from python_training.contracts.errors import ConfigError
from python_training.contracts.player import Player
from python_training.contracts.seeds import held_out_seeds
from python_training.environments.episodes import play_episodes
from python_training.environments.intervals import mean_interval, wilson_interval
from python_training.environments.open_world import OpenWorld, open_world
from python_training.foreign_code import contained

BATCH = 64
"""Copies played side by side. Fixed, because a player that draws at random draws for the whole batch at once."""

MAX_EPISODES = 100_000
SCORE_SET = 10
"""A world's score is taken over sets of at least so many episodes, and averaged over the sets."""

OnProgress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What came of playing one episode a seed.

    Attributes:
        seeds: the seed of every episode.
        returns: undiscounted sum of rewards, one an episode.
        lengths: steps, one an episode.
        figures: what the world reports at the end of an episode, by metric name, one value an episode.
        scores: the world's own score of each set of ten episodes; none of a world without one.
    """

    seeds: tuple[int, ...]
    returns: tuple[float, ...]
    lengths: tuple[int, ...]
    figures: Mapping[str, tuple[float, ...]]
    scores: tuple[float, ...] = ()

    def summary(self) -> dict[str, Any]:
        """Means with 95% intervals: `{return_mean, return_ci, length_mean, <rate>, <rate>_ci, <figure>_mean, ...}`.

        A world with a score has `{score_mean, score_ci}` before all others, of sets of ten episodes. A figure whose
        name ends in `_rate` is 0 or 1 in each episode: it keeps its name and has Wilson's interval. An interval is
        [low, high], or null for a mean of fewer than two values.
        """
        summary: dict[str, Any] = {}
        if self.scores:
            summary |= {"score_mean": fmean(self.scores), "score_ci": _listed(mean_interval(self.scores))}
        summary |= {
            "return_mean": fmean(self.returns),
            "return_ci": _listed(mean_interval(self.returns)),
            "length_mean": fmean(self.lengths),
        }
        for name, values in self.figures.items():
            if name.endswith("_rate"):
                successes = round(sum(values))
                summary[name] = successes / len(values)
                summary[f"{name}_ci"] = _listed(wilson_interval(successes, len(values)))
            else:
                summary[f"{name}_mean"] = fmean(values)
                summary[f"{name}_ci"] = _listed(mean_interval(values))
        return summary


@contained("the evaluation")
def evaluate(
    player: Player,
    world: str,
    config: Mapping[str, Any] | None = None,
    *,
    episodes: int = 100,
    seeds: Sequence[int] | None = None,
    on_progress: OnProgress | None = None,
) -> Evaluation:
    """Let `player` play one episode for each seed.

    Args:
        player: who decides.
        world: any name that `open_world` takes.
        config: the world's config; curriculum and domain randomisation are switched off.
        episodes: how many, unless `seeds` are given.
        seeds: one an episode; by default the held-out ones, which no training run uses.
        on_progress: called with (episodes done, episodes in all).

    Raises:
        ConfigError: no episodes, or a config that does not fit the world.
        UnknownNameError: nothing of the name `world`.
    """
    if seeds is None:
        if not 1 <= episodes <= MAX_EPISODES:
            raise ConfigError(f"episodes must be from 1 to {MAX_EPISODES}, got {episodes}.", field="episodes")
        seeds = held_out_seeds(episodes)
    if not seeds:
        raise ConfigError("seeds must hold at least one seed, got none.", field="seeds")
    waves = []
    opened: OpenWorld | None = None
    try:
        for start in range(0, len(seeds), BATCH):
            wave = tuple(seeds[start : start + BATCH])
            if opened is None or opened.envs.num_envs != len(wave):
                if opened is not None:
                    opened.close()
                opened = open_world(world, config or {}, len(wave), autoreset=False)
            waves.append(_play_wave(player, opened, wave, start, len(seeds), on_progress))
    finally:
        if opened is not None:
            opened.close()
    return scored(joined(waves), world)


def score_sets(episodes: int) -> list[NDArray[np.intp]]:
    """The indices of the episodes of each set: ten, or a few more where their number is no multiple of ten."""
    return np.array_split(np.arange(episodes), max(1, episodes // SCORE_SET))


def scored(evaluation: Evaluation, world: str) -> Evaluation:
    """`evaluation` with the scores of its sets, if `world` gives any."""
    entry = registry.world(world)
    if entry is None or not entry.score:
        return evaluation
    score = registry.load(entry.score)
    figures = {name: np.asarray(values) for name, values in evaluation.figures.items()}
    sets = score_sets(len(evaluation.seeds))
    return replace(
        evaluation,
        scores=tuple(float(score({name: values[chosen] for name, values in figures.items()})) for chosen in sets),
    )


def _play_wave(
    player: Player, world: OpenWorld, seeds: tuple[int, ...], before: int, total: int, on_progress: OnProgress | None
) -> Evaluation:
    """Play the first episode of every copy to its end; what a copy does after that is not counted."""
    done = 0

    def report(ended: NDArray[np.bool_]) -> None:
        nonlocal done
        done += int(ended.sum())
        if on_progress is not None:
            on_progress(before + done, total)

    played = play_episodes(player, world, seeds, on_ended=report)
    return Evaluation(
        seeds,
        tuple(played.returns.tolist()),
        tuple(played.lengths.tolist()),
        {name: tuple(values.tolist()) for name, values in played.figures.items()},
    )


def joined(waves: Sequence[Evaluation]) -> Evaluation:
    """Several evaluations as one, without scores."""
    return Evaluation(
        seeds=tuple(seed for wave in waves for seed in wave.seeds),
        returns=tuple(value for wave in waves for value in wave.returns),
        lengths=tuple(value for wave in waves for value in wave.lengths),
        figures={name: tuple(value for wave in waves for value in wave.figures[name]) for name in waves[0].figures},
    )


def _listed(interval: tuple[float, float] | None) -> list[float] | None:
    return None if interval is None else list(interval)
