"""A run's points as TensorBoard event files, written with tensorboard's own record writer and without TensorFlow.

The files are a copy for a familiar tool, never a source: what cannot be written is left out, the journal has it.
"""

from __future__ import annotations

import contextlib
import math
import time
from pathlib import Path
from typing import Any

from python_training.contracts.trainer import Point
from python_training.runtime.output import complain

_FLUSH_S = 1.0
_REOPEN_S = 30.0


class TensorBoardWriter:
    """Writes one event file for each life of a worker; TensorBoard reads the files of a folder in order of name.

    Args:
        folder: the run's tb/ folder.
        rewound_to: the step that a resumed run goes on from. TensorBoard then drops what earlier files say about
            later steps (a SessionLog START does that for all steps from its own on).
    """

    def __init__(self, folder: Path, *, rewound_to: int | None = None) -> None:
        self._folder = folder
        self._rewound_to = rewound_to
        self._file: Any = None
        self._records: Any = None
        self._flushed = 0.0
        self._retry_at = 0.0

    def add(self, point: Point) -> None:
        """Write the finite values of a point."""
        # protobuf and numpy come with these: a worker imports them only after its number of threads is set.
        from tensorboard.compat.proto.event_pb2 import Event
        from tensorboard.compat.proto.summary_pb2 import Summary

        values = [
            Summary.Value(tag=name, simple_value=value) for name, value in point.values.items() if math.isfinite(value)
        ]
        self._write(Event(wall_time=time.time(), step=point.step, summary=Summary(value=values)))

    def flush(self) -> None:
        """Hand everything to the operating system."""
        if self._file is not None:
            try:
                self._file.flush()
                self._flushed = time.monotonic()
            except OSError as error:
                self._give_up(error)

    def close(self) -> None:
        """Flush and close the file. Safe twice; a later `add` begins a new file."""
        self.flush()
        if self._file is not None:
            self._file.close()
            self._file = None

    def _write(self, event: Any) -> None:
        now = time.monotonic()
        if self._file is None:
            if now < self._retry_at:
                return
            try:
                self._open()
            except OSError as error:
                self._give_up(error)
                return
        try:
            self._records.write(event.SerializeToString())
        except OSError as error:
            self._give_up(error)
            return
        if now - self._flushed > _FLUSH_S:
            self.flush()

    def _open(self) -> None:
        from tensorboard.compat.proto.event_pb2 import Event, SessionLog
        from tensorboard.summary.writer.record_writer import RecordWriter

        self._folder.mkdir(parents=True, exist_ok=True)
        # Nanoseconds keep the names of two quick restarts apart and in order.
        self._file = (self._folder / f"events.out.tfevents.{time.time_ns():020d}.paddock").open("xb")
        self._records = RecordWriter(self._file)
        self._records.write(Event(wall_time=time.time(), file_version="brain.Event:2").SerializeToString())
        if self._rewound_to is not None:
            start = SessionLog(status=SessionLog.START)
            event = Event(wall_time=time.time(), step=self._rewound_to + 1, session_log=start)
            self._records.write(event.SerializeToString())
            self._rewound_to = None

    def _give_up(self, error: OSError) -> None:
        """Leave a file with a torn record behind and try a new one later."""
        complain(f"TensorBoard's files cannot be written: {error.strerror}.")
        self._retry_at = time.monotonic() + _REOPEN_S
        file, self._file = self._file, None
        if file is not None:
            with contextlib.suppress(OSError):  # what it still holds has no room either
                file.close()
