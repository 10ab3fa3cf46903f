from __future__ import annotations

import pytest

from python_training.systems.neat.config import NEATConfig
from python_training.systems.neat.threshold import Threshold


def _never() -> float:
    raise AssertionError("nothing promising is there to be confirmed")


def test_a_threshold_is_met_by_fitness_trial_and_confirmation() -> None:
    """A lucky generation or a lucky trial does not end a run, nor does a confirmation within the margin."""
    config, threshold = NEATConfig(fitness_threshold=100.0, confirmation_margin=0.05), Threshold()
    assert not threshold.check(config, 1, 99.0, 150.0, _never)
    assert not threshold.check(config, 2, 150.0, 99.0, _never)
    assert not threshold.check(config, 3, 150.0, 150.0, lambda: 104.0)
    assert threshold.finished(config, 3) is None
    assert threshold.check(config, 4, 100.0, 100.0, lambda: 105.0)
    assert "generation 4" in (threshold.finished(config, 4) or "")


def test_without_trials_and_confirmation_the_generation_decides() -> None:
    """That is the source document's plain rule."""
    config = NEATConfig(fitness_threshold=100.0, confirmation_bouts=0, trial_bouts=0)
    assert Threshold().check(config, 1, 100.0, None, _never)
    assert not Threshold().check(config.changed({"fitness_threshold": None}), 1, 1e9, None, _never)


def test_an_adaptive_threshold_is_raised_above_what_met_it() -> None:
    """It goes up by whole steps, and the run ends when it is not met for so many generations."""
    config = NEATConfig(
        fitness_threshold=100.0,
        adaptive_threshold=True,
        threshold_step=0.25,
        threshold_patience=10,
        confirmation_margin=0.05,
    )
    threshold = Threshold()
    assert threshold.value(config) == 100.0
    assert threshold.check(config, 5, 130.0, 130.0, lambda: 125.0)
    assert threshold.value(config) == 150.0
    assert threshold.finished(config, 14) is None
    assert threshold.check(config, 14, 170.0, 170.0, lambda: 160.0)
    assert threshold.value(config) == 175.0
    assert threshold.finished(config, 23) is None
    assert "not within 10 more" in (threshold.finished(config, 24) or "")


@pytest.mark.parametrize("first", [-200.0, 0.0])
def test_an_adaptive_threshold_may_be_negative_or_zero(first: float) -> None:
    """Worlds whose returns are negative have thresholds, too."""
    config = NEATConfig(fitness_threshold=first, adaptive_threshold=True, confirmation_bouts=0)
    threshold = Threshold()
    assert threshold.check(config, 1, first + 1.0, None, _never)
    raised = threshold.value(config)
    assert raised is not None
    assert raised > first


def test_a_raised_threshold_lets_a_finished_run_go_on() -> None:
    """fitness_threshold is live: what met the old one does not meet the new one."""
    config, threshold = NEATConfig(fitness_threshold=100.0, confirmation_bouts=0), Threshold()
    threshold.check(config, 1, 120.0, None, _never)
    assert threshold.finished(config, 1)
    assert threshold.finished(config.changed({"fitness_threshold": 130.0}), 1) is None
