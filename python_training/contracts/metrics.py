"""What a training system measures: declared metrics, and how several points become one."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

Better = Literal["higher", "lower", "neither"]
Aggregate = Literal["mean", "min", "max", "last", "sum"]


@dataclass(frozen=True, slots=True)
class StepUnit:
    """What a training system's steps are to people, in the singular and in the plural."""

    one: str = "step"
    many: str = "steps"

    def count(self, number: int) -> str:
        """`number` of them in words: "1 generation", "12,000 steps"."""
        return f"{number:,} {self.one if number == 1 else self.many}"

    def to_dict(self) -> dict[str, str]:
        """The unit as the JSON object that REST carries."""
        return {"one": self.one, "many": self.many}


@dataclass(frozen=True, slots=True)
class MetricSpec:
    """One metric that a training system may emit.

    Attributes:
        name: the snake_case key in points and in Socket.IO messages.
        title: what a chart or tile is headed with.
        unit: the unit of the values, "" for a pure number.
        panel: metrics with the same panel share one chart; "" means the metric is shown as a tile only.
        better: which direction is an improvement.
        aggregate: how several points that fall into one batch or pixel become one.
        deterministic: equal config and seed give equal values; wall-clock figures are not deterministic.
        primary: "best" means best of this one; exactly one metric of a system is primary.
        begins_anew_with: metrics that say what the value is of: where one of them changes, another line begins.
        doc: one sentence that says what is measured, over what, with its source where there is one.
    """

    name: str
    title: str
    doc: str
    unit: str = ""
    panel: str = ""
    better: Better = "neither"
    aggregate: Aggregate = "mean"
    deterministic: bool = True
    primary: bool = False
    begins_anew_with: Sequence[str] = ()

    def to_dict(self) -> dict[str, Any]:
        """The spec as the JSON object that run.json and REST carry."""
        return {**asdict(self), "begins_anew_with": list(self.begins_anew_with)}

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> MetricSpec:
        """Read a spec written by `to_dict`."""
        return cls(**{**raw, "begins_anew_with": tuple(raw.get("begins_anew_with", ()))})


def primary_metric(specs: Iterable[MetricSpec]) -> MetricSpec:
    """The one metric that "best" refers to; raises ValueError unless exactly one is primary."""
    primaries = [spec for spec in specs if spec.primary]
    if len(primaries) != 1:
        raise ValueError(f"Exactly one metric must be primary, got {[spec.name for spec in primaries]}.")
    return primaries[0]


def is_better(spec: MetricSpec, new: float, old: float | None) -> bool:
    """Whether `new` improves on `old` (None: nothing yet) in the direction of `spec`."""
    if not math.isfinite(new):
        return False
    if old is None:
        return True
    return new < old if spec.better == "lower" else new > old


def combine(values: Sequence[float], aggregate: Aggregate) -> float:
    """Make one value of several (at least one) in the way that `aggregate` names."""
    if aggregate == "min":
        return min(values)
    if aggregate == "max":
        return max(values)
    if aggregate == "last":
        return values[-1]
    total = math.fsum(values)
    return total if aggregate == "sum" else total / len(values)
