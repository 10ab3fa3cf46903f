"""What was accepted, and what all of it together proves about the incumbent."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

from python_training.systems.tuner.statistics.sequential import Estimate

EVEN = 0.5
_CERTAIN = 1e-9
"""How near to 0 and 1 a score may come before its log-odds are taken."""


@dataclass(frozen=True, slots=True)
class Acceptance:
    """One setting that was proved better than the incumbent before it, and is the incumbent since.

    Attributes:
        number: counted from 1.
        iteration: the decision on a candidate, counted from 1, that accepted it.
        decision: index of the decision, by which its games can be played again.
        total_games: games of the run until then.
        games: games of this decision.
        values: the setting.
        text: the setting as a file of the player.
        gain: mean score above even against the incumbent before, a fraction, from the confirmation alone.
        win_rate: what all confirmations so far prove about it against the start.
        source, reason: who proposed it, and why.
    """

    number: int
    iteration: int
    decision: int
    total_games: int
    games: int
    values: Mapping[str, float]
    text: str
    gain: Estimate
    win_rate: Estimate
    source: str
    reason: str

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Self:
        """Read what `to_dict` wrote; raises KeyError or TypeError for anything else."""
        return cls(**{**raw, "gain": Estimate(**raw["gain"]), "win_rate": Estimate(**raw["win_rate"])})


def proved_win_rate(gains: Sequence[Estimate]) -> Estimate:
    """Expected score of the last of a chain of incumbents against the start, from the gain of each over the one before.

    Gains add up as log-odds, as Elo does, and so do their variances, since no two confirmations share a game. The two
    sides are added up apart, so that the interval stays lopsided where its parts are.
    """
    middle = [_log_odds(EVEN + gain.value) for gain in gains]
    below = [(at - _log_odds(EVEN + gain.low)) ** 2 for at, gain in zip(middle, gains, strict=True)]
    above = [(_log_odds(EVEN + gain.high) - at) ** 2 for at, gain in zip(middle, gains, strict=True)]
    total = math.fsum(middle)
    low, high = total - math.sqrt(math.fsum(below)), total + math.sqrt(math.fsum(above))
    return Estimate(_score(total), _score(low), _score(high))


def _log_odds(score: float) -> float:
    inside = min(1.0 - _CERTAIN, max(_CERTAIN, score))
    return math.log(inside / (1.0 - inside))


def _score(log_odds: float) -> float:
    return 1.0 / (1.0 + math.exp(-log_odds))
