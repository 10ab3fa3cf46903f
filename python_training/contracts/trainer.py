"""The contract between a training system and the runtime that hosts it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol, TypeVar

from python_training.contracts.config import SystemConfig
from python_training.contracts.view import ViewFrame

ConfigT = TypeVar("ConfigT", bound=SystemConfig, contravariant=True)


@dataclass(frozen=True, slots=True)
class Point:
    """Values of declared metrics at one step of training.

    NaN and infinity are allowed here; the runtime turns them into null and a health event.
    """

    step: int
    values: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that people should be told; the runtime makes it a health event.

    Attributes:
        level: how bad it is.
        code: a snake_case word for programs.
        message: one or two sentences for people.
    """

    level: Literal["info", "warning", "error"]
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Progress:
    """What one `advance` brought.

    Attributes:
        step: total steps of training so far, in the system's own unit; never falls except by `load`.
        points: new points, in order of step.
        finished: why the run is complete, or None while it is not.
        total_steps: the step at which the run will be complete, None when it has no end.
        milestone: whether a checkpoint should be saved now, whatever the interval.
        notices: what people should be told.
    """

    step: int
    points: Sequence[Point] = field(default_factory=tuple)
    finished: str | None = None
    total_steps: int | None = None
    milestone: bool = False
    notices: Sequence[Notice] = ()


class Trainer(Protocol):
    """A training system at work on one run.

    It is built as `TrainerClass(config, threads=N)`, where `threads` is how many cores it may use, and is only ever
    called from one thread. Given equal config, two trainers produce bit-identical deterministic metrics, and a trainer
    that loaded a checkpoint continues exactly like the one that saved it. Watching (`view`) changes nothing.
    """

    def advance(self) -> Progress:
        """Do one update, generation, batch or epoch: seconds of work, not minutes."""
        ...

    def configure(self, config: SystemConfig) -> None:
        """Adopt `config`, which differs only in fields marked live, from the next `advance` on."""
        ...

    def save(self, folder: Path) -> None:
        """Write the complete state into the empty `folder`: weights, optimiser, generators, world state, history."""
        ...

    def load(self, folder: Path) -> None:
        """Become exactly the trainer that wrote `folder`; raises CheckpointError if it does not fit the config."""
        ...

    def view(self) -> ViewFrame | None:
        """A picture of training as it stands, called between advances and only while someone watches."""
        ...

    def close(self) -> None:
        """Release what is held; safe to call twice."""
        ...


class TrainerFactory(Protocol):
    """The class that a registry entry names as its trainer."""

    def __call__(self, config: SystemConfig, *, threads: int) -> Trainer:
        """Build a trainer for `config` that may use `threads` cores."""
        ...
