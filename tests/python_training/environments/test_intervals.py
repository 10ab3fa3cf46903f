from __future__ import annotations

import pytest

from python_training.environments.intervals import mean_interval, t_quantile, wilson_interval


@pytest.mark.parametrize(
    ("freedom", "expected"), [(1, 12.706), (2, 4.303), (3, 3.182), (4, 2.776), (9, 2.262), (29, 2.045), (99, 1.984)]
)
def test_t_quantile_agrees_with_the_printed_table(freedom: int, expected: float) -> None:
    """The quantile is that of the t table to within 0.2%."""
    assert t_quantile(freedom) == pytest.approx(expected, rel=2e-3)


def test_wilson_interval_agrees_with_a_published_example() -> None:
    """81 of 263 is Newcombe's (1998) example: 0.2553 to 0.3662."""
    assert wilson_interval(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)


def test_wilson_interval_of_all_or_nothing_has_width() -> None:
    """Twenty of twenty does not prove a success rate of exactly one, and no bound leaves [0, 1]."""
    low, high = wilson_interval(20, 20)
    assert (round(low, 3), high) == (0.839, 1.0)
    assert wilson_interval(0, 20) == pytest.approx((0.0, 1 - low))


@pytest.mark.parametrize(("successes", "trials"), [(0, 0), (3, 2), (-1, 5)])
def test_wilson_interval_refuses_impossible_counts(successes: int, trials: int) -> None:
    """Counts that no experiment gives are an error."""
    with pytest.raises(ValueError, match="successes"):
        wilson_interval(successes, trials)


def test_mean_interval_is_students() -> None:
    """For 1..5: mean 3, standard error 0.7071, t(4) 2.776."""
    assert mean_interval([1, 2, 3, 4, 5]) == pytest.approx((3 - 1.963, 3 + 1.963), abs=2e-3)


def test_mean_of_one_value_has_no_interval() -> None:
    """One value says nothing of the spread."""
    assert mean_interval([7.0]) is None
