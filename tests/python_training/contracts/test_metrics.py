from __future__ import annotations

import json
import math

import pytest

from python_training.contracts.metrics import Aggregate, MetricSpec, StepUnit, combine, is_better, primary_metric

HIGH = MetricSpec("score", "Score", "For tests.", better="higher", primary=True)
LOW = MetricSpec("loss", "Loss", "For tests.", better="lower")


def test_a_spec_survives_json() -> None:
    """run.json carries specs as plain objects."""
    assert MetricSpec.from_dict(HIGH.to_dict()) == HIGH


def test_exactly_one_metric_is_primary() -> None:
    """What is best must mean one thing."""
    assert primary_metric([LOW, HIGH]) is HIGH
    for specs in ([LOW], [HIGH, HIGH], []):
        with pytest.raises(ValueError, match="Exactly one metric must be primary"):
            primary_metric(specs)


@pytest.mark.parametrize(
    ("spec", "new", "old", "better"),
    [
        (HIGH, 2.0, 1.0, True),
        (HIGH, 1.0, 1.0, False),
        (LOW, 1.0, 2.0, True),
        (LOW, 2.0, 1.0, False),
        (HIGH, -5.0, None, True),
        (HIGH, math.nan, None, False),
        (HIGH, math.inf, 1.0, False),
    ],
)
def test_better_follows_the_direction(spec: MetricSpec, new: float, old: float | None, better: bool) -> None:
    """Equal is not better, the first value is, NaN and infinity never are."""
    assert is_better(spec, new, old) is better


@pytest.mark.parametrize(
    ("aggregate", "expected"), [("mean", 2.0), ("min", 1.0), ("max", 3.0), ("last", 2.0), ("sum", 6.0)]
)
def test_several_values_become_one(aggregate: Aggregate, expected: float) -> None:
    """Each metric says how."""
    assert combine([1.0, 3.0, 2.0], aggregate) == expected


def test_a_spec_survives_json_and_specs_of_older_runs_are_read() -> None:
    """run.json holds them, and one written before a field existed still says all that it said."""
    spec = MetricSpec("llr", "LLR", "Of a test.", begins_anew_with=("decision", "stage"))
    raw = json.loads(json.dumps(spec.to_dict()))
    assert MetricSpec.from_dict(raw) == spec
    del raw["begins_anew_with"]
    assert MetricSpec.from_dict(raw).begins_anew_with == ()


def test_steps_are_counted_in_words() -> None:
    """One is in the singular, and digits are grouped."""
    assert StepUnit().count(12_000) == "12,000 steps"
    assert [StepUnit("game", "games").count(number) for number in (0, 1, 2)] == ["0 games", "1 game", "2 games"]
