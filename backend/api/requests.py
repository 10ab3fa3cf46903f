"""What requests may hold. A field that is not known here is an error, and errors name the field."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import (
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    StringConstraints,
    field_validator,
    model_validator,
)

from backend.services.casting import WantedSeats
from backend.services.labels import MAX_NOTES
from python_training.contracts.config import PlainModel, check_json_types
from python_training.contracts.events import EventType
from python_training.contracts.names import Names
from python_training.contracts.status import RunStatus

MAX_POINTS = 20_000
MAX_EVENTS = 10_000

MAX_WHOLE = 2**53 - 1
"""The greatest number up to which JSON's readers count exactly; steps, offsets and seqs stay far below."""

MAX_WORD = 200
MAX_CHANGES = 1000

Whole = Annotated[int, Field(ge=0, le=MAX_WHOLE)]
RunId = Annotated[str, StringConstraints(min_length=1, max_length=100), Names.NOTHING]


class Request(PlainModel):
    """Anything a client sends."""


class Body(Request):
    """A JSON object. Each of JSON's types is taken for itself alone: 0 is no false, and "7" no number."""

    @model_validator(mode="wrap")
    @classmethod
    def _as_they_came(cls, raw: Any, build: ModelWrapValidatorHandler[Self]) -> Self:
        built = build(raw)
        check_json_types(raw, built)
        return built


class MayBeEmpty(Body):
    """A body that may be left out altogether."""

    model_config = ConfigDict(openapi_extra={"required": False})  # type: ignore[typeddict-unknown-key]  # flask-openapi3's

    @model_validator(mode="before")
    @classmethod
    def _nothing_is_an_empty_object(cls, body: Any) -> Any:
        return {} if body is None else body


class Nothing(MayBeEmpty):
    """An empty object, or no body at all."""


# -- paths and queries -------------------------------------------------------------------------------------------------


class RunPath(Request):
    """A run by its id."""

    run: RunId = Field(description="Id of a run.")


class CheckpointPath(RunPath):
    """A checkpoint of a run."""

    step: Whole = Field(description="Step of training at which it was written.")


class ElitePath(RunPath):
    """An elite of a run."""

    generation: Whole = Field(description="Generation whose best genome it is.")


class SessionPath(Request):
    """A session by its id."""

    session: Annotated[str, StringConstraints(min_length=1, max_length=100), Names.NOTHING] = Field(
        description="Id of a session."
    )


class SystemsQuery(Request):
    """Which systems."""

    all: bool = Field(False, description="Show those that exist for tests, too.")


class SystemPath(Request):
    """A training system by its name."""

    system: Annotated[str, StringConstraints(min_length=1, max_length=100), Names.NOTHING] = Field(
        description="Name of a system."
    )


class RunsQuery(Request):
    """Which runs; what is left out does not restrict."""

    status: Annotated[str, Names.NOTHING] = Field(
        "",
        max_length=MAX_WORD,
        description="One status, or several with commas between; `active` means all active ones.",
    )
    system: Annotated[str, Names.NOTHING] = Field("", max_length=MAX_WORD, description="Name of a training system.")
    q: Annotated[str, Names.NOTHING] = Field("", max_length=200, description="Part of the id, the name or the notes.")
    tag: Annotated[str, Names.NOTHING] = Field("", max_length=100, description="A tag that the run has.")
    order: Literal["newest", "status"] = Field(
        "newest",
        description="After the pinned ones: the newest first; or those that train, paused ones, the queue, the ended.",
    )
    limit: int = Field(100, ge=1, le=1000, description="At most so many.")
    offset: Whole = Field(0, description="Pass over so many first.")

    def statuses(self) -> tuple[RunStatus, ...]:
        """The statuses named; raises ValueError for one that does not exist."""
        names = [name.strip() for name in self.status.split(",") if name.strip()]
        active = tuple(status for status in RunStatus if status.is_active)
        return tuple(status for name in names for status in (active if name == "active" else (RunStatus(name),)))

    @field_validator("status")
    @classmethod
    def _known(cls, status: str) -> str:
        known = {"active", *RunStatus}
        for name in status.split(","):
            if name.strip() and name.strip() not in known:
                raise ValueError(f"expected {', '.join(sorted(known))}")
        return status


class CommandQuery(Request):
    """How long to wait for a command."""

    wait: Literal["accepted", "done"] = Field("accepted", description="Answer when accepted, or when done.")
    timeout: float | None = Field(None, gt=0, le=600, description="Seconds to wait at most.")


class SeriesQuery(Request):
    """Which part of a run's metrics."""

    model_config = ConfigDict(populate_by_name=True)

    names: Annotated[str, Names.NOTHING] = Field(
        "", max_length=4_000, description="Metrics, with commas between; empty for all."
    )
    start: Whole | None = Field(None, alias="from", description="First step.")
    end: Whole | None = Field(None, alias="to", description="Last step.")
    points: int = Field(1000, ge=1, le=MAX_POINTS, description="A longer series is thinned to about so many buckets.")


class EventsQuery(Request):
    """Which of a run's events."""

    since: Whole = Field(0, description="Only events with a greater seq.")
    limit: int = Field(1000, ge=1, le=MAX_EVENTS, description="At most so many.")
    types: Annotated[str, Names.NOTHING] = Field(
        "", max_length=1000, description="Types of events, with commas between; empty for all."
    )

    @field_validator("types")
    @classmethod
    def _known(cls, types: str) -> str:
        for name in types.split(","):
            if name.strip() and name.strip() not in set(EventType):
                raise ValueError(f"expected {', '.join(sorted(EventType))}")
        return types

    def event_types(self) -> tuple[EventType, ...]:
        """The types named, none for all."""
        return tuple(EventType(name.strip()) for name in self.types.split(",") if name.strip())


class LogQuery(Request):
    """Which part of a worker's log."""

    tail: int = Field(65_536, ge=0, le=1_000_000, description="The last so many bytes, unless `offset` is given.")
    offset: Whole | None = Field(None, description="From this byte on, at most 1,000,000 bytes.")


class ElitesQuery(Request):
    """How many elites."""

    limit: int = Field(200, ge=1, le=1000, description="At most so many.")


class HistoryQuery(Request):
    """How much of the newest run's history."""

    limit: int = Field(1000, ge=1, le=MAX_POINTS, description="The newest so many points.")


# -- bodies ------------------------------------------------------------------------------------------------------------


class CheckpointRefBody(Body):
    """A checkpoint to start from."""

    run: RunId
    step: Whole


class CreateRun(Body):
    """A run to be made. Config fields that are left out have the preset's value, or the system's default."""

    system: Annotated[str, Names.NOTHING] = Field(
        max_length=MAX_WORD, description="Name of a training system, as GET /api/v1/systems lists them."
    )
    config: Annotated[dict[str, Any], Names.SETTINGS] = Field(
        default_factory=dict, description="As the system's config_schema describes it."
    )
    preset: Annotated[str | None, Names.NOTHING] = Field(
        None, max_length=MAX_WORD, description="Name of a preset of that system."
    )
    name: Annotated[str, Names.NOTHING] = Field("", description="What people call it.")
    notes: Annotated[str, Names.NOTHING] = Field("", max_length=MAX_NOTES)
    tags: Annotated[list[str], Names.NOTHING] = Field(default_factory=list)
    from_checkpoint: CheckpointRefBody | None = Field(None, description="Fork: start from this checkpoint.")


class CheckConfig(Body):
    """A config to be looked at before a run is made of it."""

    config: Annotated[dict[str, Any], Names.SETTINGS] = Field(default_factory=dict)
    preset: Annotated[str | None, Names.NOTHING] = Field(None, max_length=MAX_WORD)


class PatchRun(Body):
    """What people write on a run; what is left out stays."""

    name: Annotated[str | None, Names.NOTHING] = None
    notes: Annotated[str | None, Names.NOTHING] = Field(None, max_length=MAX_NOTES)
    tags: Annotated[list[str] | None, Names.NOTHING] = None
    pinned: bool | None = None


class Command(Body):
    """A command to a run or a session."""

    name: Annotated[str, Names.NOTHING] = Field(
        pattern=r"^[a-z][a-z_]{0,49}$", description="start, pause, resume, stop, save, set, ..."
    )
    args: Annotated[dict[str, Any], Names.SETTINGS] = Field(default_factory=dict)


class CheckGenome(Body):
    """A genome to be looked at."""

    genome: Annotated[dict[str, Any], Names.NOTHING] = Field(
        description="Paddock's own format, or neat-python's export."
    )


class PatchCheckpoint(Body):
    """Whether retention must keep a checkpoint."""

    pinned: bool


class ReplayBody(Body):
    """A game to see again: exactly one of both."""

    session: Annotated[str, StringConstraints(min_length=1, max_length=100), Names.NOTHING] | None = Field(
        None, description="A game that is live, or that ended a while ago."
    )
    recording: Annotated[dict[str, Any] | None, Names.SETTINGS] = Field(
        None, description="A recording as it was downloaded."
    )

    @model_validator(mode="after")
    def _names_one(self) -> ReplayBody:
        if (self.session is None) == (self.recording is None):
            raise ValueError("expected one of session and recording")
        return self


class CreateSession(Body):
    """A world to watch (a run's policy, or a scripted player), a game (`seats`), or a `replay`."""

    run: RunId | None = Field(None, description="Whose policy plays; left out, that of the newest run that has one.")
    step: Whole | None = Field(None, description="Step of its checkpoint; left out, the newest one, and newer ones.")
    world: Annotated[str | None, Names.NOTHING] = Field(
        None, description="Name of a world; left out, the one that the run trains in."
    )
    player: Annotated[str, Names.NOTHING] = Field(
        "policy", max_length=50, description="`policy`, or one of the world's scripted players."
    )
    world_config: Annotated[dict[str, Any], Names.SETTINGS] = Field(
        default_factory=dict, description="Of a game, on top of the run's settings."
    )
    seats: WantedSeats | None = Field(None, description="Makes it a game: seat i of the world is flown by entry i.")
    replay: ReplayBody | None = Field(None, description="Shows a recorded game again.")
    seed: int | None = Field(None, ge=0, lt=2**32, description="Seed of the first episode.")
    speed: float = Field(1.0, ge=0.1, le=20, description="World seconds in a second.")
    fps: float | None = Field(None, ge=1, le=60, description="Frames a second; 60 for games and 30 else.")
    idle_s: float | None = Field(None, ge=5, le=3600, description="It ends when nobody has watched it for so long.")

    @model_validator(mode="after")
    def _shows_one_thing(self) -> CreateSession:
        given = self.model_fields_set
        if self.seats is None and "world_config" in given:
            raise ValueError("world_config is for games, which have seats")
        if self.seats is not None and given & {"step", "player", "replay"}:
            raise ValueError("a game has seats, and neither step, player nor replay")
        if self.replay is not None and given - {"replay", "speed", "fps", "idle_s"}:
            raise ValueError("beside replay there may be speed, fps and idle_s only")
        return self


class StartBody(MayBeEmpty):
    """What /control/start begins; empty: resume the newest run if it pauses, else begin a Lunabotics PPO run."""

    run: RunId | None = Field(None, description="A run to go on with.")
    system: Annotated[str | None, Names.NOTHING] = None
    config: Annotated[dict[str, Any], Names.SETTINGS] = Field(default_factory=dict)
    preset: Annotated[str | None, Names.NOTHING] = Field(None, max_length=MAX_WORD)
    name: Annotated[str, Names.NOTHING] = ""


class Changes(Body):
    """Live config fields with their new values."""

    model_config = ConfigDict(extra="allow", json_schema_extra={"maxProperties": MAX_CHANGES})
    __pydantic_extra__: dict[str, Annotated[Any, Names.SETTINGS]]

    @model_validator(mode="after")
    def _are_not_too_many(self) -> Self:
        if len(self.__pydantic_extra__) > MAX_CHANGES:
            raise ValueError(f"expected at most {MAX_CHANGES} fields")
        return self
