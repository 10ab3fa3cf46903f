"""Details: what is known of an object in a picture, for whoever points at it. Any world may say some of any object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Gauge:
    """A figure that is a share of something, such as health 40 of 100."""

    name: str
    value: float
    full: float

    def to_dict(self) -> dict[str, Any]:
        """The gauge as JSON."""
        return {"name": self.name, "value": self.value, "full": self.full}


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the things that can be done next.

    Attributes:
        name: such as "up". Shapes about "KEY/NAME" stand for it, KEY being the object that chooses.
        score: what it is worth, by which it is chosen; None where it has no score.
        terms: what is added up for it, by term; empty where that is not known.
        total: the sum of the terms where that is not the score, because a search found another one.
        note: why it is out of question, such as "wall"; "" where it is not.
    """

    name: str
    score: float | None = None
    terms: Mapping[str, float] = field(default_factory=dict)
    total: float | None = None
    note: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The choice as JSON."""
        return {
            "name": self.name,
            "score": self.score,
            "terms": dict(self.terms),
            "total": self.total,
            "note": self.note,
        }


@dataclass(frozen=True, slots=True)
class Decision:
    """What will be done next, and what was compared for it.

    Attributes:
        mode: how it came about, such as "greedy".
        chosen: name of the choice that is made.
        measure: what the scores are, such as "visits".
        text: what else there is to say, such as that nothing was compared.
    """

    mode: str
    chosen: str
    choices: Sequence[Choice] = ()
    measure: str = "score"
    text: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The decision as JSON."""
        return {
            "mode": self.mode,
            "chosen": self.chosen,
            "measure": self.measure,
            "text": self.text,
            "choices": [choice.to_dict() for choice in self.choices],
        }


@dataclass(frozen=True, slots=True)
class Detail:
    """What is known of one object.

    Attributes:
        title: what people call it.
        seat: the seat of a game that it belongs to, None for none.
        colour: palette name of what it is drawn in, "" for none.
        state: what became of it, such as "eliminated in turn 40"; "" while it is in play.
        gauges, facts: figures.
        decision: what it does next; only where somebody asked for it, since it may take long to find out.
    """

    title: str
    seat: int | None = None
    colour: str = ""
    state: str = ""
    gauges: Sequence[Gauge] = ()
    facts: Mapping[str, str | float | int] = field(default_factory=dict)
    decision: Decision | None = None

    def to_dict(self) -> dict[str, Any]:
        """The detail as JSON, `decision` only where there is one."""
        shown: dict[str, Any] = {
            "title": self.title,
            "seat": self.seat,
            "colour": self.colour,
            "state": self.state,
            "gauges": [gauge.to_dict() for gauge in self.gauges],
            "facts": dict(self.facts),
        }
        if self.decision is not None:
            shown["decision"] = self.decision.to_dict()
        return shown
