"""What a run has told so far: metrics, events and log."""

from __future__ import annotations

import os
from typing import Any

from backend.api.answers import EventsAnswer, LogAnswer, MetricsAnswer
from backend.api.blueprint import group
from backend.api.context import context
from backend.api.requests import EventsQuery, LogQuery, RunPath, SeriesQuery
from python_training.contracts.errors import RunDamagedError, UnknownNameError
from python_training.runtime.plain_file import open_plain_file

MAX_LOG_BYTES = 1_000_000

api = group("metrics", "Metrics, events and log of a run.")


@api.get("/runs/<string:run>/metrics", responses={200: MetricsAnswer})
def get_metrics(path: RunPath, query: SeriesQuery) -> dict[str, Any]:
    """Get metrics by step, thinned to buckets that keep minimum and maximum."""
    run = context().runs.get(path.run)
    names = [name.strip() for name in query.names.split(",") if name.strip()]
    known = [spec.name for spec in run.metrics]
    for name in names:
        if name not in known:
            raise UnknownNameError.among("metric", name, known, field="names")
    last_seq, series = context().store.series_at(run.id, names, start=query.start, end=query.end, points=query.points)
    return {
        "run": run.id,
        "last_seq": last_seq,
        "series": {name: each.to_dict() for name, each in series.items()},
    }


@api.get("/runs/<string:run>/events", responses={200: EventsAnswer})
def get_events(path: RunPath, query: EventsQuery) -> dict[str, Any]:
    """Get journalled events in order of seq."""
    run = context().runs.get(path.run)
    events = context().store.events(run.id, since=query.since, limit=query.limit, types=query.event_types())
    return {"events": [event.to_dict() for event in events], "last_seq": run.last_seq}


@api.get("/runs/<string:run>/log", responses={200: LogAnswer})
def get_log(path: RunPath, query: LogQuery) -> dict[str, Any]:
    """Get the end of what the worker printed, or a part of it from a byte offset on."""
    log = context().runs.folder(path.run).log_path
    try:
        with os.fdopen(open_plain_file(log), "rb") as file:
            size = file.seek(0, 2)
            offset = max(0, size - query.tail) if query.offset is None else min(query.offset, size)
            file.seek(offset)
            text = file.read(min(MAX_LOG_BYTES, size - offset))
    except FileNotFoundError:
        return {"text": "", "offset": 0, "size": 0}
    except OSError as error:
        raise RunDamagedError(f"{log.name} cannot be read: {error.strerror}.") from error
    return {"text": text.decode(errors="replace"), "offset": offset, "size": size}
