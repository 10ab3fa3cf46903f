"""The fitness of a pilot: one number for all of its bouts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from python_training.simulators.arena.config import SUMMED, SUMMED_BOUTS

KILL, DAMAGE, ACCURACY, SURVIVAL = 4_000.0, 4.0, 20_000.0, 100.0
MIN_SHOTS = 20
"""With fewer shots in ten bouts, accuracy counts as 0."""


def performance(figures: Mapping[str, NDArray[Any]]) -> dict[str, float]:
    """The figures of a pilot as they enter its fitness.

    `figures` are arrays (E,) of at least one bout by the names of METRICS. Counts and damage are summed over ten bouts
    (of other numbers of bouts, what ten of their kind would sum up to), accuracy is that of all shots together, 0 if
    there were too few, and survival (s) is averaged.
    """
    bouts = len(figures["enemies_destroyed"])
    if bouts == 0:
        raise ValueError("A performance is made of at least one bout, got none.")
    sums = {name: float(np.sum(figures[name])) * (SUMMED_BOUTS / bouts) for name in SUMMED}
    shots = sums["shots_fired"]
    accuracy = sums["hits"] / shots if shots >= MIN_SHOTS else 0.0
    return {**sums, "accuracy": accuracy, "survival_time": float(np.mean(figures["survival_time"]))}


def fitness(figures: Mapping[str, NDArray[Any]]) -> float:
    """4,000 x kills + 4 x damage + 20,000 x accuracy + 100 x seconds survived, of ten bouts (see `performance`).

    Nothing else enters, least of all rewards.
    """
    told = performance(figures)
    return (
        KILL * told["enemies_destroyed"]
        + DAMAGE * told["damage_dealt"]
        + ACCURACY * told["accuracy"]
        + SURVIVAL * told["survival_time"]
    )
