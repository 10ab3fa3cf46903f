"""What is tuned: named numbers with the range that each may take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number that a tuner may turn.

    Attributes:
        name: dotted, "section.name".
        low, high: the least and the greatest value, both allowed.
        default: a value that works.
        doc: one line that says what it does.
        unit: what it is measured in, "" for a bare number.
        integer: whether only whole numbers have a meaning.
    """

    name: str
    low: float
    high: float
    default: float
    doc: str
    unit: str = ""
    integer: bool = False
