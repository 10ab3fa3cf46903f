"""JSON in SQLite is compressed without a loss, and what earlier versions wrote can still be read."""

from __future__ import annotations

import json
import random
import zlib
from typing import Any

import pytest
from sqlalchemy.dialects import postgresql, sqlite

from backend.store.sql.models import PackedJson


def through(value: Any) -> Any:
    """What comes back of a value that was stored."""
    return read(packed(value))


def packed(value: Any) -> bytes:
    """What is stored for a value."""
    bind = PackedJson().bind_processor(sqlite.dialect())
    assert bind is not None
    stored = bind(value)
    assert isinstance(stored, bytes)
    return stored


def read(stored: Any) -> Any:
    """The value that was stored as this."""
    result = PackedJson().result_processor(sqlite.dialect(), None)
    assert result is not None
    return result(stored)


@pytest.mark.parametrize("length", [0, 1, 100, 280, 290, 291, 292, 300, 301, 10_000])
def test_texts_of_every_length_come_back(length: int) -> None:
    """Whatever is in them, also where nothing repeats, on both sides of the length from which another form is used."""
    dice = random.Random(length)  # noqa: S311  # the same texts every time
    for _ in range(20):
        value = {"message": "".join(chr(dice.randrange(1, 0xD800)) for _ in range(length))}
        assert through(value) == value
        plain = {"message": "".join(chr(dice.randrange(32, 127)) for _ in range(length))}
        assert through(plain) == plain
    assert through({}) == {}


def test_an_event_of_one_point_takes_half_of_its_room() -> None:
    """The words that all such events have are not stored with each."""
    value = {"points": [{"step": 123_456, "t": 1795944081.123, "values": {"value": -0.1234567890123}}]}
    assert len(packed(value)) < len(json.dumps(value)) / 2


@pytest.mark.parametrize("value", [{"status": "running"}, {"message": "x" * 1000}])
def test_what_earlier_versions_wrote_is_read(value: dict[str, Any]) -> None:
    """Short JSON was kept as text, long JSON in zlib's frame."""
    assert read(json.dumps(value)) == value
    assert read(zlib.compress(json.dumps(value).encode())) == value


def test_postgresql_gets_text() -> None:
    """Its columns of JSON take nothing else, and it compresses by itself."""
    bind = PackedJson().bind_processor(postgresql.dialect())
    assert bind is None or isinstance(bind({"a": "x" * 1000}), str)
