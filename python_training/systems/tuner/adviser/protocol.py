"""What the run and an adviser's process say to each other: one JSON object a line, over its pipes.

The run says the member's spec first, then questions. The process says `ready` or `failed` first, then one `answer` or
`refused` for each question.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from python_training.systems.tuner.adviser.providers.base import Generated, Question

MAX_LINE = 4_000_000
"""Bytes of a line; a longer one ends the conversation."""


@dataclass(frozen=True, slots=True)
class MemberSpec:
    """Who a process is to be.

    Attributes:
        name: for people and records.
        provider: "module:Class" of the provider, which is built from `settings`.
        settings: plain data.
        niceness: how far the process stands back.
        start_timeout_s: it ends itself if it is not ready after so long.
    """

    name: str
    provider: str
    settings: Mapping[str, Any]
    niceness: int
    start_timeout_s: float

    def encode(self) -> bytes:
        """One line."""
        return _line(asdict(self))

    @classmethod
    def decode(cls, line: bytes) -> MemberSpec:
        """The spec that `encode` wrote."""
        return cls(**json.loads(line))


def encode_question(number: int, question: Question, kill_after_s: float) -> bytes:
    """One line: the question, and after how many seconds the process ends itself if it hangs."""
    return _line({"number": number, "kill_after_s": kill_after_s, "question": asdict(question)})


def decode_question(line: bytes) -> tuple[int, Question, float]:
    """Number, question and seconds that `encode_question` wrote."""
    raw = json.loads(line)
    return raw["number"], Question(**raw["question"]), raw["kill_after_s"]


def encode_ready(description: Mapping[str, Any]) -> bytes:
    """The provider is built."""
    return _line({"type": "ready", "description": dict(description)})


def encode_failed(message: str) -> bytes:
    """The provider cannot work here; the process ends."""
    return _line({"type": "failed", "message": message})


def encode_answer(number: int, generated: Generated, seconds: float) -> bytes:
    """What question `number` was answered."""
    return _line({"type": "answer", "number": number, "seconds": seconds, **asdict(generated)})


def encode_refused(number: int, message: str, seconds: float) -> bytes:
    """Question `number` got no answer."""
    return _line({"type": "refused", "number": number, "seconds": seconds, "message": message})


def _line(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, separators=(",", ":")).encode() + b"\n"
