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

What a line says is checked when it is read, since everything that is shown comes from there: numbers are finite, steps
are whole numbers that a database holds. Text that is no text (`contracts.plain_data`) is written and read as escapes.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NoReturn

from python_training.contracts.errors import JournalError
from python_training.contracts.plain_data import is_shallow, shown_plain
from python_training.contracts.reading import MAX_DEPTH
from python_training.contracts.status import RunStatus

MAX_INTEGER = 2**63 - 1
"""The greatest whole number that every database holds."""

MAX_SEQ = 2**53
"""The greatest seq: a browser counts no further without a mistake."""

MAX_NAME = 200
"""Characters of a metric's name."""

_MAX_FLOAT = sys.float_info.max
_SUMMARY = ("min", "max", "mean")


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

    @property
    def first_seq(self) -> int:
        """Seq of the first event that this one stands for: its own, unless it was compacted."""
        first: int = self.data.get("first_seq", self.seq)
        return first

    def to_dict(self) -> dict[str, Any]:
        """The event as one flat JSON object."""
        return {"seq": self.seq, "t": self.t, "type": self.type.value, **self.data}

    def encode(self) -> bytes:
        """One line of the journal, newline included. NaN is an error here: it must have become null before."""
        return json.dumps(self.to_dict(), separators=(",", ":"), allow_nan=False).encode() + b"\n"

    def told(self) -> Event:
        """The event with all its texts as text: a foreign message is never a reason to lose it."""
        return Event(self.seq, self.t, self.type, shown_plain(self.data))

    @classmethod
    def decode(cls, line: bytes | str) -> Event:
        """Read one line of a journal; raises JournalError if it is not an event, or one of its values cannot be."""
        try:
            raw = _DECODER.decode(line.decode() if isinstance(line, bytes) else line)
            seq, t, kind = raw.pop("seq"), raw.pop("t"), raw.pop("type")
            _require(_is_integer(seq, 1) and seq <= MAX_SEQ, "seq", "a whole number above 0", seq)
            _require(_is_number(t), "t", "a finite number", t)
            event = cls(seq, float(t), EventType(kind), raw)
            _CHECKS[event.type](raw)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            wrong = f"{error.args[0]} is missing" if isinstance(error, KeyError) else str(error)
            raise JournalError(f"Not a journal event: {line[:80]!r} ({wrong}).") from error
        escapes = b"\\u" in line if isinstance(line, bytes) else "\\u" in line
        return event.told() if escapes else event


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)


def _is_integer(value: Any, least: int = 0) -> bool:
    return type(value) is int and least <= value <= MAX_INTEGER


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and -_MAX_FLOAT <= value <= _MAX_FLOAT


def _require(holds: bool, name: str, expected: str, got: Any) -> None:
    if not holds:
        raise ValueError(f"{name}: expected {expected}, got {repr(got)[:40]}")


def _check_points(data: Mapping[str, Any]) -> None:
    points = data["points"]
    _require(isinstance(points, list) and bool(points), "points", "a list that is not empty", points)
    if "first_seq" in data:
        _require(_is_integer(data["first_seq"], 1), "first_seq", "a whole number above 0", data["first_seq"])
    for point in points:
        step, t = point["step"], point["t"]
        _require(_is_integer(step), "step", "a whole number from 0 on", step)
        _require(_is_number(t), "t", "a finite number", t)
        for name, value in point["values"].items():
            kind = type(value)
            if (kind is float or kind is int) and -_MAX_FLOAT <= value <= _MAX_FLOAT and len(name) <= MAX_NAME:
                continue
            _require(len(name) <= MAX_NAME, "values", f"names of at most {MAX_NAME} characters", name)
            if isinstance(value, dict):
                numbers = all(_is_number(value.get(part)) for part in _SUMMARY)
                _require(numbers and _is_integer(value.get("count"), 1), name, "min, max, mean and count", value)
            else:
                _require(value is None, name, "a finite number or null", value)


Check = tuple[str, Callable[[Any], bool]]

_TEXT: Check = ("text", lambda value: isinstance(value, str))
_INTEGER: Check = ("a whole number from 0 on", _is_integer)
_NUMBER: Check = ("a finite number", _is_number)
_OBJECT: Check = ("an object", lambda value: isinstance(value, dict))
_STEP_BEFORE: Check = ("a whole number from -1 on", lambda value: _is_integer(value, -1))
_PID: Check = ("the id of a process", lambda value: _is_integer(value, 1) and value < 2**31)
_STATUS: Check = ("a status", lambda value: isinstance(value, str) and value in set(RunStatus))
_LEVEL: Check = ("info, warning or error", lambda value: value in ("info", "warning", "error"))
_VALUES: Check = (
    "an object of numbers",
    lambda value: isinstance(value, dict) and all(each is None or _is_number(each) for each in value.values()),
)


def _fields(required: Mapping[str, Check], optional: Mapping[str, Check]) -> Callable[[Mapping[str, Any]], None]:
    """A check of an event's payload; an optional field may be null, too, and others may be there."""

    def check(data: Mapping[str, Any]) -> None:
        if not is_shallow(data):
            raise ValueError(f"it is nested deeper than {MAX_DEPTH} levels")
        for name, (expected, holds) in required.items():
            _require(holds(data[name]), name, expected, data[name])
        for name, (expected, holds) in optional.items():
            value = data.get(name)
            _require(value is None or holds(value), name, expected, value)

    return check


_CHECKS: Mapping[EventType, Callable[[Mapping[str, Any]], None]] = {
    EventType.POINTS: _check_points,
    EventType.STATUS: _fields(
        {"status": _STATUS},
        {
            "reason": _TEXT,
            "pid": _PID,
            "host": _TEXT,
            "attempt": _INTEGER,
            "delay_s": _NUMBER,
            "total_steps": _INTEGER,
            "step": _INTEGER,
        },
    ),
    EventType.CHECKPOINT: _fields(
        {"step": _INTEGER},
        {"name": _TEXT, "reason": _TEXT, "bytes": _INTEGER, "sha256": _TEXT, "metrics": _VALUES},
    ),
    EventType.HEALTH: _fields({"level": _LEVEL, "code": _TEXT, "message": _TEXT}, {"step": _INTEGER}),
    EventType.LOG: _fields({"message": _TEXT}, {"level": _TEXT}),
    EventType.ACK: _fields(
        {}, {"id": _TEXT, "name": _TEXT, "state": _TEXT, "message": _TEXT, "step": _INTEGER, "result": _OBJECT}
    ),
    EventType.SET: _fields({"step": _INTEGER, "changes": _OBJECT}, {}),
    EventType.RESULT: _fields({}, {"status": _STATUS, "step": _INTEGER, "metrics": _VALUES, "reason": _TEXT}),
    EventType.REWOUND: _fields({"to_step": _STEP_BEFORE}, {}),
}
