"""What answers hold. From these models the OpenAPI document is drawn; tests hold real answers against it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from python_training.contracts.events import EventType
from python_training.contracts.report import Report
from python_training.contracts.status import RunStatus


class Answer(BaseModel):
    """Anything the server sends."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ErrorDetail(Answer):
    """What went wrong: a word for programs, a sentence for people, the field, and what to try."""

    code: str
    message: str
    field: str | None = None
    hint: str | None = None
    more: list[ErrorDetail] | None = Field(None, description="Errors of other fields of the same config.")


class ErrorAnswer(Answer):
    """Every answer with a status of 400 or more."""

    error: ErrorDetail


class MetricAnswer(Answer):
    """A metric that a run may emit."""

    name: str
    title: str
    doc: str
    unit: str
    panel: str
    better: Literal["higher", "lower", "neither"]
    aggregate: Literal["mean", "min", "max", "last", "sum"]
    deterministic: bool
    primary: bool
    begins_anew_with: list[str] = Field(description="Metrics with whose change another line begins.")


class BestAnswer(Answer):
    """The best value of the primary metric."""

    metric: str
    value: float
    step: int


class HealthEventAnswer(Answer):
    """The latest health event of a run."""

    t: float
    level: str
    code: str
    message: str
    step: int | None


class UnitAnswer(Answer):
    """What the steps of a run are to people, in the singular and in the plural."""

    one: str
    many: str


class RunSummaryAnswer(Answer):
    """What a list shows of a run, and what changes of it. Times are Unix seconds."""

    id: str
    system: str
    name: str
    status: RunStatus
    status_since: float
    is_training: bool
    reason: str
    created: float
    updated: float
    world: str | None = Field(description="The world of Paddock's own that its players play in.")
    unit: UnitAnswer = Field(description="What `step` counts.")
    step: int
    total_steps: int | None
    progress: float | None = Field(description="Part that is done, from 0 to 1.")
    eta_s: float | None = Field(description="Seconds left at the present pace.")
    primary: MetricAnswer | None = Field(description="The metric that `best` and `latest` are of.")
    latest: float | None
    best: BestAnswer | None
    checkpoint_step: int | None
    notes: str
    tags: list[str]
    pinned: bool
    restarts: int
    last_seq: int
    damage: str = Field(description="What is wrong with its files; empty if nothing is.")
    silent_since: float | None = Field(description="Since when its process has not answered; null while it does.")
    silence: str = Field(description="What was done to end a silent process that was asked to stop; else empty.")


class RunAnswer(RunSummaryAnswer):
    """A run with all that is known of it."""

    config: dict[str, Any]
    seed: int
    threads: int
    last: dict[str, float | None] = Field(description="Newest value of each metric.")
    health: HealthEventAnswer | None
    metrics: list[MetricAnswer]
    parent: dict[str, Any] | None
    pid: int | None
    host: str | None


class RunsAnswer(Answer):
    """Runs in brief, and how many fit in all."""

    runs: list[RunSummaryAnswer]
    total: int


class CommandAnswer(Answer):
    """What became of a command."""

    id: str
    name: str
    state: Literal["accepted", "done"]
    message: str
    step: int | None
    result: dict[str, Any] | None
    run: RunAnswer


class SeriesAnswer(Answer):
    """One metric by step; lists of equal length. Buckets keep minimum and maximum, so that no spike is lost."""

    step: list[int]
    t: list[float]
    min: list[float | None]
    max: list[float | None]
    mean: list[float | None]
    count: list[int]


class MetricsAnswer(Answer):
    """Metrics of a run as of event `last_seq`."""

    run: str
    last_seq: int
    series: dict[str, SeriesAnswer]


class EventAnswer(BaseModel):
    """A journalled event; more fields by type."""

    model_config = ConfigDict(extra="allow")

    seq: int
    t: float
    type: EventType


class EventsAnswer(Answer):
    """Events of a run; `last_seq` is the run's newest."""

    events: list[EventAnswer]
    last_seq: int


class LogAnswer(Answer):
    """A part of worker.log: from byte `offset` on; `size` is that of the file."""

    text: str
    offset: int
    size: int


class FileAnswer(Answer):
    """A file of a checkpoint."""

    name: str
    bytes: int
    sha256: str


class CheckpointAnswer(Answer):
    """A checkpoint; `sha256` is that of its manifest, which holds those of all files."""

    step: int
    name: str
    reason: str
    t: float
    bytes: int
    sha256: str
    metrics: dict[str, float | None]
    pinned: bool
    best: bool
    files: list[FileAnswer]


class CheckpointsAnswer(Answer):
    """Checkpoints of a run, newest first."""

    checkpoints: list[CheckpointAnswer]


class EliteAnswer(Answer):
    """The best genome of a generation, as its run left it."""

    run: str
    generation: int
    fitness: float | None
    genome_id: str
    timestamp: float
    performance_stats: dict[str, float | None] = Field(description="How it flew; the world says what there is.")
    final: bool = Field(description="Whether the run ended with it, its threshold met.")
    sha256: str = Field(description="That of the genome's file.")
    species: int | None
    parents: list[str]


class ElitesAnswer(Answer):
    """Elites, newest first."""

    elites: list[EliteAnswer]


class AncestorAnswer(Answer):
    """A genome in a line of descent; its parents may no longer be known."""

    genome_id: str
    generation: int
    fitness: float | None
    parents: list[str]


class LineageAnswer(Answer):
    """An elite and its forebears, newest first."""

    ancestors: list[AncestorAnswer]


class NodeAnswer(Answer):
    """A node of a network."""

    id: int
    kind: Literal["input", "hidden", "output"]
    layer: int = Field(description="Inputs are in layer 0.")
    activation: str
    aggregation: str
    bias: float
    response: float


class LinkAnswer(Answer):
    """A connection between two nodes of a network."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    source: int = Field(alias="from")
    target: int = Field(alias="to")
    weight: float
    enabled: bool


class NetworkAnswer(Answer):
    """A network. What its nodes put out while it flies comes in the order of `nodes`."""

    inputs: int
    outputs: int
    recurrent: bool
    nodes: list[NodeAnswer]
    links: list[LinkAnswer]


class PresetAnswer(Answer):
    """A named config to start from."""

    name: str
    title: str
    summary: str
    config: dict[str, Any]


class SystemAnswer(Answer):
    """A training system: all that a form and charts need."""

    name: str
    title: str
    summary: str
    config_schema: dict[str, Any] = Field(description="JSON Schema of its config; `live` marks what may change later.")
    defaults: dict[str, Any]
    presets: list[PresetAnswer]
    metrics: list[MetricAnswer]
    unit: UnitAnswer = Field(description="What its steps are to people.")


class SystemsAnswer(Answer):
    """The training systems."""

    systems: list[SystemAnswer]


class TunedPlayerAnswer(Answer):
    """A player made of numbers: a preset, a file of this server's folder of players, or what a run has tuned."""

    kind: Literal["preset", "file", "setting"]
    name: str = Field(description="Name of the preset, the file's path below the folder, or RUN:best and the like.")
    summary: str
    fault: str = Field(description="Why it cannot be played; empty if it can.")


class QuickStartAnswer(Answer):
    """A game that one click begins."""

    title: str
    text: str
    players: list[str] = Field(description="Who takes the seats: `person`, a scripted player or a preset.")
    settings: dict[str, Any] = Field(description="What differs from the world's usual config.")


class GameAnswer(Answer):
    """How a world is played as a game."""

    min_seats: int
    max_seats: int
    sides: bool = Field(description="Whether players stand on two sides; otherwise each plays for itself.")
    clock: Literal["seconds", "turns"] = Field(description="What a frame's `t` counts.")
    dark: bool = Field(description="Whether its pictures are meant for the dark palette, by day too.")
    endless: bool = Field(description="Whether one bout follows another by itself.")
    hand: Literal["", "ship", "direction"] = Field(description="How a person plays; empty if nobody can.")
    hand_speed: float = Field(description="The speed at which a person can follow.")
    settings: list[str] = Field(description="Fields of the world's config that a game is put together with.")
    starts: list[QuickStartAnswer]


class WorldAnswer(Answer):
    """A world that can be watched."""

    name: str
    title: str
    env_id: str = Field(description="Its id in Gymnasium.")
    config_schema: dict[str, Any]
    defaults: dict[str, Any]
    players: list[str] = Field(description="Who can play without having learned.")
    tuned: list[TunedPlayerAnswer] = Field(description="Players of it that are made of numbers, from files and runs.")
    nudges: bool = Field(description="Whether it has seats whose pilots can be nudged.")
    game: GameAnswer | None = Field(description="How it is played as a game; null if it is none.")
    inputs: list[str] = Field(description="What its observations are called, in order; empty if they have no names.")
    outputs: list[str] = Field(description="What its actions are called, in order; empty if they have no names.")


class WorldsAnswer(Answer):
    """The worlds."""

    worlds: list[WorldAnswer]


class CheckedAnswer(Answer):
    """The complete config that a run would have."""

    config: dict[str, Any]


class SeatAnswer(Answer):
    """Who flies a seat of a game. An elite is a genome with the run and generation that it is of."""

    seat: int
    team: int
    kind: Literal["policy", "genome", "scripted", "tuned", "person"]
    name: str
    system: str | None = None
    sha256: str | None = Field(None, description="Of the genome's JSON with sorted keys and no spaces.")
    run: str | None = None
    step: int | None = None
    generation: int | None = None


class SessionAnswer(Answer):
    """A world that is being watched or played; `run` and `step` are null where no policy plays alone."""

    id: str
    kind: Literal["watch", "game", "replay"]
    run: str | None
    step: int | None = Field(description="Null while it follows the newest checkpoint.")
    world: str
    player: str = Field(description="Who plays, or `game` or `replay`.")
    seats: list[SeatAnswer] = Field(description="Who flies in a game or a replay.")
    seed: int
    speed: float
    pid: int
    created: float


class SessionsAnswer(Answer):
    """The sessions."""

    sessions: list[SessionAnswer]


class SessionCommandAnswer(Answer):
    """What became of a command to a session."""

    id: str | None
    name: str
    state: Literal["accepted", "done"]
    message: str
    result: dict[str, Any]


class MemoryAnswer(Answer):
    """Memory of the machine in bytes."""

    used: int
    total: int


class DiskAnswer(Answer):
    """The disk that holds the logs, in bytes."""

    free: int
    total: int


class WorkerAnswer(Answer):
    """A process that trains a run."""

    run: str
    pid: int
    cpu_percent: float
    rss: int


class AlertAnswer(Answer):
    """Something to look at that no journal tells of; `run` is null where it concerns the machine."""

    level: str
    code: str
    message: str
    run: str | None


class MachineAnswer(Answer):
    """What the machine has and what it does."""

    cpu_percent: float
    cores: int
    memory: MemoryAnswer
    disk: DiskAnswer
    versions: dict[str, str]
    supervisor: bool = Field(description="Whether this server looks after the workers; another one may.")
    workers: list[WorkerAnswer]
    alerts: list[AlertAnswer]


class HealthAnswer(Answer):
    """That the server is alive; the rest only for those who may know."""

    status: Literal["ok"]
    app: Literal["paddock"]
    version: str
    is_training: bool | None = None
    run: str | None = None
    uptime_s: float | None = None


class LatestAnswer(Answer):
    """The newest run's newest values."""

    run: str | None
    step: int | None
    t: float | None
    values: dict[str, float | None]


class MeasuredAnswer(Answer):
    """What was measured at one step."""

    step: int
    t: float
    values: dict[str, float | None]


class HistoryAnswer(Answer):
    """The newest run's history in order of step."""

    run: str | None
    history: list[MeasuredAnswer]


class ConfigAnswer(Answer):
    """The newest run's config as it is in force."""

    run: str | None
    system: str | None
    config: dict[str, Any]


class StartAnswer(Answer):
    """What /control/start did."""

    run: str
    status: RunStatus
    started: bool = Field(description="False if the run was under way already.")
    acknowledged: bool
    state: str


class ControlAnswer(Answer):
    """What became of /control/stop, /control/save or POST /config."""

    acknowledged: bool
    state: Literal["accepted", "done"]
    id: str
    run: str
    status: RunStatus
    step: int | None


class ReportAnswer(Answer):
    """What a run has found out."""

    report: Report | None
