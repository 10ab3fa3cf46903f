from __future__ import annotations

import jsonschema
import pytest

from python_training.contracts.objective import Parameter
from python_training.systems.tuner.adviser.answer_schema import answer_schema, value_step


def _valid(schema: dict[str, object], name: str, value: float) -> bool:
    answer = {"reason": "because", "changes": [{"parameter": name, "value": value}]}
    return bool(jsonschema.Draft202012Validator(schema).is_valid(answer))


def test_values_lie_in_their_ranges(parameters: tuple[Parameter, ...]) -> None:
    """Both ends are allowed, what is beyond them is not; whole numbers stay whole; unknown names are refused."""
    schema = answer_schema(parameters, 3)
    for name, value in (("weights.space", 0.1), ("weights.space", 1000), ("offset", -2.5), ("offset", 7.25)):
        assert _valid(schema, name, value)
    assert _valid(schema, "hybrid.lookahead_depth", 5)
    refused = (("weights.space", 1000.1), ("weights.space", 0), ("offset", -2.6), ("hybrid.lookahead_depth", 2.5))
    for name, value in (*refused, ("hybrid.lookahead_depth", 6), ("weights.unknown", 1)):
        assert not _valid(schema, name, value)


def test_the_number_of_changes_is_bounded(parameters: tuple[Parameter, ...]) -> None:
    """At least one, at most what was said, and never more than there are parameters."""
    change = {"parameter": "weights.space", "value": 1}
    for limit, allowed in ((2, 2), (10, 4)):
        validator = jsonschema.Draft202012Validator(answer_schema(parameters, limit))
        for count in range(12):
            assert validator.is_valid({"reason": "x", "changes": [change] * count}) == (1 <= count <= allowed)


def test_a_parameter_that_cannot_change_is_left_out() -> None:
    """One whose range is a single value is no choice."""
    fixed = Parameter("fixed", 3, 3, 3, "")
    free = Parameter("free", 0, 1, 0.5, "")
    schema = answer_schema((fixed, free), 3)
    assert not _valid(schema, "fixed", 3)
    assert _valid(schema, "free", 1)


@pytest.mark.parametrize(
    ("low", "high", "step"), [(0.1, 1000, 0.1), (0.5, 0.95, 0.0001), (0, 1, 0.001), (-2.5, 7.25, 0.001)]
)
def test_values_have_some_three_digits(low: float, high: float, step: float) -> None:
    """The step is a power of ten, a thousandth of the range or finer."""
    assert value_step(Parameter("x", low, high, low, "")) == pytest.approx(step)
