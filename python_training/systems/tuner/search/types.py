"""What the search and those who use it say to each other: plain frozen data in real units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

Values = Mapping[str, float]
"""A value for every parameter by its name, in real units; whole numbers where the parameter is an integer."""


class Outcome(StrEnum):
    """What became of a proposal."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    REGRESSED = "regressed"
    NO_DIFFERENCE = "no_difference"


@dataclass(frozen=True, slots=True)
class Match:
    """Search games that are wanted: `pairs` mirrored pairs of `a` against `b`. They are never evidence.

    Attributes:
        number: counts up from 0 in the order of asking.
        source: who wants them.
        reason: a phrase for people.
    """

    number: int
    a: Values
    b: Values
    pairs: int
    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A setting that is worth an accept test.

    Attributes:
        number: counts up from 0.
        source: who proposes it.
        reason: a phrase for people.
        parents: the settings that it is made of, as "winner 3", "decision 12" and the like; may be empty.
        advice: the key of the advice that it came from, "" if it came from none.
    """

    number: int
    values: Values
    source: str
    reason: str
    parents: tuple[str, ...] = ()
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Advice:
    """A setting from outside the search: a language model's, a pattern's, a person's.

    Attributes:
        values: those that should change, by name; the others stay as they are in the incumbent of that moment.
        reason: what the adviser said.
        source: under which name it is credited.
        key: by which the adviser knows it again.
    """

    values: Values
    reason: str
    source: str = "llm"
    key: str = ""


@dataclass(frozen=True, slots=True)
class ParameterBelief:
    """What the games say about one parameter, the others at their best.

    Attributes:
        value: the best guess, in real units.
        spread: one standard deviation of it, in real units.
        importance: how far the expected score would fall, in points of win rate as a fraction, if the parameter stood
            a quarter of its range from its best value.
    """

    value: float
    spread: float
    importance: float


@dataclass(frozen=True, slots=True)
class Recommendation:
    """The optimiser's present best guess. Nobody has proved it.

    Attributes:
        mean: its expected score against the start, from 0 to 1.
        spread: one standard deviation of that.
        parameters: what is believed of each parameter.
        ahead: its expected score against the incumbent, around which most games are played.
    """

    values: Values
    mean: float
    spread: float
    parameters: Mapping[str, ParameterBelief]
    ahead: float = 0.5


@dataclass(frozen=True, slots=True)
class SourceCredit:
    """How a source has done: its proposals, those judged, those accepted, and its present share of the proposals."""

    proposed: int
    judged: int
    accepted: int
    weight: float


@dataclass(frozen=True, slots=True)
class Stagnation:
    """How long nothing has been accepted.

    Attributes:
        decisions_since: judged proposals since the last acceptance.
        phase: "searching", then "widened", then "restarted".
        restarts: how often the search has begun anew.
    """

    decisions_since: int
    phase: str
    restarts: int
