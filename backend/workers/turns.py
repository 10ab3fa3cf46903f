"""Turns: of many that hardly ever have news, a few are looked at each time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def whose_turn(items: Sequence[T], turn: int, at_most: int) -> Sequence[T]:
    """Those of `items` that turn number `turn` looks at: no more than `at_most`, and each one in so many turns."""
    turns = max(1, -(-len(items) // at_most))
    return items[turn % turns :: turns]
