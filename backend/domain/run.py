"""A run as everybody sees it: one frozen value, equal for REST, Socket.IO and the store.

The statuses and their transition table are in python_training.contracts.status, since workers write them too
(docs/adr/0003). How a journal becomes a Run is in `fold`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Protocol

from python_training import registry
from python_training.contracts.errors import PaddockError
from python_training.contracts.metrics import MetricSpec, StepUnit
from python_training.contracts.status import RunStatus


class Spec(Protocol):
    """What `Run.begin` reads of a run's run.json (python_training.runtime.run_folder.RunSpec)."""

    @property
    def id(self) -> str: ...  # noqa: D102  # named by the run folder
    @property
    def system(self) -> str: ...  # noqa: D102
    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def config(self) -> Mapping[str, Any]: ...  # noqa: D102
    @property
    def seed(self) -> int: ...  # noqa: D102
    @property
    def created(self) -> float: ...  # noqa: D102
    @property
    def threads(self) -> int: ...  # noqa: D102
    @property
    def metrics(self) -> tuple[MetricSpec, ...]: ...  # noqa: D102
    @property
    def parent(self) -> Mapping[str, Any] | None: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Best:
    """The best value of the primary metric, and the first step that reached it."""

    metric: str
    value: float
    step: int


@dataclass(frozen=True, slots=True)
class Health:
    """The latest thing that went wrong, or went right again."""

    t: float
    level: str
    code: str
    message: str
    step: int | None = None


@dataclass(frozen=True, slots=True)
class Labels:
    """What people write on a run. It is no part of training, so it is not in the journal."""

    name: str = ""
    notes: str = ""
    tags: tuple[str, ...] = ()
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class Pace:
    """How quickly a run goes: where it was last seen, and its smoothed speed in steps per second."""

    step: int
    t: float
    steps_per_s: float | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One training run.

    Attributes:
        status_since: Unix time of the last change of status.
        updated: Unix time of the last journalled event.
        config: the config as it is in force, live changes included.
        step: steps of training so far, in the system's own unit; falls when the run is rewound.
        total_steps: the step at which the run will be complete, None when it has no end.
        eta_s: seconds left at the present pace as of `updated`, None while nobody can tell.
        last: newest value of each metric by name; None where it was not a number.
        best: best value of the primary metric, None before the first.
        health: the latest health event.
        restarts: how often the supervisor restarted it after a death.
        reason: why it has this status, "" if that needs no reason.
        last_seq: seq of the last event that this value includes.
        silent_since: Unix time from which on its worker has not answered; None while it does, or there is none.
        silence: what is being done about that, "" if nothing is.
        damage: what is wrong with its files, as the server found them; "" if nothing is.
    """

    id: str
    system: str
    name: str
    status: RunStatus
    status_since: float
    created: float
    updated: float
    config: Mapping[str, Any]
    seed: int
    threads: int
    metrics: tuple[MetricSpec, ...]
    parent: Mapping[str, Any] | None = None
    step: int = 0
    total_steps: int | None = None
    last: Mapping[str, float | None] = field(default_factory=dict)
    best: Best | None = None
    health: Health | None = None
    checkpoint_step: int | None = None
    notes: str = ""
    tags: tuple[str, ...] = ()
    pinned: bool = False
    pid: int | None = None
    host: str | None = None
    restarts: int = 0
    reason: str = ""
    pace: Pace | None = None
    last_seq: int = 0
    damage: str = ""
    silent_since: float | None = None
    silence: str = ""

    @classmethod
    def begin(cls, spec: Spec, labels: Labels | None = None) -> Run:
        """The run before its first event."""
        total = spec.config.get("total_steps")
        run = cls(
            id=spec.id,
            system=spec.system,
            name=spec.name,
            status=RunStatus.QUEUED,
            status_since=spec.created,
            created=spec.created,
            updated=spec.created,
            config=dict(spec.config),
            seed=spec.seed,
            threads=spec.threads,
            metrics=tuple(spec.metrics),
            parent=dict(spec.parent) if spec.parent else None,
            total_steps=total if isinstance(total, int) else None,
        )
        return run.labelled(labels) if labels else run

    @classmethod
    def unreadable(cls, run_id: str, damage: str, created: float = 0.0) -> Run:
        """What is left of a run that cannot be read: its id, and what is wrong with it."""
        return cls(
            id=run_id,
            system="",
            name="",
            status=RunStatus.FAILED,
            status_since=created,
            created=created,
            updated=created,
            config={},
            seed=0,
            threads=1,
            metrics=(),
            reason=damage,
            damage=damage,
        )

    @property
    def is_training(self) -> bool:
        """Whether it makes progress right now, or is about to without anybody's doing."""
        return self.status.is_active and self.status not in (RunStatus.PAUSED, RunStatus.PAUSING)

    @property
    def progress(self) -> float | None:
        """Part of the run that is done, from 0 to 1; None when it has no end."""
        if not self.total_steps:
            return None
        return min(1.0, self.step / self.total_steps)

    @property
    def eta_s(self) -> float | None:
        """Seconds left at the present pace; None while it does not run or nobody can tell."""
        if self.status is not RunStatus.RUNNING or self.total_steps is None or self.pace is None:
            return None
        if not self.pace.steps_per_s:
            return None
        return max(0.0, (self.total_steps - self.step) / self.pace.steps_per_s)

    @property
    def primary(self) -> MetricSpec | None:
        """The metric that `best` is about."""
        return next((spec for spec in self.metrics if spec.primary), None)

    @property
    def task(self) -> tuple[str, Mapping[str, Any]] | None:
        """Name and settings of the world that its players play in; None where it leaves none, or nobody can tell."""
        system = registry.SYSTEMS.get(self.system)
        if system is None:
            return None
        try:
            return system.task_of(self.config)
        except (PaddockError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
            return None  # the config is none that this version of the system takes

    @property
    def unit(self) -> StepUnit:
        """What its steps are to people."""
        return registry.unit_of(self.system)

    @property
    def latest(self) -> float | None:
        """The newest value of the primary metric, None before the first or where it was not a number."""
        return self.last.get(self.primary.name) if self.primary else None

    @property
    def world(self) -> str | None:
        """The world of Paddock's own that its players play in; None for another one, or where it leaves none."""
        task = self.task
        world = registry.world(task[0]) if task else None
        return world.name if world else None

    def labelled(self, labels: Labels) -> Run:
        """The run with what people wrote on it; an empty name keeps the one it was made with."""
        return replace_fields(
            self, name=labels.name or self.name, notes=labels.notes, tags=labels.tags, pinned=labels.pinned
        )

    def to_dict(self) -> dict[str, Any]:
        """The run as the JSON object that REST shows of one."""
        shown = self.to_record()
        del shown["pace"]
        return {**shown, **self._told()}

    def to_summary(self) -> dict[str, Any]:
        """What a list shows of the run, and what changes of it: `to_dict` without all that is large."""
        return {
            **{name: getattr(self, name) for name in _SUMMARY},
            "status": self.status.value,
            "tags": list(self.tags),
            "best": asdict(self.best) if self.best else None,
            **self._told(),
        }

    def _told(self) -> dict[str, Any]:
        """What follows from the rest."""
        return {
            "world": self.world,
            "unit": self.unit.to_dict(),
            "primary": self.primary.to_dict() if self.primary else None,
            "latest": self.latest,
            "progress": self.progress,
            "eta_s": self.eta_s,
            "is_training": self.is_training,
        }

    def to_record(self) -> dict[str, Any]:
        """The run as JSON from which `from_record` builds it again."""
        return {
            **self.to_state(),
            "config": dict(self.config),
            "metrics": [spec.to_dict() for spec in self.metrics],
        }

    def to_state(self) -> dict[str, Any]:
        """The record without config and metrics, which are large and seldom change."""
        return {
            **{name: getattr(self, name) for name in _PLAIN},
            "status": self.status.value,
            "last": dict(self.last),
            "tags": list(self.tags),
            "parent": dict(self.parent) if self.parent else None,
            "best": asdict(self.best) if self.best else None,
            "health": asdict(self.health) if self.health else None,
            "pace": asdict(self.pace) if self.pace else None,
        }

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Run:
        """Read what `to_record` wrote."""
        return cls(
            # What an older version did not know has its default.
            **{name: record[name] for name in _PLAIN if name in record},
            status=RunStatus(record["status"]),
            config=record["config"],
            last=record["last"],
            tags=tuple(record["tags"]),
            parent=record["parent"],
            metrics=tuple(MetricSpec.from_dict(raw) for raw in record["metrics"]),
            best=Best(**record["best"]) if record["best"] else None,
            health=Health(**record["health"]) if record["health"] else None,
            pace=Pace(**record["pace"]) if record["pace"] else None,
        )


_STRUCTURED = {"status", "config", "last", "tags", "parent", "metrics", "best", "health", "pace"}
_SUMMARY = (
    "id",
    "system",
    "name",
    "status_since",
    "reason",
    "created",
    "updated",
    "step",
    "total_steps",
    "checkpoint_step",
    "notes",
    "pinned",
    "restarts",
    "last_seq",
    "damage",
    "silent_since",
    "silence",
)
_PLAIN = tuple(each.name for each in fields(Run) if each.name not in _STRUCTURED)


def replace_fields(run: Run, **changes: Any) -> Run:
    """`dataclasses.replace`, but without a loss of the static type."""
    return Run(**{**{name: getattr(run, name) for name in _NAMES}, **changes})


_NAMES = tuple(each.name for each in fields(Run))
