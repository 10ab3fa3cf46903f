"""JSON as Go's decoder reads it into texts; the cases were derived from encoding/json's documentation and scanner."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from python_training.simulators.battlesnake.remote.go_json import NoText, read_object

TAKEN = [
    (b'{"move": "up"}', "up"),
    (b' \t\r\n{ "move" : "up" } \n', "up"),
    (b'{"MOVE": "up"}', "up"),
    (b'{"move": "left", "Move": "up"}', "up"),
    (b'{"move": "left", "MOVE": "down", "move": "up"}', "up"),
    (b'{"move": "up", "move": null}', "up"),
    (b'{"move": "\\u0075p"}', "up"),
    (b'{"move": "up", "shout": "\xff\xfe\xc3"}', "up"),
    (b'{"move": "up", "\xff": 1}', "up"),
    (b'{"move": "up", "shout": null}', "up"),
    (b'{"move": "up", "shout": "\\ud800"}', "up"),
    (b'{"move": "up", "x": 1e999, "y": -0.0E-1, "z": [true, false, null, {}, [], {"move": 5}]}', "up"),
    (b'{"move": "up", "x": ' + b"9" * 5_000 + b"}", "up"),
    (b'{"move": "up", "x": ' + b"[" * 9_000 + b"]" * 9_000 + b"}", "up"),
    (b"{}", None),
]

REFUSED = [
    b"",
    b" ",
    b"null",
    b"[]",
    b'"up"',
    b"up",
    b"{",
    b"}",
    b'{"move"}',
    b'{"move": }',
    b'{"move": "up"',
    b'{"move": "up",}',
    b'{"move": "up"}}',
    b'{"move": "up"} x',
    b'{"move": "up"}{}',
    b'{move: "up"}',
    b"{'move': 'up'}",
    b'{"move": NaN}',
    b'{"x": Infinity}',
    b'{"x": -Infinity}',
    b'{"x": 01}',
    b'{"x": .5}',
    b'{"x": 1.}',
    b'{"x": +1}',
    b'{"x": 0x1}',
    b'{"x": 1e}',
    b'{"x": tru}',
    b'{"x": truex}',
    b'{"x": "\n"}',
    b'{"x": "\x00"}',
    b'{"x": "\\x41"}',
    b'{"x": "\\u12"}',
    b'{"x": [1,]}',
    b'{"x": [1 2]}',
    b'{"x": [}]}',
    b'{"x": {]}}',
    b'{"x": {"y" 1}}',
    b'{"x": {1: 2}}',
    b"{,}",
    b'{"x"::1}',
    b'{"x": 1,, "y": 2}',
    b"\xef\xbb\xbf{}",
    b'{"x": 1}\x00',
    b'{"x":\xa01}',
    b'{"x": ' + b"[" * 10_001 + b"]" * 10_001 + b"}",
    b'{"x": /* no */ 1}',
    '{"move": "up"}'.encode("utf-16"),
]


@pytest.mark.parametrize(("body", "move"), TAKEN, ids=lambda case: str(case)[:40])
def test_what_go_takes_is_taken(body: bytes, move: str | None) -> None:
    """Keys in any case, the last of several, null for nothing, bytes that are no UTF-8, long numbers, deep brackets."""
    assert read_object(body).get("move") == move


@pytest.mark.parametrize("body", REFUSED, ids=lambda body: str(body)[:40])
def test_what_go_refuses_is_refused(body: bytes) -> None:
    """With a ValueError that is short, whatever came."""
    with pytest.raises(ValueError, match=r".") as refused:
        read_object(body)
    assert len(str(refused.value)) < 400


@pytest.mark.parametrize("value", ["5", "true", "[]", "{}", "[5]", '{"a": "b"}'])
def test_what_is_no_text_is_told_and_never_made_good(value: str) -> None:
    """A type that does not fit is an error in Go, also where the key comes again with a text."""
    assert isinstance(read_object(f'{{"shout": {value}}}'.encode())["shout"], NoText)
    assert isinstance(read_object(f'{{"shout": {value}, "Shout": "x"}}'.encode())["shout"], NoText)
    assert isinstance(read_object(f'{{"\u017fhout": {value}}}'.encode())["shout"], NoText)


@given(
    st.dictionaries(
        st.text("abcdefgh", min_size=1), st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists)
    )
)
def test_whatever_python_writes_is_read(document: dict[str, object]) -> None:
    """Texts come back as they were."""
    found = read_object(json.dumps(document).encode())
    assert set(found) == {name for name, value in document.items() if value is not None}
    assert all(found[name] == value for name, value in document.items() if isinstance(value, str))


@given(st.binary(max_size=200) | st.text('{}[]":,\\ a1e-.ntrue\x00', max_size=60).map(str.encode))
def test_anything_is_read_or_refused(body: bytes) -> None:
    """No other exception; what is taken is an object for Python, too, once its bytes are put right."""
    try:
        read_object(body)
    except ValueError:
        return
    assert isinstance(json.loads(body.decode(errors="replace")), dict)
