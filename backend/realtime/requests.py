"""What clients may send over Socket.IO."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from python_training.contracts.config import StrictModel
from python_training.contracts.names import Names

Id = Annotated[str, StringConstraints(min_length=1, max_length=100), Names.NOTHING]
CommandName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,49}$"), Names.NOTHING]


class Join(StrictModel):
    """Follow a run; `since_seq`, and `since_index` if it had one, are those of the last message that the client got."""

    run: Id
    since_seq: int | None = Field(None, ge=0, lt=2**63)
    since_index: int | None = Field(None, ge=1, lt=2**31)

    @model_validator(mode="after")
    def _index_of_an_event(self) -> Self:
        if self.since_index is not None and not self.since_seq:
            raise ValueError("since_index counts points of the event since_seq, which must be given and above 0")
        return self


class Leave(StrictModel):
    """Follow a run no longer."""

    run: Id


class RunCommand(StrictModel):
    """A command to a run."""

    run: Id
    name: CommandName
    args: Annotated[dict[str, Any], Names.SETTINGS] = Field(default_factory=dict)


class Watch(StrictModel):
    """Get the pictures of a session; with `stills` "once", layers that stand still have shapes only when new."""

    session: Id
    fps: float = Field(30.0, ge=1, le=60)
    stills: Literal["always", "once"] = "always"


class Unwatch(StrictModel):
    """Get no more pictures of a session."""

    session: Id


class SessionCommand(StrictModel):
    """A command to a session."""

    session: Id
    name: CommandName
    args: Annotated[dict[str, Any], Names.SETTINGS] = Field(default_factory=dict)
