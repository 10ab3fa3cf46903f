"""Small runs of the tuner on a problem whose truth is known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from python_training.contracts.config import validate
from python_training.systems.tuner.config import TunerConfig

BOWL = "python_training.testing.bowl_objective:BowlObjective"
SMALL: dict[str, Any] = {
    "objective": BOWL,
    "objective_config": {"rivals": ["weak", "strong"]},
    "games": 100,
    "min_improvement": 0.05,
    "baseline_games": 100,
    "tournament_games": 40,
    "use_llm": False,
    "use_neural_net": False,
    "search": {"games_per_candidate": 100},
    "accept": {"confirmation": {"improvement": 0.03}, "non_regression": {"margin": 0.1}},
    "git": {"enabled": False},
}
"""A run that decides on a candidate within tens of milliseconds."""


@pytest.fixture
def small() -> Callable[..., TunerConfig]:
    """Makes the small config, with changes to it."""
    return lambda **changes: validate(TunerConfig, {**SMALL, **changes})
