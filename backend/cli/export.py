"""Writes the metrics of a run as a table: one row a point, one column a metric."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TextIO

from backend.cli.run_state import plain_value
from python_training.contracts.errors import PaddockError, UnknownNameError

if TYPE_CHECKING:
    from python_training.runtime.run_folder import RunFolder


def write_metrics(folder: RunFolder, names: Sequence[str], format: Literal["csv", "json"], output: Path | None) -> int:
    """Write the points of a run to `output` (None: stdout) and return how many there were.

    A point has the columns step, t (Unix seconds) and the metrics `names` (none: all that the run declared). A metric
    that a point lacks is empty in CSV and null in JSON, where the whole is `{run, metrics, points: [{...}]}`. Points
    that the journal has compacted stand as their mean.

    Raises:
        UnknownNameError: the run declares no metric of that name.
        PaddockError: the file cannot be written.
    """
    from python_training.runtime.journal import effective_points, read_events

    declared = [spec.name for spec in folder.spec().metrics]
    for name in names:
        if name not in declared:
            raise UnknownNameError.among("metric", name, declared, field="metrics")
    columns = list(names) or declared
    rows = [
        {"step": step, "t": t, **{name: plain_value(values.get(name)) for name in columns}}
        for step, t, values in effective_points(read_events(folder.path))
        if any(name in values for name in columns)
    ]
    with _opened(output) as file:
        if format == "json":
            json.dump({"run": folder.id, "metrics": columns, "points": rows}, file, allow_nan=False)
            file.write("\n")
        else:
            writer = csv.DictWriter(file, ["step", "t", *columns], lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    return len(rows)


@contextmanager
def _opened(output: Path | None) -> Iterator[TextIO]:
    if output is None:
        yield sys.stdout
        return
    try:
        with output.open("w", newline="") as file:
            yield file
    except OSError as error:
        raise PaddockError(f"{output} cannot be written: {error.strerror}.") from error
