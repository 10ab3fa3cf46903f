"""RunStore on a database that speaks SQL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, case, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from backend.domain.fold import Fold
from backend.domain.run import Labels, Run
from backend.store.base import STATUS_ORDER, Measured, RunFilter, Series, Standing
from backend.store.sql.database import open_engine, reading, writing
from backend.store.sql.models import DeletedRow, EventRow, PointRow, RunRow, SeriesRow
from backend.store.sql.points import RunPoints
from backend.store.sql.rows import (
    event_from,
    find_key,
    key_of,
    label_columns,
    labels_of,
    run_columns,
    run_from,
    run_of,
    select_events,
    select_runs,
    select_series,
    unknown,
)
from backend.store.sql.thinning import read_newest, read_series
from python_training.contracts.events import Event, EventType
from python_training.contracts.status import RunStatus

SWEEP_ROWS = 20_000
"""What a deleted run leaves is removed in transactions of about so many rows, which keeps each of them short."""


_READING = "reading"
"""Beside a run's record in its state: where its journal was read to."""


class SqlRunStore:
    """Runs in SQLite or PostgreSQL; see `RunStore` for what it does and which threads may use it.

    Args:
        url: a SQLAlchemy URL, e.g. sqlite:////srv/paddock.db or postgresql://user:secret@host/paddock. The schema is
            created or brought up to date.

    Raises:
        StoreError: the database cannot be opened.
    """

    def __init__(self, url: str) -> None:
        self._engine = open_engine(url)
        self._sweep()

    def add(self, run: Run) -> None:
        """Take in a run that has no events yet; one that is there already stays as it is."""
        with writing(self._engine) as connection:
            if find_key(connection, run.id) is not None:
                return
            try:
                with connection.begin_nested():
                    connection.execute(
                        insert(RunRow).values(**run_columns(run), **{"name": "", **label_columns(labels_of(run))})
                    )
            except IntegrityError:
                return  # another server was quicker

    def append(self, run_id: str, events: Sequence[Event]) -> Run:
        """Take in events in order of seq and return the run as it stands then."""
        with writing(self._engine) as connection:
            row = connection.execute(select_runs().where(RunRow.id == run_id).with_for_update()).first()
            if row is None:
                raise unknown(run_id)
            before = run_from(row)
            news = [event for event in events if event.seq > before.last_seq]
            if not news:
                return before
            points = RunPoints(connection, row.key)
            _make_way(connection, row.key, points, before.last_seq, news[0])
            connection.execute(
                insert(EventRow),
                [
                    {"run_key": row.key, "seq": each.seq, "t": each.t, "type": each.type.value, "data": each.data}
                    for each in news
                ],
            )
            folding = Fold(before)
            for event in news:
                if event.type is EventType.POINTS:
                    for point in event.data["points"]:
                        points.add(int(point["step"]), float(point["t"]), point["values"])
                elif event.type is EventType.REWOUND:
                    points.rewind(int(event.data["to_step"]))
                folding.take(event, points)
            points.flush()
            after = folding.run
            columns = run_columns(after, before)
            columns["state"][_READING] = row.state.get(_READING)
            connection.execute(update(RunRow).where(RunRow.key == row.key).values(**columns))
            return after

    def label(self, run_id: str, labels: Labels) -> Run:
        """Replace what people wrote on the run."""
        with writing(self._engine) as connection:
            connection.execute(update(RunRow).where(RunRow.id == run_id).values(**label_columns(labels)))
            return run_of(connection, run_id)

    def observe(self, run_id: str, *, damage: str, reading: Mapping[str, Any] | None = None) -> None:
        """Note what the server found out about the run by itself."""
        self._note(run_id, {"damage": damage, _READING: dict(reading) if reading else None})

    def hear(self, run_id: str, silent_since: float | None, silence: str) -> None:
        """Note since when the run's worker has not answered, and what is done about it."""
        self._note(run_id, {"silent_since": silent_since, "silence": silence})

    def _note(self, run_id: str, found: Mapping[str, Any]) -> None:
        with writing(self._engine) as connection:
            row = connection.execute(select_runs().where(RunRow.id == run_id).with_for_update()).first()
            if row is None:
                raise unknown(run_id)
            known = row.state if isinstance(row.state, dict) else {}
            state = {**known, **found}
            connection.execute(update(RunRow).where(RunRow.key == row.key).values(state=state))

    def delete(self, run_id: str) -> None:
        """Forget the run with all its events and points; without effect if there is none."""
        with writing(self._engine) as connection:
            key = find_key(connection, run_id)
            if key is None:
                return
            connection.execute(delete(RunRow).where(RunRow.key == key))
            connection.execute(insert(DeletedRow).values(run_key=key))
        self._sweep()

    def get(self, run_id: str) -> Run:
        """The run of that id."""
        with reading(self._engine) as connection:
            return run_of(connection, run_id)

    def find(self, filter: RunFilter) -> tuple[list[Run], int]:
        """Fitting runs, pinned ones first, then in the order asked for; and how many fit without limit and offset."""
        conditions: list[ColumnElement[bool]] = []
        if filter.status:
            conditions.append(RunRow.status.in_([status.value for status in filter.status]))
        if filter.system:
            conditions.append(RunRow.system == filter.system)
        if filter.tag:
            conditions.append(RunRow.tag_text.contains(f"\n{filter.tag}\n", autoescape=True))
        if filter.text:
            fields = (RunRow.id, RunRow.name, RunRow.notes)
            conditions.append(or_(*(each.icontains(filter.text, autoescape=True) for each in fields)))
        with reading(self._engine) as connection:
            total = connection.scalar(select(func.count()).select_from(RunRow).where(*conditions)) or 0
            rows = connection.execute(
                select_runs()
                .where(*conditions)
                .order_by(RunRow.pinned.desc(), *_order(filter), RunRow.created.desc(), RunRow.id.desc())
                .limit(filter.limit)
                .offset(filter.offset)
            )
            return [run_from(row) for row in rows], total

    def standings(self) -> dict[str, Standing]:
        """Of every run, how far its journal was taken in."""
        with reading(self._engine) as connection:
            rows = connection.execute(select_runs()).all()
        return {row.id: _standing(row) for row in rows}

    def newest(self) -> Run | None:
        """The run created last of those that can be read, None if there is none."""
        readable = select_runs().where(RunRow.system != "")
        with reading(self._engine) as connection:
            row = connection.execute(readable.order_by(RunRow.created.desc(), RunRow.id.desc()).limit(1)).first()
            return run_from(row) if row else None

    def events(self, run_id: str, *, since: int = 0, limit: int = 1000, types: Sequence[EventType] = ()) -> list[Event]:
        """The first `limit` events with a greater seq than `since`, of these types or of all."""
        with reading(self._engine) as connection:
            wanted = select_events(key_of(connection, run_id)).where(EventRow.seq > since)
            if types:
                wanted = wanted.where(EventRow.type.in_([type.value for type in types]))
            return [event_from(row) for row in connection.execute(wanted.order_by(EventRow.seq).limit(limit))]

    def series(
        self,
        run_id: str,
        names: Sequence[str] = (),
        *,
        start: int | None = None,
        end: int | None = None,
        points: int = 1000,
    ) -> Mapping[str, Series]:
        """Effective points of the named metrics (of all, if none is named) from step `start` to `end` inclusive."""
        return self.series_at(run_id, names, start=start, end=end, points=points)[1]

    def series_at(
        self,
        run_id: str,
        names: Sequence[str] = (),
        *,
        start: int | None = None,
        end: int | None = None,
        points: int = 1000,
    ) -> tuple[int, Mapping[str, Series]]:
        """The seq of the last event, and the series as of that event."""
        with reading(self._engine) as connection:
            wanted = select_series(key_of(connection, run_id))
            if names:
                wanted = wanted.where(SeriesRow.name.in_(names))
            last_seq: int = connection.scalars(select(RunRow.last_seq).where(RunRow.id == run_id)).one()
            return last_seq, {
                name: read_series(connection, series_key, count, start, end, points)
                for name, series_key, count in connection.execute(wanted).all()
            }

    def history(self, run_id: str, limit: int) -> list[Measured]:
        """The newest `limit` effective points in order of step."""
        with reading(self._engine) as connection:
            found: dict[tuple[int, float], dict[str, float | None]] = {}
            for name, key, count in connection.execute(select_series(key_of(connection, run_id))).all():
                for step, t, value in read_newest(connection, key, count, limit):
                    found.setdefault((step, t), {})[name] = value
        newest = sorted(found.items(), key=itemgetter(0))[-limit:]
        return [Measured(step, t, values) for (step, t), values in newest]

    def close(self) -> None:
        """Let go of the database; safe twice."""
        self._engine.dispose()

    def _sweep(self) -> None:
        """Remove what deleted runs left, a little at a time: in one piece it would keep everybody else waiting."""
        with reading(self._engine) as connection:
            keys = connection.scalars(select(DeletedRow.run_key)).all()
        for key in keys:
            self._sweep_run(key)

    def _sweep_run(self, run_key: int) -> None:
        with reading(self._engine) as connection:
            series = connection.execute(
                select(SeriesRow.key, SeriesRow.count).where(SeriesRow.run_key == run_key)
            ).all()
            # Seqs of a damaged journal may be far apart, so rows are counted.
            numbered = select(EventRow.seq, func.row_number().over(order_by=EventRow.seq).label("n")).where(
                EventRow.run_key == run_key
            )
            rows = numbered.subquery()
            seqs = connection.scalars(select(rows.c.seq).where(rows.c.n % SWEEP_ROWS == 0).order_by(rows.c.seq)).all()
        steps = [
            delete(PointRow).where(PointRow.series_key == key, PointRow.level == 0, PointRow.n < end)
            for key, count in series
            for end in range(SWEEP_ROWS, count, SWEEP_ROWS)
        ]
        steps += [delete(PointRow).where(PointRow.series_key == key) for key, _ in series]
        steps += [delete(EventRow).where(EventRow.run_key == run_key, EventRow.seq <= seq) for seq in seqs]
        steps += [delete(table).where(table.run_key == run_key) for table in (EventRow, SeriesRow, DeletedRow)]
        for step in steps:
            with writing(self._engine) as connection:
                connection.execute(step)


def _standing(row: Row[Any]) -> Standing:
    run = run_from(row)
    reading = row.state.get(_READING) if isinstance(row.state, dict) else None
    return Standing(run.last_seq, run.system != "", run.status.is_active, run.damage, reading)


def _make_way(connection: Connection, run_key: int, points: RunPoints, last_seq: int, first: Event) -> None:
    """Remove events that the compacted event `first` stands for, with their points, so that they do not count twice."""
    first_seq = first.data.get("first_seq", first.seq)
    if first_seq > last_seq:
        return
    old = EventRow.seq >= first_seq
    measured: Counter[str] = Counter()
    for row in connection.execute(select_events(run_key).where(old)):
        for point in row.data["points"]:
            measured.update(point["values"].keys())
    points.drop_newest(measured)
    connection.execute(delete(EventRow).where(EventRow.run_key == run_key, old))


def _order(filter: RunFilter) -> list[ColumnElement[Any]]:
    """What comes before age in the order of runs; of the queue, the oldest is the next."""
    if filter.order == "newest":
        return []
    rank = case({status.value: place for status, place in STATUS_ORDER.items()}, value=RunRow.status, else_=0)
    return [rank, case((RunRow.status == RunStatus.QUEUED.value, RunRow.created), else_=0.0)]
