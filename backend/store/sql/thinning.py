"""Reads a series, thinned by SQL to about as many buckets as a chart can show; least and greatest values survive."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Connection, Double, cast, func, select

from backend.store.base import Series
from backend.store.sql.levels import FACTOR, cover, first_beyond, levels, rows_of
from backend.store.sql.models import PointRow


def read_series(
    connection: Connection, series_key: int, count: int, start: int | None, end: int | None, points: int
) -> Series:
    """The points of a series of `count` points from step `start` to `end`, in at most about `points` buckets.

    Buckets have equal width in steps; one without points is left out. They are made of summaries that are no coarser
    than a bucket on average, so no more than FACTOR times `points` rows are looked at, however long the series is.
    """
    first = 0 if start is None else first_beyond(connection, series_key, count, start - 1)
    beyond = count if end is None else first_beyond(connection, series_key, count, end)
    if first >= beyond:
        return Series((), (), (), (), (), ())
    level = 0
    while level + 1 < levels(count) and (beyond - first) // FACTOR ** (level + 1) >= points:
        level += 1
    rows = rows_of(series_key, cover(count, first, beyond, level)).subquery()
    c = rows.c
    if beyond - first <= points:
        return _series(connection.execute(select(c.last_step, c.t, c.low, c.high, c.mean, c.count).order_by(c.n)).all())
    low_step, high_step = (_step_of(connection, series_key, n) for n in (first, beyond - 1))
    # An edge row may reach beyond the range; it belongs to the outermost bucket.
    bucket = ((c.last_step - low_step) * points // (high_step - low_step + 1)).label("bucket")
    count_sum = func.sum(c.count)
    thinned = (
        select(
            func.max(c.last_step),
            func.max(c.t),
            func.min(c.low),
            func.max(c.high),
            func.sum(c.mean * c.count) / func.nullif(cast(count_sum, Double), 0.0),
            cast(count_sum, BigInteger),
        )
        .add_columns(bucket)
        .group_by("bucket")
        .order_by("bucket")
    )
    return _series(connection.execute(thinned).all())


def read_newest(
    connection: Connection, series_key: int, count: int, limit: int
) -> list[tuple[int, float, float | None]]:
    """Step, Unix time and value of the newest `limit` points of a series of `count` points, in order."""
    wanted = select(PointRow.last_step, PointRow.t, PointRow.mean).where(
        PointRow.series_key == series_key, PointRow.level == 0, PointRow.n >= count - limit
    )
    return [(step, t, value) for step, t, value in connection.execute(wanted.order_by(PointRow.n))]


def _step_of(connection: Connection, series_key: int, n: int) -> int:
    return connection.scalars(
        select(PointRow.last_step).where(PointRow.series_key == series_key, PointRow.level == 0, PointRow.n == n)
    ).one()


def _series(rows: Sequence[Sequence[Any]]) -> Series:
    columns = tuple(zip(*(row[:6] for row in rows), strict=True))
    return Series(*columns)
