"""Everything that can be set in a Battlesnake game, and what it measures. Light to import."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Self

from pydantic import Field, model_validator

from python_training.contracts.config import StrictModel, validate
from python_training.contracts.errors import ConfigError
from python_training.contracts.metrics import MetricSpec
from python_training.simulators.battlesnake.rules.modes import MAX_SIDE, MAX_SNAKES, MODES

Opponent = Literal["random-safe", "hungry", "space-filler", "hunter", "territorial"]
"""Scripted players by name, weakest first."""


class RewardsConfig(StrictModel):
    """What pays and what costs the snake that learns."""

    win: float = Field(default=1.0, description="For being the only one left; in solo there is no winning.")
    loss: float = Field(default=-1.0, description="For dying.")
    draw: float = Field(default=-0.5, description="For dying together with the last of the others.")
    turn: float = Field(default=0.002, description="For every turn survived.")
    food: float = Field(default=0.02, description="For every food eaten.")


class BattlesnakeConfig(StrictModel):
    """A game and its settings, named as in the official API but in snake_case."""

    mode: Literal["standard", "solo", "royale", "wrapped", "constrictor", "wrapped_constrictor"] = Field(
        default="standard", description="The official ruleset."
    )
    map: Literal["auto", "standard", "royale", "empty"] = Field(
        default="auto", description="What places food and hazards; auto takes the one that belongs to the mode."
    )
    width: int = Field(default=11, ge=3, le=MAX_SIDE, description="Cells in a row.")
    height: int = Field(default=11, ge=3, le=MAX_SIDE, description="Cells in a column.")
    food_spawn_chance: int = Field(
        default=15, ge=0, le=100, description="Food appears when 100 - (0 to 99) is below this, so 15 means 14 percent."
    )
    minimum_food: int = Field(default=1, ge=0, le=MAX_SIDE**2, description="Food is topped up to this number.")
    hazard_damage_per_turn: int = Field(
        default=14, ge=-100, le=100, description="Health lost per hazard under the head; negative heals."
    )
    shrink_every_n_turns: int = Field(
        default=25, ge=1, le=10_000, description="Turns between two growths of the hazards on the royale map."
    )
    max_turns: int = Field(
        default=2000, ge=1, le=30_000, description="A game that lasts longer ends as a draw of those alive."
    )
    opponents: tuple[Opponent, ...] = Field(
        default=("hungry",),
        max_length=MAX_SNAKES - 1,
        description="Scripted players against whom an environment's snake plays.",
    )
    rewards: RewardsConfig = Field(default=RewardsConfig(), description="What pays and what costs.")

    @property
    def chosen_map(self) -> str:
        """The map itself where the config says auto."""
        return MODES[self.mode].default_map if self.map == "auto" else self.map

    @property
    def snakes(self) -> int:
        """Seats in an environment's game: the learning snake and its opponents."""
        return 1 + len(self.opponents)

    @model_validator(mode="after")
    def _holds_its_snakes(self) -> Self:
        # As on the official boards of uneven side, where snakes start on cells of one colour.
        room = (self.width * self.height + 1) // 2
        if self.snakes > room:
            raise ValueError(f"a board of {self.width} x {self.height} holds {room} snakes, opponents included")
        return self

    def evaluation(self) -> BattlesnakeConfig:
        """The same game: nothing in it is there for training only."""
        return self

    def game(self, teams: Sequence[int]) -> BattlesnakeConfig:
        """The same game with a seat for each of `teams`, which mean nothing: every snake plays for itself.

        Raises:
            ConfigError: so many snakes cannot play it.
        """
        seats = len(teams)
        if seats > MAX_SNAKES:
            raise ConfigError(f"seats: at most {MAX_SNAKES} snakes can play, got {seats}.", field="seats")
        if seats <= MODES[self.mode].last_standing:
            raise ConfigError(
                f"seats: '{self.mode}' is over with {seats} snake, since it has won.",
                field="seats",
                hint="Add another snake, or choose the mode solo.",
            )
        others = ("random-safe",) * (seats - 1)
        return validate(BattlesnakeConfig, {**self.model_dump(), "opponents": others})


METRICS = (
    MetricSpec(
        name="success_rate",
        title="Win rate",
        panel="Win rate",
        better="higher",
        doc="Share of games that the learning snake won; in solo, share of games that reached the turn limit.",
    ),
    MetricSpec(
        name="turns_survived",
        title="Turns survived",
        panel="Survival",
        better="higher",
        doc="Turns until the snake died or the game ended.",
    ),
    MetricSpec(
        name="final_length",
        title="Final length",
        panel="Growth",
        better="higher",
        doc="Segments of the snake at the end.",
    ),
)
