"""The text door: what comes out, and what is said of lines that make no sense."""

from __future__ import annotations

import io
import json
import time

import pytest

from python_training.simulators.battlesnake.rules.door import MAX_LINE_BYTES, answer, serve_lines


def line(**changes):
    """A sound request of two snakes, with top-level parts replaced."""
    return {
        "ruleset": "standard",
        "settings": {"foodSpawnChance": 15, "minimumFood": 1, "hazardDamagePerTurn": 14},
        "board": {
            "width": 11,
            "height": 11,
            "food": [{"x": 5, "y": 6}, {"x": 0, "y": 0}],
            "hazards": [{"x": 9, "y": 9}],
            "snakes": [
                {"id": "a", "name": "A", "health": 50, "body": [{"x": 5, "y": 5}, {"x": 5, "y": 4}]},
                {"id": "b", "health": 50, "body": [{"x": 0, "y": 9}, {"x": 1, "y": 9}]},
            ],
        },
        "moves": {"a": "up", "b": "left"},
        **changes,
    }


def test_a_line_is_answered_with_the_next_board():
    """Board, eliminations and gameOver, with what the rules do not touch handed through."""
    reply = answer(json.dumps(line()))
    assert reply["eliminated"] == [{"id": "b", "cause": "wall-collision", "by": ""}]
    assert reply["gameOver"] is True
    assert reply["board"] == {
        "width": 11,
        "height": 11,
        "food": [{"x": 0, "y": 0}],
        "hazards": [{"x": 9, "y": 9}],
        "snakes": [
            {
                "id": "a",
                "name": "A",
                "health": 100,
                "head": {"x": 5, "y": 6},
                "body": [{"x": 5, "y": 6}, {"x": 5, "y": 5}, {"x": 5, "y": 5}],
                "length": 3,
            }
        ],
    }


def changed(path, value):
    """The sound request with one value somewhere replaced."""
    request = line()
    *way, last = path
    place = request
    for key in way:
        place = place[key]
    place[last] = value
    return request


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        ([], "line"),
        (line(ruleset="squad"), "ruleset"),
        (line(ruleset=None), "ruleset"),
        (line(board=None), "board"),
        (line(moves=None), "moves"),
        (line(moves={"a": 3}), "moves.a"),
        (line(settings=[]), "settings"),
        (line(settings={"hazardDamagePerTurn": 1.5}), "settings.hazardDamagePerTurn"),
        (changed(["board", "width"], 0), "board.width"),
        (changed(["board", "height"], 26), "board.height"),
        (changed(["board", "height"], True), "board.height"),
        (changed(["board", "snakes"], [{}] * 9), "board.snakes"),
        (changed(["board", "snakes", 1, "id"], "a"), "board.snakes[1].id"),
        (changed(["board", "snakes", 1, "id"], ""), "board.snakes[1].id"),
        (changed(["board", "snakes", 0, "health"], "50"), "board.snakes[0].health"),
        (changed(["board", "snakes", 0, "body"], []), "board.snakes[0].body"),
        (changed(["board", "snakes", 0, "body", 1], {"x": 1}), "board.snakes[0].body[1]"),
        (changed(["board", "food", 0], {"x": 1.0, "y": 2}), "board.food[0]"),
        (changed(["board", "hazards"], {}), "board.hazards"),
        (changed(["board", "hazards"], [{"x": 0, "y": 0}] * 5001), "board.hazards"),
    ],
)
def test_a_fault_is_named_by_its_field(request_, field):
    """The error says where, what was expected and what came, in few words."""
    error = answer(json.dumps(request_))["error"]
    assert error["field"] == field
    assert error["code"] == "invalid_line"
    assert "expected" in error["message"]
    assert len(error["message"]) < 300


@pytest.mark.parametrize("text", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"ruleset": NaN}', b"9" * 5_000])
def test_what_is_no_json_is_refused(text):
    """Broken text, wrong bytes, bottomless nesting: an answer each, no crash."""
    assert answer(text)["error"]["code"] == "invalid_line"


def test_every_line_gets_its_answer_in_order():
    """Bad and overlong lines do not stop those behind them; blank lines are passed over."""
    good = json.dumps(line()).encode()
    sink = io.BytesIO()
    source = io.BytesIO(b"\n".join([good, b"nonsense", b"", b" " + b"x" * (3 * MAX_LINE_BYTES), good]))
    assert serve_lines(source, sink) == 2
    replies = [json.loads(reply) for reply in sink.getvalue().splitlines()]
    assert ["error" in reply for reply in replies] == [False, True, True, False]
    assert "bytes" in replies[2]["error"]["message"]


def test_the_door_answers_two_thousand_lines_a_second():
    """Measured in this process's own time, so that a busy machine does not matter."""
    text = json.dumps(line(moves={"a": "up", "b": "up"}))
    answer(text)
    began = time.process_time()
    for _ in range(1000):
        answer(text)
    assert time.process_time() - began < 0.5
