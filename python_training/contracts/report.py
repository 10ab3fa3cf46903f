"""What a run has found out, as blocks that know nothing of any system: a browser and an HTML page draw the same ones.

A system that has something to report publishes `report.json` beside its checkpoints. Words in it may come from outside
(a language model, a person's file): whoever draws it escapes them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Discriminator

REPORT_FILE = "report.json"
"""Its name in a run's folder of checkpoints."""
MAX_REPORT_BYTES = 8_000_000
"""A report larger than this is not shown."""

Tone = Literal["now", "good", "bad", "past", "faint"]
"""What a mark stands for: what goes on, what succeeded, what failed, what is over, and what hardly matters."""


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph."""

    text: str
    kind: Literal["text"] = "text"


@dataclass(frozen=True, slots=True)
class LiveMetrics:
    """Metrics of the run by name, in one chart that follows the run; a page of paper leaves it out."""

    names: Sequence[str]
    title: str
    kind: Literal["live_metrics"] = "live_metrics"


@dataclass(frozen=True, slots=True)
class Line:
    """A course of points (x, y), from left to right; one of tone "own" has a colour of its own and is in the legend."""

    label: str
    points: Sequence[tuple[float, float]]
    tone: Tone | Literal["own"] = "now"


@dataclass(frozen=True, slots=True)
class Level:
    """A level line at `y`, such as a bound."""

    y: float
    label: str
    tone: Tone = "past"


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with its interval at one x."""

    x: float
    value: float
    low: float
    high: float
    label: str
    tone: Tone = "good"


@dataclass(frozen=True, slots=True)
class Lines:
    """A chart of lines, levels and intervals. With `percent`, y is a share and read as per cent."""

    title: str
    x_title: str
    y_title: str
    lines: Sequence[Line] = ()
    levels: Sequence[Level] = ()
    intervals: Sequence[Interval] = ()
    percent: bool = False
    kind: Literal["lines"] = "lines"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a bar; its value is not negative."""

    value: float
    tone: Tone = "now"


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of parts, one after the other, and what is said of it."""

    label: str
    parts: Sequence[Part]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars on a common scale, the first on top."""

    title: str
    bars: Sequence[Bar]
    kind: Literal["bars"] = "bars"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; numbers are set right."""

    title: str
    number: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of words and numbers as they are to be read, and what to say while there are none."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    empty: str = "Nothing yet."
    kind: Literal["table"] = "table"


@dataclass(frozen=True, slots=True)
class Setting:
    """A parameter that settings are made of: its range, both ends included, and a line of meaning."""

    name: str
    low: float
    high: float
    doc: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Settings by name, of which a reader compares any two; `before` and `after` are shown first."""

    parameters: Sequence[Setting]
    settings: Mapping[str, Mapping[str, float]]
    before: str
    after: str
    kind: Literal["comparison"] = "comparison"


@dataclass(frozen=True, slots=True)
class Record:
    """Something with facts (name, text) that are shown when a reader opens it."""

    title: str
    facts: Sequence[tuple[str, str]]
    tone: Tone = "past"


@dataclass(frozen=True, slots=True)
class Records:
    """Records, the first on top, and what to say while there are none."""

    records: Sequence[Record]
    empty: str = "Nothing yet."
    kind: Literal["records"] = "records"


Block: TypeAlias = Annotated[Text | LiveMetrics | Lines | Bars | Table | Comparison | Records, Discriminator("kind")]


@dataclass(frozen=True, slots=True)
class Section:
    """Blocks under a heading."""

    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True, slots=True)
class Report:
    """What a run has found out, in sections, with a summary of a sentence or two."""

    summary: str
    sections: Sequence[Section]

    def to_dict(self) -> dict[str, Any]:
        """Plain data, as `report.json` and REST have it. Numbers must be finite: JSON has no word for others."""
        return asdict(self)
