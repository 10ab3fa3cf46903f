"""The fitness of a pilot: one number for all of its bouts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

BOUTS = 10
"""Kills and damage are those of so many bouts."""
KILL, DAMAGE, ACCURACY, SURVIVAL = 4_000.0, 4.0, 20_000.0, 100.0
MIN_SHOTS = 20
"""With fewer shots in ten bouts, accuracy counts as 0."""


def fitness(figures: Mapping[str, NDArray[Any]]) -> float:
    """4,000 x kills + 4 x damage + 20,000 x accuracy + 100 x seconds survived.

    `figures` are arrays (E,) of at least one bout by the names of METRICS. Kills and damage are summed over ten bouts
    (of other numbers of bouts, what ten of their kind would sum up to), accuracy is that of all shots together, and
    survival is averaged. Nothing else enters, least of all rewards.
    """
    bouts = len(figures["enemies_destroyed"])
    if bouts == 0:
        raise ValueError("A fitness needs at least one bout, got none.")
    per_ten = BOUTS / bouts
    shots, hits = float(np.sum(figures["shots_fired"])), float(np.sum(figures["hits"]))
    accuracy = hits / shots if shots * per_ten >= MIN_SHOTS else 0.0
    kills, damage = float(np.sum(figures["enemies_destroyed"])), float(np.sum(figures["damage_dealt"]))
    survived = float(np.mean(figures["survival_time"]))
    return KILL * kills * per_ten + DAMAGE * damage * per_ten + ACCURACY * accuracy + SURVIVAL * survived


def performance(figures: Mapping[str, NDArray[Any]]) -> dict[str, float]:
    """The figures as they enter `fitness`.

    Counts and damage are sums over ten bouts, accuracy is that of all shots, and survival and success are means.
    """
    shots, hits = float(np.sum(figures["shots_fired"])), float(np.sum(figures["hits"]))
    means = {name: float(np.mean(values)) for name, values in figures.items()}
    summed = ("enemies_destroyed", "damage_dealt", "damage_taken", "shots_fired", "hits")
    return {
        **means,
        **{name: BOUTS * means[name] for name in summed},
        "accuracy": hits / shots if shots else 0.0,
    }
