"""How the members of an ensemble agree on one change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median_low
from typing import Any

from python_training.systems.tuner.adviser.answer import Answer


@dataclass(frozen=True, slots=True)
class Vote:
    """What was agreed on.

    Attributes:
        values: new values of the parameters that enough members want to move the same way.
        support: by parameter, how many members want each way: `{"up": 2, "down": 1}`.
        voters: how many members answered.
    """

    values: Mapping[str, float]
    support: Mapping[str, Mapping[str, int]]
    voters: int

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "values": dict(self.values),
            "support": {k: dict(v) for k, v in self.support.items()},
            "voters": self.voters,
        }


def count_votes(answers: Sequence[Answer], incumbent: Mapping[str, float], quorum: float, max_changes: int) -> Vote:
    """Take each parameter's direction by itself; the value is the lower median of those who want that direction.

    A direction wins when more than `quorum` of all voters want it, and more than want the other. The lower median is
    a value that a member named, so it is whole where values must be whole. A single member always agrees with itself.
    Of more than `max_changes` winners those with the greatest majority stay, and of equal ones those named first.
    """
    support: dict[str, dict[str, int]] = {}
    wanted: dict[tuple[str, str], list[float]] = {}
    for answer in answers:
        for name, value in answer.values.items():
            way = "up" if value > incumbent[name] else "down"
            wanted.setdefault((name, way), []).append(value)
            ways = support.setdefault(name, {"up": 0, "down": 0})
            ways[way] += 1
    values = {}
    for name, ways in support.items():
        way, other = sorted(ways, key=lambda each: -ways[each])
        if ways[way] > max(ways[other], quorum * len(answers)):
            values[name] = median_low(wanted[name, way])
    lead = {name: abs(support[name]["up"] - support[name]["down"]) for name in values}
    kept = sorted(values, key=lambda name: -lead[name])[:max_changes]
    return Vote({name: value for name, value in values.items() if name in kept}, support, len(answers))
