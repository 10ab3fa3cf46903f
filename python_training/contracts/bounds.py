"""Bounds of the fields that name none themselves: no number, text or list from outside is without an end."""

from __future__ import annotations

from typing import Any

MAX_INTEGER = 2**53 - 1
"""The greatest whole number that every reader of JSON keeps exact."""

MAX_FLOAT = 1e15
"""Beyond it a float no longer tells whole numbers and halves apart, and squares of sums overflow soon."""

MAX_TEXT = 10_000
MAX_ITEMS = 1_000_000
MAX_KEYS = 10_000

_INNER = ("schema", "items_schema", "keys_schema", "values_schema", "extras_schema", "lax_schema", "json_schema")


def bound(schema: Any) -> None:
    """Give each number, text, list and mapping of a pydantic core schema the bounds that it lacks, in place."""
    match schema.get("type"):
        case "int":
            _limit(schema, "ge", "gt", -MAX_INTEGER)
            _limit(schema, "le", "lt", MAX_INTEGER)
        case "float":
            _limit(schema, "ge", "gt", -MAX_FLOAT)
            _limit(schema, "le", "lt", MAX_FLOAT)
        case "str" if "pattern" not in schema:
            _limit(schema, "max_length", "max_length", MAX_TEXT)
        case "list" | "set" | "frozenset":
            _limit(schema, "max_length", "max_length", MAX_ITEMS)
        case "tuple" if schema.get("variadic_item_index") is not None:
            _limit(schema, "max_length", "max_length", MAX_ITEMS)
        case "dict":
            _limit(schema, "max_length", "max_length", MAX_KEYS)
    for name in _INNER:
        if isinstance(schema.get(name), dict):
            bound(schema[name])
    fields = schema.get("fields", {})
    choices = schema.get("choices", ())
    inner = [
        *(fields.values() if isinstance(fields, dict) else fields),
        *(choices.values() if isinstance(choices, dict) else choices),
        *(schema.get("items_schema", ()) if schema.get("type") == "tuple" else ()),
        *schema.get("definitions", ()),
    ]
    for each in inner:
        part = each[0] if isinstance(each, tuple) else each  # a choice may stand with its label
        if isinstance(part, dict):
            bound(part)


def _limit(schema: dict[str, Any], name: str, other: str, value: float) -> None:
    if schema.get(name) is None and schema.get(other) is None:
        schema[name] = value
