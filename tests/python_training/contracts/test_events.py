from __future__ import annotations

import math

import pytest

from python_training.contracts.errors import JournalError
from python_training.contracts.events import Event, EventType


def test_an_event_is_one_line_and_comes_back_equal() -> None:
    """Whatever text it holds, an event is one line of JSON."""
    event = Event(7, 1.5, EventType.LOG, {"level": "info", "message": "two\nlines ☾"})
    line = event.encode()
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    assert Event.decode(line) == event == Event.decode(line.decode())
    assert event.to_dict() == {"seq": 7, "t": 1.5, "type": "log", "level": "info", "message": "two\nlines ☾"}


def test_nan_is_not_encoded() -> None:
    """JSON has no NaN: whoever lets one through finds out at once."""
    with pytest.raises(ValueError, match="not JSON compliant"):
        Event(1, 0.0, EventType.LOG, {"value": math.nan}).encode()


@pytest.mark.parametrize(
    "line", [b"", b"{", b"[]", b"null", b"{}", b'{"seq":1,"t":1}', b'{"seq":"x","t":1,"type":"log"}', b"\xff"]
)
def test_what_is_no_event_is_refused(line: bytes) -> None:
    """The error shows the beginning of the line."""
    with pytest.raises(JournalError, match="Not a journal event"):
        Event.decode(line)


def test_an_unknown_type_is_refused() -> None:
    """A journal of a newer version is not misread."""
    with pytest.raises(JournalError, match="'unheard_of' is not a valid EventType"):
        Event.decode(b'{"seq":1,"t":1,"type":"unheard_of"}')
