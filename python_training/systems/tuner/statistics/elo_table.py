"""A table of who beat whom: Elo with intervals, and several aims beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import Any

import numpy as np

from python_training.contracts.metrics import Better
from python_training.ratings import ratings
from python_training.systems.tuner.statistics.intervals import Moments, score_interval
from python_training.systems.tuner.statistics.pareto import pareto_front
from python_training.systems.tuner.statistics.pentanomial import PAIR_SCORES, Pentanomial
from python_training.systems.tuner.statistics.sequential import Estimate

_Z = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True, slots=True)
class Pairing:
    """What player `one` scored against player `other`.

    Attributes:
        one: a player's name.
        other: another's.
        counts: the pairs, from the first one's side.
        figures: the first one's further figures over them.
    """

    one: str
    other: str
    counts: Pentanomial
    figures: Mapping[str, Moments] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Standing:
    """A player's place.

    Attributes:
        name: of the player.
        elo: relative to the mean of the table, with its interval.
        score: mean score of its pairs, whoever they were against.
        pairs: how many.
        figures: means of its further figures; empty for players that were only played against.
        leads: whether nobody is better in score and all aims at once (Pareto); None without the figures.
    """

    name: str
    elo: Estimate
    score: Estimate
    pairs: int
    figures: Mapping[str, Estimate]
    leads: bool | None

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "name": self.name,
            "elo": _listed(self.elo),
            "score": _listed(self.score),
            "pairs": self.pairs,
            "figures": {name: _listed(figure) for name, figure in self.figures.items()},
            "leads": self.leads,
        }


def elo_table(pairings: Sequence[Pairing], aims: Mapping[str, Better]) -> tuple[Standing, ...]:
    """Rate everybody who played, best first.

    Elo's intervals are made of the pairs as they were: their variance is not assumed.

    Args:
        pairings: at most one for each two players.
        aims: which figures count beside the score, and which direction of each is better.
    """
    played = [each for each in pairings if each.counts.pairs]
    names = list(dict.fromkeys(name for each in played for name in (each.one, each.other)))
    if not names:
        return ()
    place = {name: k for k, name in enumerate(names)}
    size = (len(names), len(names))
    points, games, variances = np.zeros(size), np.zeros(size), np.zeros(size)
    seen = [Pentanomial() for _ in names]
    sums: list[dict[str, Moments]] = [{} for _ in names]
    for each in played:
        i, j, counts = place[each.one], place[each.other], each.counts
        points[i, j], points[j, i] = counts.games * counts.mean, counts.games * (1 - counts.mean)
        games[i, j] = games[j, i] = counts.games
        # A pair is worth two points at most, so its variance counts four times.
        variances[i, j] = variances[j, i] = 4 * counts.pairs * counts.variance
        seen[i] += counts
        seen[j] += Pentanomial.from_counts(counts.counts[::-1])
        for name, moments in each.figures.items():
            sums[i][name] = sums[i].get(name, Moments()) + moments
    elo, error = ratings(points, games, variances)
    leads = _leads(seen, sums, aims)
    table = [
        Standing(
            name,
            Estimate(float(elo[k]), float(elo[k] - _Z * error[k]), float(elo[k] + _Z * error[k])),
            score_interval(seen[k].counts, PAIR_SCORES),
            seen[k].pairs,
            {figure: moments.estimate() for figure, moments in sums[k].items()},
            leads[k],
        )
        for k, name in enumerate(names)
    ]
    return tuple(sorted(table, key=lambda standing: -standing.elo.value))


def _leads(
    seen: Sequence[Pentanomial], sums: Sequence[Mapping[str, Moments]], aims: Mapping[str, Better]
) -> list[bool | None]:
    """Who is on the Pareto front of score and aims; None for those whose figures nobody measured."""
    wanted = {name: -1.0 if better == "lower" else 1.0 for name, better in aims.items() if better != "neither"}
    measured = [k for k, figures in enumerate(sums) if all(name in figures for name in wanted)]
    leads: list[bool | None] = [None] * len(sums)
    if measured:
        rows = [[seen[k].mean, *(sign * sums[k][name].mean for name, sign in wanted.items())] for k in measured]
        for k, leading in zip(measured, pareto_front(np.array(rows)).tolist(), strict=True):
            leads[k] = leading
    return leads


def _listed(estimate: Estimate) -> list[float | None]:
    """`[value, low, high]`, null where there is no number."""
    return [number if np.isfinite(number) else None for number in (estimate.value, estimate.low, estimate.high)]
