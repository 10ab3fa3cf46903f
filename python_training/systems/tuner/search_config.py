"""How candidates are searched. Light to import."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import Field, field_validator, model_validator

from python_training.contracts.config import StrictModel
from python_training.contracts.errors import ConfigError, UnknownNameError
from python_training.contracts.names import Names

SOURCES = ("response_surface", "spsa", "cma_es", "tpe", "crossover", "transfer", "perturbation", "custom")
"""Sources of proposals that a config may weigh. Advice and patterns come through their own queues."""


def _weights() -> dict[str, float]:
    return {
        "response_surface": 4.0,
        "spsa": 2.0,
        "cma_es": 0.5,
        "tpe": 0.5,
        "crossover": 1.0,
        "transfer": 1.0,
        "perturbation": 0.5,
    }


class SearchConfig(StrictModel):
    """Who proposes candidates, and how."""

    sources: Annotated[dict[str, float], Names.NOTHING] = Field(
        default_factory=_weights,
        description="Weight with which each source begins; what is accepted shifts it. A source left out is off.",
    )
    pairs_per_match: int = Field(4, ge=1, le=10_000, description="Mirrored pairs of a search match.")
    games_per_candidate: int = Field(
        1000, ge=0, le=10_000_000, description="Search games between two candidates; advice does not wait for them."
    )
    memory: int = Field(
        2500, ge=50, le=20_000, description="Matches that are remembered one by one; the oldest are forgotten."
    )
    credit_memory: float = Field(
        0.95, gt=0, le=1, description="By this factor old credit counts less with each decision."
    )
    adviser_share: float = Field(
        0.3, ge=0, le=1, description="Share of all proposals that advice and patterns may have, together."
    )
    perturbation_share: float = Field(
        0.15, gt=0, le=1, description="A perturbation changes a parameter by at most this share of its value."
    )
    perturbation_least: int = Field(3, ge=1, le=1000, description="A perturbation changes at least so many parameters.")
    perturbation_most: int = Field(5, ge=1, le=1000, description="A perturbation changes at most so many parameters.")
    stagnation_decisions: int = Field(
        100, ge=1, le=100_000, description="Decisions without acceptance after which the search widens, then restarts."
    )
    transfer_winners: Annotated[tuple[dict[str, float], ...], Names.NOTHING] = Field(
        (), max_length=1000, description="Settings that won in another run; their known parameters are tried here."
    )
    custom: Annotated[str, Names.MODULE] = Field(
        "", max_length=300, description="A source of your own as module:Class; it is on when it has a weight."
    )
    custom_settings: Annotated[dict[str, Any], Names.SETTINGS] = Field(
        default_factory=dict, description="What your own source is built with."
    )

    @field_validator("sources")
    @classmethod
    def _sources_are_known(cls, sources: dict[str, float]) -> dict[str, float]:
        for name, weight in sources.items():
            if name not in SOURCES:
                raise UnknownNameError.among("source of proposals", name, SOURCES, field=f"sources.{name}")
            if weight <= 0:
                raise ConfigError(f"sources.{name}: expected a weight above 0, got {weight}.", field=f"sources.{name}")
        if not {"response_surface", "spsa"} & set(sources):
            raise ConfigError(
                "sources: expected response_surface or spsa at least, which say what search games are played.",
                field="sources",
            )
        return sources

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.perturbation_least > self.perturbation_most:
            raise ConfigError(
                f"perturbation_most: expected at least perturbation_least ({self.perturbation_least}), "
                f"got {self.perturbation_most}.",
                field="perturbation_most",
            )
        if ("custom" in self.sources) != bool(self.custom):
            raise ConfigError(
                "custom: a source of your own needs both a class (custom) and a weight (sources.custom).",
                field="custom",
            )
        return self
