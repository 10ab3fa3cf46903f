"""The commands of sessions and what their arguments must be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from python_training.contracts.config import StrictModel
from python_training.contracts.nudges import Nudge
from python_training.runtime.seats import MAX_SEATS
from python_training.runtime.session_spec import MAX_SPEED, MIN_SPEED

MAX_STEPS = 100
"""Ticks that one step may take: it is taken at once, while nothing else happens."""


class NoArguments(StrictModel):
    """For commands that say all by their name."""


class SpeedArguments(StrictModel):
    """How fast world time runs."""

    value: float = Field(ge=MIN_SPEED, le=MAX_SPEED)


class RestartArguments(StrictModel):
    """Where to begin anew; without a seed, at the one that is played."""

    seed: int | None = Field(None, ge=0, lt=2**32)


class InputArguments(StrictModel):
    """What a person's hands do from now on."""

    thrust: float = Field(0.0, ge=-1, le=1)
    turn: float = Field(0.0, ge=-1, le=1, description="Above 0 is to the left.")
    fire: Annotated[float, Field(ge=0, le=1)] | bool = Field(0.0, description="Fires above 0.5; true counts as 1.")
    seat: int | None = Field(None, ge=0, lt=MAX_SEATS, description="Left out, the first that a person flies.")
    seq: float | None = Field(None, description="A number that grows; an input that was overtaken is not heard.")


class SeatArguments(StrictModel):
    """A seat of the game."""

    seat: int = Field(ge=0, lt=MAX_SEATS)


class FocusArguments(StrictModel):
    """Whose activations frames carry; null for nobody's."""

    seat: int | None = Field(ge=0, lt=MAX_SEATS)


class StepArguments(StrictModel):
    """How many ticks to go on by; below 0, back."""

    by: int = Field(1, ge=-MAX_STEPS, le=MAX_STEPS)


class SeekArguments(StrictModel):
    """Where to look: a tick of the bout, and which bout of a replay. A game goes no further than it was played."""

    tick: int = Field(ge=0)
    bout: int | None = Field(None, ge=0, description="Counted from 0; left out, the one that is shown.")


SESSION: Mapping[str, type[StrictModel]] = {
    "play": NoArguments,
    "pause": NoArguments,
    "restart": RestartArguments,
    "speed": SpeedArguments,
    "close": NoArguments,
    "status": NoArguments,
}
"""Commands of every session."""

LOOKING: Mapping[str, type[StrictModel]] = {
    "focus": FocusArguments,
    "inspect": SeatArguments,
    "network": SeatArguments,
    "seek": SeekArguments,
    "step": StepArguments,
}
"""Further commands of games and replays."""

PLAYING: Mapping[str, type[StrictModel]] = {**LOOKING, "input": InputArguments, "nudge": Nudge, "record": NoArguments}
"""Further commands of games."""
