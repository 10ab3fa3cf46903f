"""What the pattern network can be told. Light to import: Keras is not."""

from __future__ import annotations

from pydantic import Field

from python_training.contracts.config import StrictModel

MAX_WINNING_PATTERNS = 50
"""Winning settings that are remembered, and as many losing ones."""

TOP_CONSISTENT_PARAMS = 5
"""Parameters that are told of."""


class PatternConfig(StrictModel):
    """The network that learns what winning settings have in common."""

    max_winning_patterns: int = Field(
        MAX_WINNING_PATTERNS, ge=10, le=1000, description="Winners remembered, and as many losers: the newest ones."
    )
    top_consistent_params: int = Field(
        TOP_CONSISTENT_PARAMS, ge=1, le=50, description="Parameters that patterns tell of and proposals change."
    )
    min_winners: int = Field(10, ge=2, le=1000, description="So many winners, and losers, before anything is learnt.")
    refit_every: int = Field(10, ge=1, le=1000, description="New outcomes after which the network is trained anew.")
    hidden: int = Field(16, ge=1, le=512, description="Units of the layers before and after the code.")
    code: int = Field(6, ge=1, le=128, description="Units of the code that a setting is squeezed through.")
    epochs: int = Field(200, ge=1, le=10_000, description="Passes over what is remembered, all of it in one batch.")
    learning_rate: float = Field(0.01, gt=0, le=1, description="Of Adam.")
    noise: float = Field(
        0.05,
        ge=0,
        le=1,
        description="Standard deviation, as a share of a range, of what is added to inputs in training.",
    )
    step: float = Field(
        2.0, ge=0, le=100, description="How far proposals go beyond winners, in distances from losers to winners."
    )
