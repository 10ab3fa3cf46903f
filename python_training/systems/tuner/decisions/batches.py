"""The games that a decision asks for, and how those against the pool are compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from python_training.contracts.objective import PairScores
from python_training.systems.tuner.decisions.rules import DIFFERENCES
from python_training.systems.tuner.decisions.stage import Against
from python_training.systems.tuner.statistics.pentanomial import Pentanomial


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Pairs to be played: `player` against `opponent` (a setting, or a fixed opponent's name), one pair a seed."""

    player: Mapping[str, float]
    opponent: Mapping[str, float] | str
    seeds: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Rival:
    """Somebody in the pool: what people call it, and the setting or fixed opponent that it is."""

    name: str
    player: Mapping[str, float] | str

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON."""
        return {"name": self.name, "player": self.player if isinstance(self.player, str) else dict(self.player)}

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Self:
        """Read what `to_dict` wrote; raises KeyError or TypeError for anything else."""
        player = raw["player"]
        return cls(str(raw["name"]), player if isinstance(player, str) else dict(player))


def regression_batches(
    candidate: Mapping[str, float], incumbent: Mapping[str, float], pool: Sequence[Rival], seeds: NDArray[np.int64]
) -> tuple[Batch, ...]:
    """Candidate and incumbent at the same seeds, each seed against one rival: seed k meets rival k modulo their number.

    Playing the same seeds takes what the seed favours out of the difference.
    """
    batches = []
    for place, rival in enumerate(pool):
        share = seeds[place :: len(pool)]
        batches += [Batch(candidate, rival.player, share), Batch(incumbent, rival.player, share)]
    return tuple(batches)


def differences(
    pool: Sequence[Rival],
    results: Sequence[PairScores],
    counts: Sequence[Pentanomial],
    before: Mapping[str, Against],
) -> tuple[NDArray[np.int64], dict[str, Against]]:
    """What the batches of `regression_batches` brought.

    Returns:
        (9,) how often the candidate scored 1 less ... as much ... 1 more than the incumbent, over all rivals.
        The standings against each rival, with those of `before`.
    """
    found = np.zeros(len(DIFFERENCES), dtype=np.int64)
    rivals = dict(before)
    for place, rival in enumerate(pool):
        mine, theirs = results[2 * place], results[2 * place + 1]
        quarters = np.rint(4 * (np.asarray(mine.scores) - np.asarray(theirs.scores))).astype(np.int64)
        found += np.bincount(quarters + len(DIFFERENCES) // 2, minlength=len(DIFFERENCES))
        old = rivals.get(rival.name, Against())
        rivals[rival.name] = Against(old.candidate + counts[2 * place], old.incumbent + counts[2 * place + 1])
    return found, rivals
