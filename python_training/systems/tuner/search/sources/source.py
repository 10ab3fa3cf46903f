"""What a source of proposals is shown, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from python_training.systems.tuner.search.cube import Cube, Point
from python_training.systems.tuner.search.history import Matches
from python_training.systems.tuner.search.surface import ResponseSurface


@dataclass(frozen=True, slots=True, eq=False)
class Winner:
    """A setting that was accepted: its number among the accepted, counted from 1, and where it lies."""

    number: int
    point: Point


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """All that a source may know. It must change none of it.

    Attributes:
        cube: the parameters.
        incumbent: (D,) the last accepted setting, at first the start.
        matches: every remembered match.
        surface: what they say together.
        winners: accepted settings, the oldest first.
        width: 1, or more while nothing has been accepted for long: by this factor steps are longer.
    """

    cube: Cube
    incumbent: Point
    matches: Matches
    surface: ResponseSurface
    winners: Sequence[Winner]
    width: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Idea:
    """A point of the cube that a source would test, and why; `parents` names what it is made of."""

    point: Point
    reason: str
    parents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Duel:
    """Two points of the cube whose games a source wants to see."""

    a: Point
    b: Point
    reason: str


class Source(Protocol):
    """Proposes candidates. All chance comes from `random`, which is a new generator for each call."""

    def propose(self, view: View, random: np.random.Generator) -> Idea | None:
        """A point that is worth a test, None while it has none."""
        ...

    def state(self) -> dict[str, Any]:
        """All that it remembers, as plain JSON."""
        ...

    def restore(self, state: Mapping[str, Any]) -> None:
        """Become what `state` was taken of."""
        ...


class Explorer(Source, Protocol):
    """A source that has games of its own played, to learn from them.

    Attributes:
        centre: (D,) where it would stop if there were no more games.
    """

    centre: Point

    def duel(self, view: View, random: np.random.Generator) -> Duel:
        """The games it would learn most from."""
        ...

    def saw(self, a: Point, b: Point, score: float, pairs: int) -> None:
        """Mean pair score of `a` in a duel of its own; the points are as they were played."""
        ...

    def learn(self, view: View) -> None:
        """The surface has been fitted anew."""
        ...

    def restart(self, point: Point) -> None:
        """Begin anew at a point."""
        ...


class Memoryless:
    """A source whose proposals follow from what it is shown."""

    def state(self) -> dict[str, Any]:
        """There is nothing to remember."""
        return {}

    def restore(self, state: Mapping[str, Any]) -> None:
        """There is nothing to restore."""
