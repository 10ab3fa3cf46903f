from __future__ import annotations

import json

import numpy as np
import pytest

from python_training.systems.tuner.run.calibration import Calibration


def after(truth: float, tests: int, error: float = 0.01) -> Calibration:
    """Tests of candidates from which the search expects 4 points, and of which that share is there."""
    random = np.random.default_rng(5)
    found = Calibration()
    for _ in range(tests):
        found = found.seen(0.04, truth * 0.04 + error * random.standard_normal(), error)
    return found


def test_before_any_test_what_is_expected_counts() -> None:
    """There is nothing to hold against it."""
    assert Calibration().share == 1.0


def test_tests_that_find_nothing_take_the_expectation_back() -> None:
    """One test takes a good part of it, ten nearly all; what is really there stays, and is never made more."""
    assert after(0.0, 1).share < 0.6
    assert after(0.0, 10).share < 0.2
    assert after(1.0, 10).share == pytest.approx(1.0, abs=0.15)
    assert after(0.5, 200).share == pytest.approx(0.5, abs=0.15)
    assert after(3.0, 10).share == 1.0
    assert after(-3.0, 10).share == 0.0


def test_a_vague_test_says_little() -> None:
    """Ten points of error tell nothing about four of gain, and no expectation tells nothing either."""
    assert after(0.0, 1, error=0.1).share > 0.85
    assert Calibration().seen(0.0, 0.05, 0.01).share == 1.0


def test_it_is_kept_as_json_to_the_bit() -> None:
    """A resumed run believes the same."""
    found = after(0.3, 7)
    assert Calibration.from_dict(json.loads(json.dumps(found.to_dict()))) == found
