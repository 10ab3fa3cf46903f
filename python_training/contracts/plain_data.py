r"""The rule for data from outside, in one place for every door: requests, options, files, what runs left on disk.

Text must be text that every database, file and browser can hold, numbers must be finite, and nesting is bounded. JSON
and YAML allow more than that: `"\ud800"` (half a character), `"\u0000"`, NaN, a thousand brackets.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from python_training.contracts.errors import ConfigError
from python_training.contracts.reading import MAX_DEPTH

_NO_TEXT = re.compile("[\x00\ud800-\udfff]")


def check_text(text: str, field: str) -> str:
    """`text`, if all of it is text; raises ConfigError that names `field`, the character and where it stands."""
    found = _NO_TEXT.search(text)
    if found is None:
        return text
    code = ord(found[0])
    what = "a zero character" if code == 0 else f"half of a surrogate pair (U+{code:04X})"
    raise ConfigError(
        f"{field or 'text'}: expected text, got {what} at character {found.start() + 1}.", field=field or None
    )


def check_plain(value: Any, field: str = "") -> None:
    """Raise ConfigError unless `value`, plain data of any depth, keeps the rule; the error names the field at fault.

    Args:
        value: strings, numbers, booleans, None, and lists, tuples and mappings of them. Other objects are passed over:
            whoever takes them has rules of its own.
        field: what `value` is called; names of fields inside of it are appended with dots.
    """
    waiting: list[tuple[Any, str, int]] = [(value, field, 0)]
    while waiting:
        each, where, depth = waiting.pop()
        if isinstance(each, str):
            check_text(each, where)
        elif isinstance(each, float):
            if not math.isfinite(each):
                raise ConfigError(
                    f"{where or 'number'}: expected a finite number, got {json.dumps(each)}.", field=where or None
                )
        elif isinstance(each, Mapping | list | tuple):
            if depth >= MAX_DEPTH:
                top = where.split(".")[0]
                raise ConfigError(f"{top or 'value'}: nested deeper than {MAX_DEPTH} levels.", field=top or None)
            pairs = each.items() if isinstance(each, Mapping) else enumerate(each)
            inside: list[tuple[Any, str, int]] = []
            for key, part in pairs:
                if isinstance(key, str):
                    check_text(key, f"{where}: a name in it" if where else "a name")
                inside.append((part, f"{where}.{key}" if where else str(key), depth + 1))
            waiting.extend(reversed(inside))


def is_shallow(value: Any) -> bool:
    """Whether plain data is nested no deeper than MAX_DEPTH: Python cannot follow everything that JSON can say."""
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        below: list[Any] = []
        for each in level:
            if isinstance(each, Mapping):
                below.extend(each.values())
            elif isinstance(each, list | tuple):
                below.extend(each)
        if not below:
            return True
        level = below
    return False


def shown_text(text: str) -> str:
    """`text` with what is no text written as an escape: for words that are better told changed than not at all."""
    return _NO_TEXT.sub(lambda found: "\\x00" if found[0] == "\x00" else f"\\u{ord(found[0]):04x}", text)


def shown_plain(value: Any) -> Any:
    """Plain data with every text, keys too, as `shown_text` gives it."""
    if isinstance(value, str):
        return shown_text(value)
    if isinstance(value, Mapping):
        return {shown_text(str(key)): shown_plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [shown_plain(part) for part in value]
    return value
