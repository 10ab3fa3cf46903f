"""The last attempts and what came of them, so that nothing is tried again that has failed already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Attempt:
    """A judged candidate.

    Attributes:
        iteration: the decision, counted from 1.
        changes: what it changed of the incumbent it met, by parameter: the new value less the old.
        outcome: the verdict.
        effect: mean score above even that was seen in the decision's last stage against the incumbent.
        source: who proposed it.
    """

    iteration: int
    changes: Mapping[str, float]
    outcome: str
    effect: float
    source: str

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Self:
        """Read what `to_dict` wrote; raises TypeError for anything else."""
        return cls(**raw)


class ChangeHistory:
    """The newest `size` attempts, the oldest first."""

    def __init__(self, size: int, attempts: Iterable[Attempt] = ()) -> None:
        self._size = size
        self._attempts = list(attempts)[-size:]

    def __iter__(self) -> Iterator[Attempt]:
        return iter(self._attempts)

    def __len__(self) -> int:
        return len(self._attempts)

    def add(self, attempt: Attempt) -> None:
        """Remember one more, and forget the oldest if there are too many."""
        self._attempts = [*self._attempts, attempt][-self._size :]

    def since(self, iteration: int) -> list[Attempt]:
        """Those after the decision `iteration`, as far as they are remembered."""
        return [attempt for attempt in self._attempts if attempt.iteration > iteration]


def changes_between(old: Mapping[str, float], new: Mapping[str, float]) -> dict[str, float]:
    """What differs, by parameter: the new value less the old."""
    return {name: new[name] - value for name, value in old.items() if new[name] != value}
