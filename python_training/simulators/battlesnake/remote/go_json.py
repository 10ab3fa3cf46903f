"""JSON as the official engine reads it, which is written in Go (encoding/json).

Differences to Python's own decoder: bytes that are no UTF-8 are replaced, keys fit in any case, null changes nothing,
numbers that nobody asks for are never too long, brackets may be 10,000 deep, and NaN is no JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

MAX_DEPTH: Final = 10_000

_TOKEN: Final = re.compile(
    r"[ \t\r\n]*(?:"
    r'(?P<text>"(?:[^"\\\x00-\x1f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*")'
    r"|(?P<plain>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null)"
    r"|(?P<mark>[\[\]{}:,])"
    r"|(?P<end>\Z))"
)
_VALUE, _KEY, _COLON, _NEXT, _DONE = range(5)
"""What may come: a value, a key, a colon, a comma or a closing bracket, nothing more."""


@dataclass(frozen=True, slots=True)
class NoText:
    """A value that is no text: `source` as it was written, of an object or a list its first bracket."""

    source: str


Value = str | NoText


def read_object(body: bytes) -> Mapping[str, Value]:
    """The fields of the object that `body` is, names in small letters, without those that are null.

    Of fields with one name the last counts, but one that is no text is never made good by another.

    Raises:
        ValueError: Go would refuse it, or it is no object.
    """
    text = body.decode(errors="replace")
    if not text.lstrip(" \t\r\n").startswith("{"):
        raise ValueError(f"expected a JSON object, got {body[:80]!r}")
    fields: dict[str, Value] = {}
    open_marks: list[str] = []
    may, at, name, may_close = _VALUE, 0, "", False
    while True:
        found = _TOKEN.match(text, at)
        if found is None:
            raise ValueError(f"expected JSON, got {text[at : at + 40]!r} at character {at}")
        kind, part, at = found.lastgroup, found[found.lastgroup or 0], found.end()
        top = open_marks[-1] if open_marks else ""
        if kind == "end":
            if may != _DONE:
                raise ValueError("the JSON ends too early")
            return fields
        if kind == "text" and may == _KEY:
            may, name = _COLON, json.loads(part) if len(open_marks) == 1 else ""
        elif part == ":" and may == _COLON:
            may, may_close = _VALUE, False
        elif part in "[{" and may == _VALUE:
            _note(fields, open_marks, name, NoText(part))
            open_marks.append(part)
            if len(open_marks) > MAX_DEPTH:
                raise ValueError(f"JSON of more than {MAX_DEPTH:,} levels")
            may, may_close = (_KEY if part == "{" else _VALUE), True
        elif kind in ("text", "plain") and may == _VALUE:
            if part != "null":
                _note(fields, open_marks, name, json.loads(part) if kind == "text" else NoText(part))
            may = _NEXT
        elif part == "," and may == _NEXT:
            may, may_close = (_KEY if top == "{" else _VALUE), False
        elif top + part in ("{}", "[]") and (may == _NEXT or (may_close and may in (_KEY, _VALUE))):
            open_marks.pop()
            may = _NEXT if open_marks else _DONE
        else:
            raise ValueError(f"unexpected {part[:40]!r} at character {found.start(kind or 0)}")


def _note(fields: dict[str, Value], open_marks: list[str], name: str, value: Value) -> None:
    """Take down a value that belongs to the outermost object."""
    key = name.casefold()
    if len(open_marks) == 1 and not isinstance(fields.get(key), NoText):
        fields[key] = value
