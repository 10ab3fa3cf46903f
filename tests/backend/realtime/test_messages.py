"""Events become messages."""

from __future__ import annotations

import json

import pytest

from backend.realtime.messages import Message, messages
from python_training.contracts.events import Event, EventType


def told(type: EventType, **data: object) -> list[tuple[str, dict[str, object]]]:
    """The messages of one event of run "r"."""
    return list(messages("r", Event(7, 12.5, type, data)))


def test_each_point_is_a_metrics_update() -> None:
    """Points that were journalled together are told one by one, and all but the last say how many that makes."""
    points = [{"step": 1, "t": 11.0, "values": {"loss": 0.5}}, {"step": 2, "t": 12.0, "values": {"loss": None}}]
    assert told(EventType.POINTS, points=points) == [
        ("metrics_update", {"run": "r", "seq": 7, "index": 1, "step": 1, "t": 11.0, "values": {"loss": 0.5}}),
        ("metrics_update", {"run": "r", "seq": 7, "step": 2, "t": 12.0, "values": {"loss": None}}),
    ]


@pytest.mark.parametrize(
    ("status", "training"),
    [
        ("queued", True),
        ("running", True),
        ("pausing", False),
        ("paused", False),
        ("stopping", True),
        ("stopped", False),
    ],
)
def test_a_status_tells_whether_it_trains(status: str, training: bool) -> None:
    """A run that pauses is active, but it does not train."""
    ((name, data),) = told(EventType.STATUS, status=status)
    assert name == "training_status"
    assert data == {"run": "r", "seq": 7, "status": status, "is_training": training}


def test_a_reason_is_told_where_there_is_one() -> None:
    """Why a run failed belongs to the status."""
    assert told(EventType.STATUS, status="failed", reason="died")[0][1]["reason"] == "died"


@pytest.mark.parametrize("type", [EventType.LOG, EventType.RESULT])
def test_logs_and_results_are_not_pushed(type: EventType) -> None:
    """They are fetched by REST."""
    assert told(type, message="x") == []


@pytest.mark.parametrize(
    ("type", "name"),
    [
        (EventType.CHECKPOINT, "checkpoint"),
        (EventType.HEALTH, "health"),
        (EventType.ACK, "command_ack"),
        (EventType.SET, "config_updated"),
        (EventType.REWOUND, "rewound"),
    ],
)
def test_other_events_keep_their_payload(type: EventType, name: str) -> None:
    """The payload is the journal's, with run and seq."""
    ((told_name, data),) = told(type, anything=1)
    assert told_name == name
    assert data["run"] == "r"
    assert data["seq"] == 7
    assert data["anything"] == 1


@pytest.mark.parametrize("length", [1, 80, 200, 70_000])
def test_a_frame_is_what_a_websocket_carries(length: int) -> None:
    """Unmasked text, its length in one, three or nine bytes; then packet type 4 (message) and 2 (event), and JSON."""
    message = Message.event("reset", {"run": "r" * length})
    assert message.encode()[0] == 0x81
    assert message.text.startswith("42")
    assert json.loads(message.text[2:]) == ["reset", {"run": "r" * length}]
    assert message.encode().endswith(message.text.encode())
    size = len(message.text)
    head = {True: [size], size > 125: [126, *size.to_bytes(2)] if size < 1 << 16 else [127, *size.to_bytes(8)]}[True]
    assert list(message.encode()[1 : 1 + len(head)]) == head


def test_long_polling_gets_the_same_text() -> None:
    """A client without a WebSocket is told in other wrapping."""
    message = Message.event("health", {"message": "\u00e9"})
    assert message.encode(b64=True) == message.text == '42["health",{"message":"\\u00e9"}]'


def test_an_acknowledgement_carries_the_number_it_was_asked_under() -> None:
    """Packet type 3, the number, and the answer in a list."""
    assert Message.acknowledgement(17, {"ok": True}).text == '4317[{"ok":true}]'


def test_a_frame_that_is_text_already_becomes_the_same_message() -> None:
    """Not parsing it changes nothing of what the client gets."""
    frame = {"t": 1.5, "layers": [{"name": "ships", "still": False, "shapes": []}]}
    whole = Message.event("view_frame", {"session": 'a"b', "frame": frame})
    assert Message.view_frame('a"b', json.dumps(frame, separators=(",", ":"))) == whole
