from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from python_training.contracts.errors import ConfigError
from python_training.contracts.objective import Parameter
from python_training.systems.tuner.search.cube import Cube

MIXED = (
    Parameter("a.ratio", 0.1, 1000.0, 5.0, ""),
    Parameter("a.plain", -2.0, 3.0, 0.0, ""),
    Parameter("a.whole", 1, 6, 2, "", integer=True),
    Parameter("a.whole_ratio", 1, 500, 20, "", integer=True),
    Parameter("a.between", 0.5, 3.5, 2, "", integer=True),
)
VALUES = {"a.ratio": 5.0, "a.plain": 0.0, "a.whole": 2.0, "a.whole_ratio": 20.0, "a.between": 2.0}


@settings(deadline=None)  # the time of one call says nothing on a busy machine
@given(st.lists(st.floats(-3, 4), min_size=5, max_size=5))
def test_every_point_is_a_setting_within_its_ranges(coordinates: list[float]) -> None:
    """Whatever a source proposes is within the ranges, with whole numbers where they are asked for."""
    cube = Cube(MIXED)
    values = cube.values(np.array(coordinates))
    for parameter in MIXED:
        assert parameter.low <= values[parameter.name] <= parameter.high
        assert not parameter.integer or values[parameter.name] == int(values[parameter.name])


@settings(deadline=None)  # the time of one call says nothing on a busy machine
@given(st.lists(st.floats(0, 1), min_size=5, max_size=5))
def test_a_snapped_point_stays_where_it_is(coordinates: list[float]) -> None:
    """What is remembered of a match is what was played."""
    cube = Cube(MIXED)
    snapped = cube.snap(np.array(coordinates))
    assert np.allclose(cube.snap(snapped), snapped, atol=1e-12)
    assert np.allclose(cube.point(cube.values(snapped)), snapped, atol=1e-12)


def test_wide_ranges_are_measured_in_ratios() -> None:
    """A tenfold change is the same distance wherever it begins."""
    cube = Cube(MIXED)
    low, middle, high = (cube.point({**VALUES, "a.ratio": value})[0] for value in (1.0, 10.0, 100.0))
    assert middle - low == pytest.approx(high - middle) == pytest.approx(0.25)


@pytest.mark.parametrize("value", [1.0, 2.0, 3.0, 5.0, 6.0])
def test_a_least_step_reaches_the_neighbours_of_an_integer(value: float) -> None:
    """Both sides of a match differ in an integer parameter, also at the ends of its range."""
    cube = Cube(MIXED)
    point = cube.point({**VALUES, "a.whole": value, "a.whole_ratio": 40 * value})
    step = cube.least_steps(point)
    above, below = cube.values(point + step), cube.values(point - step)
    for name in ("a.whole", "a.whole_ratio", "a.between"):
        assert 1 <= above[name] - below[name] <= 2
    assert step[0] == step[1] == 0.0


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        ({"a.whole": 2.5}, "a.whole", "whole number"),
        ({"a.plain": 4.0}, "a.plain", "-2 to 3"),
        ({"a.plain": float("nan")}, "a.plain", "-2 to 3"),
        ({"a.other": 1.0}, "a.other", "no such parameter"),
    ],
)
def test_a_value_that_cannot_be_is_refused_by_name(change: dict[str, float], field: str, said: str) -> None:
    """The error names the parameter and what was expected."""
    with pytest.raises(ConfigError, match=said) as caught:
        Cube(MIXED).point({**VALUES, **change})
    assert caught.value.field == field


@pytest.mark.parametrize("low_high", [(1.0, 1.0), (2.0, 1.0), (0.0, float("inf"))])
def test_a_range_that_holds_nothing_is_refused(low_high: tuple[float, float]) -> None:
    """An empty or endless range is an error at once, not a division by zero later."""
    with pytest.raises(ConfigError, match="range"):
        Cube([Parameter("a.b", *low_high, low_high[0], "")])


def test_an_integer_range_without_a_whole_number_is_refused() -> None:
    """From 0.2 to 0.8 there is none."""
    with pytest.raises(ConfigError, match="no whole number"):
        Cube([Parameter("a.b", 0.2, 0.8, 0.5, "", integer=True)])
