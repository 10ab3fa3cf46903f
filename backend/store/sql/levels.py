"""Finds its way in the levels of a series (see `models`): by arithmetic, since every level is numbered without gaps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import CompoundSelect, Connection, Select, select, union_all

from backend.store.sql.models import FACTOR, PointRow

__all__ = ["FACTOR", "Rows", "cover", "first_beyond", "levels", "rows_of"]


class Rows(NamedTuple):
    """Rows `start` <= n < `end` of one level."""

    level: int
    start: int
    end: int


def levels(count: int) -> int:
    """How many levels of a series with `count` points have rows."""
    found = 0
    while count:
        count //= FACTOR
        found += 1
    return found


def cover(count: int, start: int, end: int, level: int) -> tuple[Rows, ...]:
    """Rows that together stand for the points `start` <= n < `end` of `count`, as coarse as `level` where possible.

    What is not yet summed up on `level` is covered by finer rows. At the edges a coarse row may stand for points that
    were not asked for. In order of step.
    """
    found = []
    covered = 0
    for each in range(level, -1, -1):
        size = FACTOR**each
        rows = Rows(each, max(covered * FACTOR, start // size), min(count // size, -(-end // size)))
        if rows.start < rows.end:
            found.append(rows)
        covered = count // size
    return tuple(found)


def rows_of(series_key: int, parts: Sequence[Rows]) -> Select[Any] | CompoundSelect[Any]:
    """A statement for these rows of one series; each part is one range of the primary key."""
    selects = [
        select(PointRow.__table__).where(
            PointRow.series_key == series_key,
            PointRow.level == rows.level,
            PointRow.n >= rows.start,
            PointRow.n < rows.end,
        )
        for rows in parts
    ]
    return selects[0] if len(selects) == 1 else union_all(*selects)


def first_beyond(connection: Connection, series_key: int, count: int, step: int) -> int:
    """Number of the first point whose step is greater than `step`; `count` if there is none.

    Goes down the levels and looks at no more than a few rows of each.
    """
    start = 0
    for level in range(levels(count) - 1, -1, -1):
        start *= FACTOR
        found = connection.scalar(
            select(PointRow.n)
            .where(
                PointRow.series_key == series_key,
                PointRow.level == level,
                PointRow.n >= start,
                PointRow.last_step > step,
            )
            .order_by(PointRow.n)
            .limit(1)
        )
        start = count // FACTOR**level if found is None else found
    return start
