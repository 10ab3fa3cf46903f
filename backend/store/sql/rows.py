"""Rows of tables as the domain's values, and back. Columns named `t` and `count` are unpacked: Row has such methods."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from backend.domain.run import Labels, Run
from backend.store.sql.models import EventRow, RunRow, SeriesRow
from python_training.contracts.errors import UnknownNameError
from python_training.contracts.events import Event, EventType

_PROMOTED = ("id", "system", "status", "created", "last_seq", "name", "notes", "tags", "pinned", "config", "metrics")


def unknown(run_id: str) -> UnknownNameError:
    """The error for a run that is not there."""
    return UnknownNameError(f"There is no run '{run_id}'.", field="run")


def select_runs() -> Select[Any]:
    """A statement for whole runs."""
    return select(RunRow.__table__)


def find_key(connection: Connection, run_id: str) -> int | None:
    """The key of a run, None if there is no such run."""
    return connection.scalar(select(RunRow.key).where(RunRow.id == run_id))


def key_of(connection: Connection, run_id: str) -> int:
    """The key of a run; raises UnknownNameError."""
    key = find_key(connection, run_id)
    if key is None:
        raise unknown(run_id)
    return key


def run_of(connection: Connection, run_id: str) -> Run:
    """A run by its id; raises UnknownNameError."""
    row = connection.execute(select_runs().where(RunRow.id == run_id)).first()
    if row is None:
        raise unknown(run_id)
    return run_from(row)


def run_from(row: Row[Any]) -> Run:
    """The run in a row of `select_runs`; what is left of it, if that is no record of a run."""
    try:
        return Run.from_record({**row.state, **{name: getattr(row, name) for name in _PROMOTED}})
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        damage = f"Its record in the database cannot be read ({type(error).__name__}: {error})."
        return Run.unreadable(row.id, damage, row.created)


def run_columns(run: Run, before: Run | None = None) -> dict[str, Any]:
    """The columns that the journal decides; those that seldom change only if they did since `before`."""
    record = run.to_state()
    columns = {name: record[name] for name in ("id", "system", "status", "created", "last_seq")}
    columns["state"] = {name: value for name, value in record.items() if name not in _PROMOTED}
    if before is None or run.config != before.config:
        columns["config"] = dict(run.config)
    if before is None or run.metrics != before.metrics:
        columns["metrics"] = [spec.to_dict() for spec in run.metrics]
    return columns


def labels_of(run: Run) -> Labels:
    """What people wrote on a run."""
    return Labels(run.name, run.notes, run.tags, run.pinned)


def label_columns(labels: Labels) -> dict[str, Any]:
    """The columns that people decide."""
    return {
        "notes": labels.notes,
        "tags": list(labels.tags),
        "tag_text": "".join(f"\n{tag}" for tag in labels.tags) + "\n",
        "pinned": labels.pinned,
        # Without a name of its own the run keeps the one it was made with.
        **({"name": labels.name} if labels.name else {}),
    }


def select_events(run_key: int) -> Select[Any]:
    """A statement for events of a run, in no order yet."""
    return select(EventRow.seq, EventRow.t, EventRow.type, EventRow.data).where(EventRow.run_key == run_key)


def select_series(run_key: int) -> Select[str, int, int]:
    """A statement for name, key and count of every metric of a run, in the order in which they appeared."""
    wanted = select(SeriesRow.name, SeriesRow.key, SeriesRow.count).where(SeriesRow.run_key == run_key)
    return wanted.order_by(SeriesRow.key)


def event_from(row: Sequence[Any]) -> Event:
    """The event in a row of `select_events`."""
    seq, t, type, data = row
    return Event(seq, t, EventType(type), data)
