from __future__ import annotations

import math

import numpy as np
import pytest

from python_training.systems.tuner.accept_config import AcceptConfig
from python_training.systems.tuner.decisions.rules import DIFFERENCES, Rules
from python_training.systems.tuner.statistics.sprt import Ruling

CANDIDATES = 300
SLACK = 3 * math.sqrt(CANDIDATES * 0.05 * 0.95)
POOL = (0.04, 0.06, 0.2, 0.2, 0.5)
"""Pair scores against a pool that is beaten: mean 0.765."""


def _passed(loss: float) -> int:
    """How many of the candidates pass whose mean against the pool is `loss` below the incumbent's."""
    test = Rules.of(AcceptConfig(), pairs_per_look=50, min_improvement=0.02).non_regression
    assert test is not None
    worse = (POOL[0] + loss, *POOL[1:4], POOL[4] - loss)
    rng = np.random.default_rng(9)
    passed = 0
    for _ in range(CANDIDATES):
        counts = np.zeros(len(DIFFERENCES), dtype=np.int64)
        while (ruling := test.ruling(counts.tolist())) is Ruling.GOES_ON:
            mine, theirs = (rng.choice(5, size=50, p=chances) for chances in (worse, POOL))
            counts += np.bincount(mine - theirs + 4, minlength=len(DIFFERENCES))
        passed += ruling is Ruling.H1
    return passed


def test_a_candidate_that_is_as_good_against_the_pool_passes() -> None:
    """In 95% at least."""
    assert _passed(0.0) >= 0.95 * CANDIDATES - SLACK


def test_a_candidate_that_has_lost_the_margin_does_not() -> None:
    """In 95% at least; one that has lost twice as much never."""
    assert _passed(0.03) <= 0.05 * CANDIDATES + SLACK
    assert _passed(0.06) == 0


def test_rules_are_the_configs() -> None:
    """Each number of the accept rule reaches its test."""
    accept = AcceptConfig.model_validate(
        {
            "no_difference_pairs": 77,
            "stage_one": {"alpha": 0.1, "beta": 0.2, "max_pairs": 1000},
            "confirmation": {"improvement": 0.015, "alpha": 0.02},
            "non_regression": {"margin": 0.04},
        }
    )
    rules = Rules.of(accept, pairs_per_look=10, min_improvement=0.03)
    assert rules.non_regression is not None
    assert (rules.stage_one.h0, rules.stage_one.h1) == (0.5, 0.53)
    assert (rules.stage_one.alpha, rules.stage_one.beta, rules.stage_one.max_pairs) == (0.1, 0.2, 1000)
    assert (rules.confirmation.h1, rules.confirmation.alpha) == (0.515, 0.02)
    assert (rules.non_regression.h0, rules.non_regression.h1) == (-0.04, 0.0)
    assert {rules.stage_one.no_difference_pairs, rules.confirmation.no_difference_pairs} == {77}
    assert Rules.of(accept, pairs_per_look=10, min_improvement=0.03) == Rules.from_dict(rules.to_dict())
    elo = Rules.of(accept.model_copy(update={"test": "normalised_elo"}), pairs_per_look=10, min_improvement=0.03)
    assert (elo.stage_one.h0, elo.stage_one.h1, elo.confirmation.h1) == (0.0, 14.0, 7.0)


@pytest.mark.parametrize("bounds", [(5.0, 5.0), (5.0, 1.0), (0.0, 1000.0)])
def test_bounds_of_normalised_elo_must_rise(bounds: tuple[float, float]) -> None:
    """And stay where five scores can have such a value."""
    with pytest.raises(ValueError, match="normalised_elo"):
        AcceptConfig.model_validate({"stage_one": {"normalised_elo": bounds}})
