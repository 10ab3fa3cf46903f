"""JSON and YAML from outside."""

from __future__ import annotations

from typing import Any

import pytest

from python_training.contracts.errors import ConfigError
from python_training.contracts.reading import MAX_DEPTH, read_json, read_yaml


def nested(depth: int) -> str:
    """Lists within lists."""
    return "[" * depth + "]" * depth


def test_what_configs_hold_is_read() -> None:
    """All of JSON's types, up to the depth that is allowed."""
    assert read_json(b'{"a": [1, 2.5, true, null, "\xc3\xa9"], "b": {}}') == {"a": [1, 2.5, True, None, "é"], "b": {}}
    assert read_json(nested(MAX_DEPTH)) is not None
    assert read_yaml(nested(MAX_DEPTH)) is not None
    assert read_json(str(2**64 - 1)) == 2**64 - 1


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "NaN",
        "-Infinity",
        "1e400",
        "9" * 40,
        "-" + "9" * 5000,
        '{"a": 1, "a": 2}',
        '[{"b": {"a": 1, "a": 1}}]',
        nested(MAX_DEPTH + 1),
        nested(300),
        nested(100_000),
        '{"a":' * 300 + "1" + "}" * 300,
        b"\xff",
        b"{\x00}",
        "[" + "1," * 600_000 + "1]",
    ],
)
def test_json_that_harms_readers_is_refused(text: str | bytes) -> None:
    """With an error that a client can act on, whatever it is."""
    with pytest.raises(ConfigError):
        read_json(text)


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "a: 1\na: 2",
        nested(MAX_DEPTH + 1),
        nested(300),
        "a: &a [*a]",
        "\n".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9 if i else ['x'])}]" for i in range(12)),
        "9" * 5000,
        "!!python/object/apply:os.system [true]",
        "2020-99-99",
        "\x00",
        "? [a]\n: b",
        "!!binary x",
    ],
)
def test_yaml_that_harms_readers_is_refused(text: str) -> None:
    """A page of references that unfolds to billions of values as well as a date that is none."""
    with pytest.raises(ConfigError):
        read_yaml(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [("1e-4", 1e-4), ("-2E5", -2e5), (".5e1", 5.0), ("1.5e+3", 1500.0), ("1e", "1e"), ("e5", "e5"), ("12", 12)],
)
def test_yaml_numbers_are_those_of_json(text: str, value: Any) -> None:
    """`--set learning_rate=1e-4` is a number; PyYAML alone would take it for a text."""
    assert read_yaml(text) == value
    assert type(read_yaml(text)) is type(value)


def test_a_mapping_may_take_over_another_and_change_it() -> None:
    """YAML's merge key is no repetition."""
    assert read_yaml("a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}") == {"a": {"x": 1, "y": 2}, "b": {"x": 1, "y": 3}}


def test_an_error_in_a_file_quotes_nothing_of_it() -> None:
    """Whoever may only name a file learns where it is wrong, not what it says."""
    with pytest.raises(ConfigError) as caught:
        read_yaml("secret: [1,\nother: 2")
    assert "secret" not in caught.value.message
    assert "line 2" in caught.value.message
