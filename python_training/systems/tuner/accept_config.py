"""The accept rule's numbers. Light to import."""

from __future__ import annotations

from typing import Annotated, Literal, Self, TypeVar

from pydantic import Field, model_validator

from python_training.contracts.config import StrictModel

MOST_PAIRS = 1_000_000
"""Pairs that a stage may be given; a decision has seeds for a few more (`seeds.PAIRS_PER_BLOCK`)."""
_BY_THE_TEST = "null: four times what the test takes where it takes longest."

NormalisedElo = Annotated[float, Field(ge=-300, le=300)]
ModelT = TypeVar("ModelT", bound=StrictModel)


def _rising(model: ModelT, bounds: tuple[float, float]) -> ModelT:
    if not bounds[0] < bounds[1]:
        raise ValueError(f"normalised_elo: H0 must lie below H1, got {list(bounds)}")
    return model


class StageOneConfig(StrictModel):
    """The first test: is the candidate better at all? Its H1 on the mean score is min_improvement above even."""

    alpha: float = Field(default=0.05, gt=0, lt=0.5, description="Chance to pass a candidate that is no better.")
    beta: float = Field(default=0.05, gt=0, lt=0.5, description="Chance to reject one that is as good as H1 says.")
    max_pairs: int | None = Field(
        default=None, ge=1, le=MOST_PAIRS, description=f"Pairs after which it is rejected; {_BY_THE_TEST}"
    )
    normalised_elo: tuple[NormalisedElo, NormalisedElo] = Field(
        default=(0.0, 14.0), description="H0 and H1 where the test is normalised_elo; 14 is about 2 points."
    )

    @model_validator(mode="after")
    def _rises(self) -> Self:
        return _rising(self, self.normalised_elo)


class ConfirmationConfig(StrictModel):
    """The second test, on fresh seeds. It alone makes the gain that is reported."""

    improvement: float = Field(
        default=0.01, gt=0, lt=0.5, description="H1: mean score above even, 0.01 is one point in a hundred games."
    )
    alpha: float = Field(default=0.01, gt=0, lt=0.5, description="Chance to confirm a candidate that is no better.")
    beta: float = Field(default=0.05, gt=0, lt=0.5, description="Chance not to confirm one as good as H1 says.")
    max_pairs: int | None = Field(
        default=None, ge=1, le=MOST_PAIRS, description=f"Pairs after which it is not confirmed; {_BY_THE_TEST}"
    )
    normalised_elo: tuple[NormalisedElo, NormalisedElo] = Field(
        default=(0.0, 7.0), description="H0 and H1 where the test is normalised_elo; 7 is about 1 point."
    )

    @model_validator(mode="after")
    def _rises(self) -> Self:
        return _rising(self, self.normalised_elo)


class NonRegressionConfig(StrictModel):
    """The third test: the candidate must do as well as the incumbent against everybody in the pool."""

    enabled: bool = Field(default=True, description="Whether a confirmed candidate must pass it.")
    margin: float = Field(
        default=0.03,
        gt=0,
        lt=0.5,
        description="H0: mean score against the pool has fallen by this much; H1: not at all.",
    )
    alpha: float = Field(default=0.05, gt=0, lt=0.5, description="Chance to pass one that is worse by the margin.")
    beta: float = Field(default=0.05, gt=0, lt=0.5, description="Chance to refuse one that is not worse.")
    max_pairs: int | None = Field(
        default=None,
        ge=1,
        le=MOST_PAIRS,
        description=f"Pairs of each side, all rivals together, then it is refused; {_BY_THE_TEST}",
    )


class AcceptConfig(StrictModel):
    """What a candidate must pass before it is committed."""

    test: Literal["mean_score", "normalised_elo"] = Field(
        default="mean_score", description="What the first two tests' hypotheses are about."
    )
    no_difference_pairs: int = Field(
        default=100,
        ge=1,
        le=MOST_PAIRS,
        description="So many pairs at the beginning, all of them even, mean that there is no difference.",
    )
    stage_one: StageOneConfig = Field(default=StageOneConfig(), description="Is the candidate better at all?")
    confirmation: ConfirmationConfig = Field(default=ConfirmationConfig(), description="Is it still, on fresh seeds?")
    non_regression: NonRegressionConfig = Field(
        default=NonRegressionConfig(), description="Does it do as well against others?"
    )
