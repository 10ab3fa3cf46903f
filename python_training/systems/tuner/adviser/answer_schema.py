"""The form that answers must have, as JSON Schema: decoding is held to it, and so are servers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from python_training.contracts.objective import Parameter

MAX_REASON = 160
"""Letters of a reason. Bounded so that an answer always fits into its tokens."""

DIGITS = 3
"""Significant digits of a range that values are given in: the games tell no finer differences."""


def answer_schema(parameters: Sequence[Parameter], max_changes: int) -> dict[str, Any]:
    """A reason, then one to `max_changes` changes, each of a known parameter to a value of its range.

    A parameter whose range is one value is left out.

    Keys are in the order in which they are written, so the reason comes before what it is the reason for. All is in
    the subset that servers take under `"strict": true`.
    """
    free = [parameter for parameter in parameters if parameter.low < parameter.high]
    return {
        "type": "object",
        "properties": {
            "reason": {"type": "string", "minLength": 1, "maxLength": MAX_REASON},
            "changes": {
                "type": "array",
                "minItems": 1,
                "maxItems": min(max_changes, len(free)),
                "items": {"anyOf": [_change(parameter) for parameter in free]},
            },
        },
        "required": ["reason", "changes"],
        "additionalProperties": False,
    }


def _change(parameter: Parameter) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {"parameter": {"const": parameter.name}, "value": _value(parameter)},
        "required": ["parameter", "value"],
        "additionalProperties": False,
    }


def _value(parameter: Parameter) -> dict[str, Any]:
    if parameter.integer:
        return {"type": "integer", "minimum": math.ceil(parameter.low), "maximum": math.floor(parameter.high)}
    step = value_step(parameter)
    # A grid that misses an end of the range would make that end a value that the schema refuses itself.
    low, high = math.ceil(round(parameter.low / step, 9)), math.floor(round(parameter.high / step, 9))
    return {
        "type": "number",
        "minimum": _on_grid(low, step),
        "maximum": _on_grid(high, step),
        "multipleOf": step,
    }


def value_step(parameter: Parameter) -> float:
    """The distance of two neighbouring values in an answer, a power of ten.

    Without it a model writes digits until its tokens are spent.
    """
    return float(10.0 ** math.floor(math.log10((parameter.high - parameter.low) / 10**DIGITS)))


def _on_grid(index: int, step: float) -> float:
    return float(f"{index * step:.12g}")
