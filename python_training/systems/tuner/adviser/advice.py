"""What passes between the tuner and its adviser. All of it is frozen, and plain enough to be written as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MAX_CHANGE_HISTORY = 100
"""Attempts that the adviser is told about: the newest ones."""


@dataclass(frozen=True, slots=True)
class Belief:
    """What the optimiser holds of one parameter's best value: mean and standard deviation, in the parameter's unit."""

    mean: float
    spread: float


@dataclass(frozen=True, slots=True)
class Attempt:
    """One setting that was judged.

    Attributes:
        changes: by parameter, the new value less the incumbent's.
        outcome: what was decided: accepted, rejected, regressed or no_difference.
        effect: measured score against the incumbent less 0.5; None where no games tell it.
        source: who proposed it.
    """

    changes: Mapping[str, float]
    outcome: str
    effect: float | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class AdviserContext:
    """What the adviser is told when it is asked.

    Attributes:
        decision: index of the decision at which it is asked.
        win_rate: score of the incumbent against the start, from 0 to 1.
        trend: such scores at earlier decisions, oldest first.
        incumbent: the setting to change, a value for every parameter.
        beliefs: the optimiser's mean and spread by parameter; may lack some.
        patterns: sentences of the pattern network.
        attempts: what was tried, oldest first; only the newest MAX_CHANGE_HISTORY count.
    """

    decision: int
    win_rate: float
    incumbent: Mapping[str, float]
    trend: tuple[float, ...] = ()
    beliefs: Mapping[str, Belief] = field(default_factory=dict)
    patterns: tuple[str, ...] = ()
    attempts: tuple[Attempt, ...] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A change worth a try.

    Attributes:
        key: names it within the run.
        values: new values of the parameters that change, each in its range and whole where it must be.
        reason: the model's own words.
        model: who suggested it; an ensemble's members are joined by " + ".
    """

    key: str
    values: Mapping[str, float]
    reason: str
    model: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a suggestion.

    Attributes:
        outcome: accepted, rejected, regressed, no_difference, or not_tried.
        effect: measured score against the incumbent less 0.5, None where it was not measured.
        half_width: half of the 95% interval around it.
        games: how many games measured it.
    """

    outcome: str
    effect: float | None = None
    half_width: float | None = None
    games: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "outcome": self.outcome,
            "effect": self.effect,
            "half_width": self.half_width,
            "games": self.games,
        }
