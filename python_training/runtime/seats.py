"""Who flies which seat of a game: plain data, the same in a session's spec and in a recording."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from python_training.contracts.config import StrictModel
from python_training.contracts.names import Names

MAX_SEATS = 32
MAX_TEAMS = 8

RunId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,79}$"), Names.NOTHING]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$"), Names.NOTHING]
Label = Annotated[str, Field(max_length=100), Names.NOTHING]


class PolicyPilot(StrictModel):
    """The policy that a run has left in a checkpoint."""

    kind: Literal["policy"] = "policy"
    run: RunId = Field(description="Id of the run.")
    step: int | None = Field(None, ge=0, description="Step of the checkpoint; the newest at each bout when left out.")

    @property
    def name(self) -> str:
        """What people call it."""
        return self.run if self.step is None else f"{self.run} step {self.step}"


class GenomePilot(StrictModel):
    """One genome; its document is kept beside the seats, once however many seats it flies."""

    kind: Literal["genome"] = "genome"
    system: Annotated[str, Names.NOTHING] = Field(description="The training system that knows such genomes.")
    sha256: Sha256 = Field(description="`document_hash` of it.")
    name: Label = Field("genome", description="What people call it.")
    run: RunId | None = Field(None, description="The run that bred it, if it is an elite.")
    generation: int | None = Field(None, ge=0, description="The generation whose elite it is.")


class ScriptedPilot(StrictModel):
    """A player of the world's own that learned nothing."""

    kind: Literal["scripted"] = "scripted"
    name: Label = Field(description="Name of the player, e.g. ace or random.")


class TunedPilot(StrictModel):
    """A player of the world's own that is made of numbers; they are kept beside the seats, as genomes are."""

    kind: Literal["tuned"] = "tuned"
    sha256: Sha256 = Field(description="`document_hash` of its values.")
    name: Label = Field("tuned", description="What people call it.")
    run: RunId | None = Field(None, description="The run that tuned it, if one did.")


class PersonPilot(StrictModel):
    """Whoever sends `input`."""

    kind: Literal["person"] = "person"
    name: Label = "You"


Pilot = Annotated[PolicyPilot | GenomePilot | ScriptedPilot | TunedPilot | PersonPilot, Field(discriminator="kind")]


class Seat(StrictModel):
    """One seat of the world."""

    pilot: Pilot
    team: int = Field(0, ge=0, lt=MAX_TEAMS, description="Seats of equal team are friends.")


class Cast(StrictModel):
    """A world and all who fly in it."""

    world: Annotated[str, Names.MODULE] = Field(description="Name of one of Paddock's worlds.")
    world_config: Annotated[dict[str, Any], Names.SETTINGS] = Field(
        default_factory=dict, description="The world's config."
    )
    seats: tuple[Seat, ...] = Field(min_length=1, max_length=MAX_SEATS, description="Seat i is flown by entry i.")
    genomes: Annotated[dict[str, dict[str, Any]], Names.NOTHING] = Field(
        default_factory=dict, description="The pilots' genomes, by hash."
    )
    tuned: Annotated[dict[str, dict[str, Any]], Names.NOTHING] = Field(
        default_factory=dict, description="Values of tuned players, by hash."
    )


class RunsAt(StrictModel):
    """Where the runs are that policies come from."""

    logs_dir: Annotated[str, Names.SERVER] = Field(description="Folder that holds the journals of all runs.")
    checkpoints_dir: Annotated[str, Names.SERVER] = Field(description="Folder that holds the checkpoints of all runs.")


def document_hash(document: Mapping[str, Any]) -> str:
    """SHA-256 of a genome or of a player's values, whatever the order of its keys and the white space of its file."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def seat_names(cast: Cast) -> list[str]:
    """What people call the player in each seat; players of equal name get a number."""
    names = [seat.pilot.name for seat in cast.seats]
    return [f"{name} {names[:i].count(name) + 1}" if names.count(name) > 1 else name for i, name in enumerate(names)]


def shown_seats(cast: Cast) -> list[dict[str, Any]]:
    """`{seat, team, kind, name, ...}` of each seat; an elite's genome says which run and generation it is of."""
    return [
        {"seat": number, "team": seat.team, "name": seat.pilot.name, **seat.pilot.model_dump(exclude_none=True)}
        for number, seat in enumerate(cast.seats)
    ]
