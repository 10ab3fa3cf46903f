"""Plain data from outside: JSON and YAML that are finite, unambiguous, and shallow enough for whatever reads on.

Python's own readers take NaN, let the last of two equal keys win, and hand on nesting of any depth, at which something
behind them fails: a RecursionError in a validator, a database's integer overflow, an answer that is no JSON.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from typing import Any, NoReturn

import yaml

from python_training.contracts.errors import ConfigError
from python_training.contracts.number_text import DECIMAL

MAX_DEPTH = 64
"""Lists and mappings within each other."""

MAX_VALUES = 500_000
"""Numbers, texts, lists and mappings in all; one that YAML refers to often counts each time."""

MAX_INTEGER_BITS = 64

_TOO_DEEP = f"Lists and mappings may lie at most {MAX_DEPTH} deep within each other."


def read_json(text: str | bytes) -> Any:
    """The value of a JSON text.

    Raises:
        ConfigError: it is not JSON (NaN is not), not UTF-8, too deep, has a key twice or a number beyond 64 bits.
    """
    try:
        value = json.loads(
            text.decode() if isinstance(text, bytes) else text,
            object_pairs_hook=_unique,
            parse_constant=_no_constant,
            parse_float=_finite,
            parse_int=_integer,
        )
    except UnicodeDecodeError as error:
        raise ConfigError(f"Not UTF-8: {error.reason} at byte {error.start}.") from None
    except RecursionError:
        raise ConfigError(_TOO_DEEP) from None
    except ValueError as error:
        raise ConfigError(f"Not JSON: {error}.") from None
    check_shape(value)
    return value


def read_yaml(text: str) -> Any:
    """The value of a YAML text; `1e-4` is a number as in YAML 1.2.

    Raises:
        ConfigError: it is not YAML, too deep, or unfolds to too many values.
    """
    try:
        value = yaml.load(text, Loader=_Loader)  # noqa: S506  # a SafeLoader
    except RecursionError:
        raise ConfigError(_TOO_DEEP) from None
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        # Where, and not what: the message may come to be read by somebody who must not read the file.
        mark = getattr(error, "problem_mark", None)
        where = f" (line {mark.line + 1}, column {mark.column + 1})" if mark else ""
        raise ConfigError(f"Neither YAML nor JSON{where}.") from None
    check_shape(value)
    return value


def check_shape(value: Any) -> None:
    """Raise ConfigError if `value` lies too deep, holds too much, or an integer beyond 64 bits."""
    level: Sequence[Any] = (value,)
    values = 0
    for _ in range(MAX_DEPTH + 1):
        values += len(level)
        if values > MAX_VALUES:
            raise ConfigError(f"There may be at most {MAX_VALUES:,} values.")
        below: list[Any] = []
        is_bottom = True
        for each in level:
            if isinstance(each, (dict, list, tuple, set)):
                is_bottom = False
            if isinstance(each, dict):
                below.extend(each.values())
            elif isinstance(each, (list, tuple, set)):
                below.extend(each)
            elif isinstance(each, int) and each.bit_length() > MAX_INTEGER_BITS:
                raise ConfigError(f"An integer may have at most {MAX_INTEGER_BITS} bits.")
            if len(below) > MAX_VALUES:
                break
        if is_bottom:
            return
        level = below
    raise ConfigError(_TOO_DEEP)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise ConfigError(f"The key '{key[:100]}' is there twice.", field=key[:100])
            seen.add(key)
    return found


def _no_constant(name: str) -> NoReturn:
    raise ConfigError(f"{name} is not a number of JSON.")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ConfigError(f"The number {digits[:40]} is too large.")
    return number


def _integer(digits: str) -> int:
    if len(digits) > MAX_INTEGER_BITS:  # no integer of so many digits fits, and reading long ones takes long
        raise ConfigError(f"The number {digits[:40]}... is too large.")
    return int(digits)


_MERGE = "tag:yaml.org,2002:merge"


class _Loader(yaml.SafeLoader):
    """Takes `1e-4` for the number that it is in YAML 1.2 and JSON; for PyYAML it is a text."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Construct a mapping unless a key is there twice."""
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.tag != _MERGE:
                if key.value in seen:
                    raise ConfigError(f"The key '{key.value[:100]}' is there twice.", field=key.value[:100])
                seen.add(key.value)
        return super().construct_mapping(node, deep)

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Compose a node unless it lies too deep."""
        self._depth = getattr(self, "_depth", 0) + 1
        if self._depth > MAX_DEPTH + 1:
            raise ConfigError(_TOO_DEEP)
        try:
            return super().compose_node(parent, index)
        finally:
            self._depth -= 1


_Loader.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(rf"(?:{DECIMAL})$"), list("+-.0123456789"))
