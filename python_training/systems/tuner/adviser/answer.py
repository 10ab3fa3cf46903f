"""Reads what a model generated. Decoding is constrained, but a server may ignore that: all is checked."""

from __future__ import annotations

import contextlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from python_training.contracts.number_text import read_number
from python_training.contracts.objective import Parameter
from python_training.systems.tuner.adviser.answer_schema import MAX_REASON

MAX_ANSWER = 20_000
"""Letters of an answer; a longer one is not read."""


class MalformedAnswerError(ValueError):
    """An answer that is not what was asked for; the message says where."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model said.

    Attributes:
        values: the new value of each parameter that is to change; real changes only.
        reason: its own words.
    """

    values: Mapping[str, float]
    reason: str


def read_answer(text: str, parameters: Sequence[Parameter], incumbent: Mapping[str, float], max_changes: int) -> Answer:
    """Read the generated text, which must hold one JSON object of the answer's schema and nothing else.

    Of a parameter that is named twice the first value holds. A change to the value that the incumbent has is none.

    Raises:
        MalformedAnswerError: it does not fit, or changes nothing.
    """
    if len(text) > MAX_ANSWER:
        raise MalformedAnswerError(f"expected at most {MAX_ANSWER} letters, got {len(text)}")
    raw = _loaded(text)
    reason = raw["reason"]
    if not isinstance(reason, str) or not reason.strip():
        raise MalformedAnswerError(f"reason: expected some words, got {_short(reason)}")
    changes = raw["changes"]
    if not isinstance(changes, list) or not 1 <= len(changes) <= max_changes:
        raise MalformedAnswerError(f"changes: expected a list of 1 to {max_changes}, got {_short(changes)}")
    known = {parameter.name: parameter for parameter in parameters}
    values: dict[str, float] = {}
    for index, change in enumerate(changes):
        name, value = _change(f"changes[{index}]", change, known)
        values.setdefault(name, value)
    real = {name: value for name, value in values.items() if value != incumbent[name]}
    if not real:
        raise MalformedAnswerError("it changes nothing")
    return Answer(real, " ".join(reason.split())[: 2 * MAX_REASON])


def _loaded(text: str) -> dict[str, Any]:
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MalformedAnswerError(f"not JSON: {error}") from error
    if not isinstance(raw, dict) or set(raw) != {"reason", "changes"}:
        raise MalformedAnswerError(f"expected an object of reason and changes, got {_short(raw)}")
    return raw


def _change(where: str, change: Any, known: Mapping[str, Parameter]) -> tuple[str, float]:
    if not isinstance(change, dict) or set(change) != {"parameter", "value"}:
        raise MalformedAnswerError(f"{where}: expected an object of parameter and value, got {_short(change)}")
    name, value = change["parameter"], change["value"]
    parameter = known.get(name) if isinstance(name, str) else None
    if parameter is None:
        raise MalformedAnswerError(f"{where}.parameter: expected one of the parameters, got {_short(name)}")
    if isinstance(value, str):  # models write numbers in quotes, however they were asked
        with contextlib.suppress(ValueError):
            value = read_number(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise MalformedAnswerError(f"{where}.value: expected a number, got {_short(value)}")
    if not parameter.low <= value <= parameter.high:
        raise MalformedAnswerError(
            f"{where}.value: expected {parameter.low:g} to {parameter.high:g} for {name}, got {value:g}"
        )
    if parameter.integer and value != int(value):
        raise MalformedAnswerError(f"{where}.value: expected a whole number for {name}, got {value:g}")
    return parameter.name, float(value)


def _short(value: Any) -> str:
    return json.dumps(value)[:100]
