"""How journalled events become Socket.IO messages. `log` and `result` events are for REST only."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import engineio.packet
import socketio.packet

from python_training.contracts.events import Event, EventType
from python_training.contracts.status import RunStatus

PACKET_OVERHEAD_BYTES = 500
"""What a queued packet costs beside its text: two Python objects and a queue's slot (measured: about 400)."""


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


@dataclass(frozen=True, slots=True)
class Message:
    """One Socket.IO message, encoded once however many clients it goes to."""

    name: str
    packet: Any  # engineio.packet.Packet, which ships no types
    bytes: int

    @classmethod
    def encode(cls, name: str, data: Mapping[str, Any]) -> Message:
        """Encode event `name` with one argument `data`."""
        return cls._of_text(name, socketio.packet.Packet(socketio.packet.EVENT, [name, data], namespace="/").encode())

    @classmethod
    def view_frame(cls, session: str, frame: str) -> Message:
        """`view_frame {session, frame}` with a frame that is JSON already: sixty a second are not parsed here."""
        head = f'{socketio.packet.EVENT}["view_frame",{{"session":{COMPACT_JSON.dumps(session)},"frame":'
        return cls._of_text("view_frame", f"{head}{frame}}}]")

    @classmethod
    def _of_text(cls, name: str, text: str) -> Message:
        packet = engineio.packet.Packet(engineio.packet.MESSAGE, text)
        return cls(name, packet, len(text) + PACKET_OVERHEAD_BYTES)


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
            for point in data["points"]:
                yield (
                    "metrics_update",
                    {**head, "step": point["step"], "t": point.get("t", event.t), "values": point["values"]},
                )
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
