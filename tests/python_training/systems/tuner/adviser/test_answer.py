from __future__ import annotations

import json
from typing import Any

import pytest

from python_training.contracts.objective import Parameter
from python_training.systems.tuner.adviser.answer import MAX_ANSWER, Answer, MalformedAnswerError, read_answer


def _read(parameters: tuple[Parameter, ...], text: str) -> Answer:
    return read_answer(text, parameters, {each.name: each.default for each in parameters}, 3)


def _told(*changes: tuple[Any, Any], reason: Any = "more room") -> str:
    return json.dumps({"reason": reason, "changes": [{"parameter": name, "value": value} for name, value in changes]})


def test_a_good_answer_is_read(parameters: tuple[Parameter, ...]) -> None:
    """Values by name, and the reason; of a parameter named twice the first value holds."""
    text = _told(("weights.space", 7.5), ("hybrid.lookahead_depth", 3), ("weights.space", 9))
    assert _read(parameters, text) == Answer({"weights.space": 7.5, "hybrid.lookahead_depth": 3.0}, "more room")


def test_a_number_in_quotes_is_a_number(parameters: tuple[Parameter, ...]) -> None:
    """Models quote numbers now and then, and what they mean is plain."""
    assert _read(parameters, _told(("weights.space", " 7.5"))).values == {"weights.space": 7.5}


def test_what_changes_nothing_is_dropped(parameters: tuple[Parameter, ...]) -> None:
    """The incumbent's own value is no change; an answer of nothing else is malformed."""
    assert _read(parameters, _told(("weights.space", 5), ("offset", 1))).values == {"offset": 1.0}
    with pytest.raises(MalformedAnswerError, match="changes nothing"):
        _read(parameters, _told(("weights.space", 5)))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "not JSON"),
        ("weights.space should be 7.5", "not JSON"),
        ("{}", "reason and changes"),
        ("[" * 15_000, "not JSON"),
        ("x" * (MAX_ANSWER + 1), "at most"),
        (_told(("weights.space", 7.5)) + " and more", "not JSON"),
        (_told(), "changes: expected a list of 1 to 3"),
        (_told(*[("weights.space", 7.5)] * 4), "changes: expected a list of 1 to 3"),
        (_told(("weights.space", 7.5), reason=" "), "reason: expected some words"),
        (_told(("space", 7.5)), r"changes\[0\].parameter: expected one of the parameters, got \"space\""),
        (_told((["weights.space"], 7.5)), r"changes\[0\].parameter"),
        (_told(("weights.space", "about 7.5")), r"changes\[0\].value: expected a number"),
        (_told(("weights.space", True)), "expected a number"),
        (_told(("weights.space", float("nan"))), "expected a number"),
        (_told(("weights.space", 7), ("weights.space", 1000.5)), r"changes\[1\].value: expected 0.1 to 1000 for"),
        (_told(("hybrid.lookahead_depth", 2.5)), "expected a whole number"),
        ('{"reason": "x", "changes": [7]}', r"changes\[0\]: expected an object"),
        ('{"reason": "x", "changes": [{"parameter": "offset"}]}', r"changes\[0\]: expected an object"),
    ],
)
def test_what_was_not_asked_for_is_refused(parameters: tuple[Parameter, ...], text: str, fault: str) -> None:
    """The message says where and what."""
    with pytest.raises(MalformedAnswerError, match=fault):
        _read(parameters, text)
