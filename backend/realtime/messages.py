"""How journalled events become Socket.IO messages. `log` and `result` events are for REST only."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from python_training.contracts.events import Event, EventType
from python_training.contracts.status import RunStatus

MESSAGE_OVERHEAD_BYTES = 150
"""What a message costs beside its text while it waits: its object, its frame's and a slot of the queue."""


class _CompactJson:
    """The JSON codec of all Socket.IO traffic: no spaces, and NaN is an error rather than invalid JSON."""

    @staticmethod
    def dumps(value: Any, **options: Any) -> str:
        options.setdefault("separators", (",", ":"))
        return json.dumps(value, **options, allow_nan=False)

    @staticmethod
    def loads(text: str | bytes, **options: Any) -> Any:
        return json.loads(text, **options)


COMPACT_JSON = _CompactJson()


class Frames(bytes):
    """WebSocket frames, ready to be written as they are."""


@dataclass(frozen=True, slots=True)
class Message:
    """One Socket.IO message, encoded once however many clients it goes to: as the frame that a WebSocket carries.

    It takes the place of an Engine.IO packet in a client's queue, so it has a packet's `encode`.
    """

    name: str
    frame: Frames

    @property
    def bytes(self) -> int:
        """What it costs while it waits."""
        return len(self.frame) + MESSAGE_OVERHEAD_BYTES

    @property
    def text(self) -> str:
        """The Engine.IO packet as long-polling carries it."""
        length = self.frame[1]
        return self.frame[4 if length == 126 else 10 if length == 127 else 2 :].decode()

    def encode(self, b64: bool = False) -> str | Frames:
        """The packet for long-polling (where Engine.IO asks for `b64`), or for a WebSocket."""
        return self.text if b64 else self.frame

    @classmethod
    def event(cls, name: str, data: Mapping[str, Any]) -> Message:
        """Event `name` with one argument `data`."""
        return cls._of_text(name, f"2{COMPACT_JSON.dumps([name, data])}")

    @classmethod
    def acknowledgement(cls, id: int, data: Mapping[str, Any]) -> Message:
        """The answer to the client's event number `id`."""
        return cls._of_text("", f"3{id}{COMPACT_JSON.dumps([data])}")

    @classmethod
    def view_frame(cls, session: str, frame: str) -> Message:
        """`view_frame {session, frame}` with a frame that is JSON already: sixty a second are not parsed here."""
        head = f'2["view_frame",{{"session":{COMPACT_JSON.dumps(session)},"frame":'
        return cls._of_text("view_frame", f"{head}{frame}}}]")

    @classmethod
    def _of_text(cls, name: str, packet: str) -> Message:
        """A Socket.IO packet within the Engine.IO packet "4" (message) within an unmasked text frame."""
        payload = b"4" + packet.encode()
        size = len(payload)
        if size < 126:
            head = struct.pack("!BB", 0x81, size)
        elif size < 1 << 16:
            head = struct.pack("!BBH", 0x81, 126, size)
        else:
            head = struct.pack("!BBQ", 0x81, 127, size)
        return cls(name, Frames(head + payload))


def training_status(run: str, seq: int, status: RunStatus, reason: str | None = None) -> dict[str, Any]:
    """`{run, seq, status, is_training, reason?}`; a run that pauses makes no progress, so it is not training."""
    training = status.is_active and status not in (RunStatus.PAUSED, RunStatus.PAUSING)
    told: dict[str, Any] = {"run": run, "seq": seq, "status": status.value, "is_training": training}
    return {**told, "reason": reason} if reason else told


def messages(run: str, event: Event) -> Iterator[tuple[str, dict[str, Any]]]:
    """`(name, data)` of every message that `event` of `run` gives rise to."""
    head = {"run": run, "seq": event.seq}
    data = event.data
    match event.type:
        case EventType.POINTS:
            points = data["points"]
            for told, point in enumerate(points, start=1):
                # More points of this event follow: until the last has come, the event is known in part.
                part = {"index": told} if told < len(points) else {}
                told_of = {"step": point["step"], "t": point.get("t", event.t), "values": point["values"]}
                yield "metrics_update", {**head, **part, **told_of}
        case EventType.STATUS:
            yield "training_status", training_status(run, event.seq, RunStatus(data["status"]), data.get("reason"))
        case EventType.CHECKPOINT:
            yield "checkpoint", {**head, "t": event.t, **data}
        case EventType.HEALTH:
            yield "health", {**head, "t": event.t, **data}
        case EventType.ACK:
            yield "command_ack", {**head, **data}
        case EventType.SET:
            yield "config_updated", {**head, **data}
        case EventType.REWOUND:
            yield "rewound", {**head, **data}
        case EventType.LOG | EventType.RESULT:
            return
