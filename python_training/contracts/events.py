"""The events of a run's journal.

One event is one JSON object on one line: `{"seq", "t", "type", ...payload}`. `seq` counts up from 1 within a run, `t`
is Unix time in seconds. Payload by type (a key with ? may be absent):

- status: status, reason?, pid?, host?, attempt?, delay_s?, permanent? (of failed: it would fail again in the same way)
- points: points, a list of {step, t, values: {metric: number or null}}. Compacted ones carry {min, max, mean, count} in
  place of a number, and the event has `first_seq`: it stands for all events from there to its own seq.
- checkpoint: step, name, reason (periodic, best, milestone, save, stop, finished, recovered), bytes, sha256 (of the
  manifest), metrics, removed? (true when it is gone, by retention or by hand; such an event has only step and name
  beside)
- health: level (info, warning, error), code, message, step?
- log: level, message
- ack: id, name, state (accepted, refused, done, failed), step?, message?, result?, field? (the argument refused)
- set: step (from which on the changes hold), changes
- result: status, step, metrics, reason
- rewound: to_step (-1: to before the first point); points with a greater step that came before this are superseded
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from python_training.contracts.errors import JournalError


class EventType(StrEnum):
    """What an event tells."""

    STATUS = "status"
    POINTS = "points"
    CHECKPOINT = "checkpoint"
    HEALTH = "health"
    LOG = "log"
    ACK = "ack"
    SET = "set"
    RESULT = "result"
    REWOUND = "rewound"


@dataclass(frozen=True, slots=True)
class Event:
    """One journalled fact. `data` is the payload named in the table above."""

    seq: int
    t: float
    type: EventType
    data: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The event as one flat JSON object."""
        return {"seq": self.seq, "t": self.t, "type": self.type.value, **self.data}

    def encode(self) -> bytes:
        """One line of the journal, newline included. NaN is an error here: it must have become null before."""
        return json.dumps(self.to_dict(), separators=(",", ":"), allow_nan=False).encode() + b"\n"

    @classmethod
    def decode(cls, line: bytes | str) -> Event:
        """Read one line of a journal; raises JournalError if it is not an event."""
        try:
            raw = json.loads(line)
            return cls(int(raw.pop("seq")), float(raw.pop("t")), EventType(raw.pop("type")), raw)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise JournalError(f"Not a journal event: {str(line[:80])!r} ({error}).") from error
