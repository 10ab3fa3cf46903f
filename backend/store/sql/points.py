"""Writes and rewinds the points of one run, with their summaries (see `models`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Double,
    Insert,
    Integer,
    bindparam,
    cast,
    delete,
    func,
    insert,
    select,
    update,
)

from backend.domain.fold import Value
from backend.domain.run import Best
from backend.store.sql.levels import FACTOR, Rows, cover, first_beyond, levels, rows_of
from backend.store.sql.models import PointRow, SeriesRow
from backend.store.sql.rows import select_series
from python_training.contracts.metrics import MetricSpec


@dataclass(slots=True)
class _Series:
    """One metric while it is written: `stored` of its `count` points are in the table, the others wait."""

    key: int
    count: int
    stored: int


class RunPoints:
    """The points of one run within one transaction; it must be the only writer of that run meanwhile.

    Implements `PointHistory`: what `last_values` and `best_value` tell includes everything added so far.
    """

    def __init__(self, connection: Connection, run_key: int) -> None:
        self._connection = connection
        self._run_key = run_key
        rows = connection.execute(select_series(run_key))
        self._series = {name: _Series(key, count, count) for name, key, count in rows}
        self._waiting: list[dict[str, Any]] = []

    def add(self, step: int, t: float, values: Mapping[str, Value]) -> None:
        """Append one point of each metric in `values`; written by `flush`."""
        for name, value in values.items():
            series = self._series.get(name) or self._begin(name)
            low, high, mean, count = _summary(value)
            self._waiting.append(
                {
                    "series_key": series.key,
                    "level": 0,
                    "n": series.count,
                    "last_step": step,
                    "t": t,
                    "low": low,
                    "high": high,
                    "mean": mean,
                    "count": count,
                }
            )
            series.count += 1

    def flush(self) -> None:
        """Write what was added, and the summaries that it completes."""
        if not self._waiting:
            return
        self._connection.execute(insert(PointRow), self._waiting)
        self._waiting = []
        grown = [series for series in self._series.values() if series.count > series.stored]
        self._summarise(grown)
        for series in grown:
            series.stored = series.count
        self._store_counts(grown)

    def rewind(self, to_step: int) -> None:
        """Drop all points beyond `to_step`."""
        self.flush()
        for series in self._series.values():
            self._cut(series, first_beyond(self._connection, series.key, series.count, to_step))
        self._store_counts(list(self._series.values()))

    def drop_newest(self, counts: Mapping[str, int]) -> None:
        """Drop the newest points, so many of each metric."""
        self.flush()
        for name, count in counts.items():
            series = self._series.get(name)
            if series is not None:
                self._cut(series, max(0, series.count - count))
        self._store_counts(list(self._series.values()))

    def last_values(self) -> dict[str, float | None]:
        """The newest value of every metric."""
        self.flush()
        found: dict[str, float | None] = {}
        for name, series in self._series.items():
            if series.count:
                newest = (PointRow.series_key == series.key, PointRow.level == 0, PointRow.n == series.count - 1)
                found[name] = self._connection.scalar(select(PointRow.mean).where(*newest))
        return found

    def best_value(self, metric: MetricSpec) -> Best | None:
        """The best value of `metric` and the first step that reached it."""
        self.flush()
        series = self._series.get(metric.name)
        if series is None or not series.count:
            return None
        lower = metric.better == "lower"
        figure = "low" if lower else "high"
        # From the best of the coarsest summaries down to the point that made it so.
        rows: tuple[Rows, ...] = cover(series.count, 0, series.count, levels(series.count) - 1)
        while True:
            points = rows_of(series.key, rows).subquery()
            column = points.c[figure]
            best = self._connection.execute(
                select(points.c.level, points.c.n, points.c.last_step, column)
                .where(points.c.count > 0)
                .order_by(column.asc() if lower else column.desc(), points.c.last_step, points.c.n)
                .limit(1)
            ).first()
            if best is None:
                return None
            level, n, step, value = best
            if level == 0:
                return Best(metric.name, value, step)
            rows = (Rows(level - 1, n * FACTOR, (n + 1) * FACTOR),)

    def _begin(self, name: str) -> _Series:
        key = self._connection.execute(
            insert(SeriesRow).values(run_key=self._run_key, name=name, count=0)
        ).inserted_primary_key
        assert key is not None  # noqa: S101  # for mypy: one row was inserted
        self._series[name] = _Series(key[0], 0, 0)
        return self._series[name]

    def _summarise(self, grown: list[_Series]) -> None:
        """Make the rows of each level that the new points have completed."""
        level, size = 1, FACTOR
        while grown:
            ranges = [
                {
                    "series": series.key,
                    "into": level,
                    "below": level - 1,
                    "start": series.stored // size * FACTOR,
                    "end": series.count // size * FACTOR,
                }
                for series in grown
                if series.stored // size < series.count // size
            ]
            if ranges:
                self._connection.execute(_SUMMARISE, ranges)
            grown = [series for series in grown if series.stored // size < series.count // size]
            level, size = level + 1, size * FACTOR

    def _cut(self, series: _Series, keep: int) -> None:
        """Keep the first `keep` points of a series and the summaries that they complete."""
        for level in range(levels(series.count)):
            self._connection.execute(
                delete(PointRow).where(
                    PointRow.series_key == series.key, PointRow.level == level, PointRow.n >= keep // FACTOR**level
                )
            )
        series.count = series.stored = keep

    def _store_counts(self, changed: list[_Series]) -> None:
        if changed:
            self._connection.execute(
                update(SeriesRow).where(SeriesRow.key == bindparam("series")).values(count=bindparam("points")),
                [{"series": series.key, "points": series.count} for series in changed],
                execution_options={"synchronize_session": None},
            )


def _summary_statement() -> Insert:
    """Inserts the summaries of rows `start` <= n < `end` of level `below` of `series` into level `into`."""
    count = func.sum(PointRow.count)
    summaries = (
        select(
            bindparam("series", type_=BigInteger),
            bindparam("into", type_=Integer),
            (PointRow.n // FACTOR).label("chunk"),
            func.max(PointRow.last_step),
            func.max(PointRow.t),
            func.min(PointRow.low),
            func.max(PointRow.high),
            func.sum(PointRow.mean * PointRow.count) / func.nullif(cast(count, Double), 0.0),
            cast(count, BigInteger),
        )
        .where(
            PointRow.series_key == bindparam("series", type_=BigInteger),
            PointRow.level == bindparam("below", type_=Integer),
            PointRow.n >= bindparam("start", type_=BigInteger),
            PointRow.n < bindparam("end", type_=BigInteger),
        )
        .group_by("chunk")
    )
    columns = ["series_key", "level", "n", "last_step", "t", "low", "high", "mean", "count"]
    return insert(PointRow).from_select(columns, summaries)


# Built once: to build it costs more than to run it.
_SUMMARISE = _summary_statement()


def _summary(value: Value) -> tuple[float | None, float | None, float | None, int]:
    """(low, high, mean, count) of a value as the journal has it."""
    if value is None:
        return None, None, None, 0
    if isinstance(value, Mapping):
        return value["min"], value["max"], value["mean"], value["count"]
    return value, value, value, 1
