"""What every store does. The journals are the truth: a store can be deleted and built again from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from backend.domain.run import Labels, Run
from python_training.contracts.errors import PaddockError
from python_training.contracts.events import Event, EventType
from python_training.contracts.status import RunStatus


class StoreError(PaddockError):
    """The database cannot be opened, or does not answer. Nothing is lost: the journals have everything."""

    code = "store"


class UnfitError(StoreError):
    """The database cannot hold what it was given; it is sound itself, and everything else goes on."""

    code = "unfit"


@dataclass(frozen=True, slots=True)
class Series:
    """One metric in order of step, thinned to buckets that keep what a chart must not lose.

    All lists have the same length. Where nothing was thinned every count is 1 (or 0 for a value that was not a number)
    and low, high and mean are equal.

    Attributes:
        step: last step of each bucket.
        t: Unix time of the last point of each bucket.
        low, high, mean: least, greatest and mean value, None where no point of the bucket was a number.
        count: how many numbers the bucket stands for.
    """

    step: Sequence[int]
    t: Sequence[float]
    low: Sequence[float | None]
    high: Sequence[float | None]
    mean: Sequence[float | None]
    count: Sequence[int]

    def to_dict(self) -> dict[str, Any]:
        """The series as REST shows it: `{step, t, min, max, mean, count}`."""
        return {
            "step": list(self.step),
            "t": list(self.t),
            "min": list(self.low),
            "max": list(self.high),
            "mean": list(self.mean),
            "count": list(self.count),
        }


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured at one step, all metrics together; None where a value was not a number."""

    step: int
    t: float
    values: Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class RunFilter:
    """Which runs are asked for; an empty field does not restrict.

    Attributes:
        status: any of these.
        text: part of the id, name or notes, in any case.
        order: after the pinned ones, the "newest" first, or by "status": those that train, then paused ones, then the
            queue with the next to begin in front, then those that have ended, the newest first.
        limit: at most so many, None for all; `offset` are passed over first.
    """

    status: Sequence[RunStatus] = ()
    system: str = ""
    tag: str = ""
    text: str = ""
    order: Literal["newest", "status"] = "newest"
    limit: int | None = None
    offset: int = 0


STATUS_ORDER: Mapping[RunStatus, int] = {
    status: 3 if not status.is_active else {RunStatus.PAUSED: 1, RunStatus.QUEUED: 2}.get(status, 0)
    for status in RunStatus
}
"""Places of statuses in a list that is ordered by them."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a run's journal was taken in.

    Attributes:
        last_seq: seq of the last event.
        readable: whether the store knows what the run is.
        active: whether a process trains it, or is about to.
        damage: what was found to be wrong with its files.
        reading: what `observe` was told last of where the journal was read to.
    """

    last_seq: int
    readable: bool = True
    active: bool = True
    damage: str = ""
    reading: Mapping[str, Any] | None = None


class RunStore(Protocol):
    """Keeps runs, their events and their points.

    Safe to use from several threads or greenlets, and by several processes at once on the same database: `append` is
    idempotent, so two servers may feed the same journal. Values that come out are frozen; nothing returned is tied to
    a session or connection. Methods that take the id of a run the store does not know raise UnknownNameError, unless
    they say otherwise; all raise StoreError when the database fails, and UnfitError for what it cannot hold. A run
    whose record is damaged comes out as `Run.unreadable`, and keeps nobody from the others. Calls block for as long as
    the database does; `append` should be given some thousand values at a time, not millions.
    """

    def add(self, run: Run) -> None:
        """Take in a run that has no events yet; one that is there already stays as it is."""
        ...

    def append(self, run_id: str, events: Sequence[Event]) -> Run:
        """Take in events in order of seq and return the run as it stands then.

        Events whose seq the run already has are passed over. A compacted event replaces those that it stands for. A
        `rewound` hides the points it supersedes; the events stay.
        """
        ...

    def label(self, run_id: str, labels: Labels) -> Run:
        """Replace what people wrote on the run."""
        ...

    def observe(self, run_id: str, *, damage: str, reading: Mapping[str, Any] | None = None) -> None:
        """Note what the server found out about the run by itself: it is in no journal, and no event changes it."""
        ...

    def hear(self, run_id: str, silent_since: float | None, silence: str) -> None:
        """Note since when the run's worker has not answered, None while it does, and what is done about it."""
        ...

    def delete(self, run_id: str) -> None:
        """Forget the run with all its events and points; without effect if there is none."""
        ...

    def get(self, run_id: str) -> Run:
        """The run of that id."""
        ...

    def find(self, filter: RunFilter) -> tuple[list[Run], int]:
        """Fitting runs, pinned ones first, then in the order asked for; and how many fit without limit and offset."""
        ...

    def standings(self) -> dict[str, Standing]:
        """Of every run, how far its journal was taken in."""
        ...

    def newest(self) -> Run | None:
        """The run created last of those that can be read, None if there is none."""
        ...

    def events(self, run_id: str, *, since: int = 0, limit: int = 1000, types: Sequence[EventType] = ()) -> list[Event]:
        """The first `limit` events with a greater seq than `since`, of these types or of all."""
        ...

    def series(
        self,
        run_id: str,
        names: Sequence[str] = (),
        *,
        start: int | None = None,
        end: int | None = None,
        points: int = 1000,
    ) -> Mapping[str, Series]:
        """Effective points of the named metrics (of all, if none is named) from step `start` to `end`, both included.

        A metric with more than `points` points there is thinned to about as many buckets of equal width in steps. Where
        points are many, the bucket at an edge may reach a little beyond it.
        """
        ...

    def series_at(
        self,
        run_id: str,
        names: Sequence[str] = (),
        *,
        start: int | None = None,
        end: int | None = None,
        points: int = 1000,
    ) -> tuple[int, Mapping[str, Series]]:
        """The same, behind the seq of the last event that it includes: both of one moment, so that who follows the run
        from that event on has no point twice and misses none.
        """
        ...

    def history(self, run_id: str, limit: int) -> list[Measured]:
        """The newest `limit` effective points in order of step."""
        ...

    def close(self) -> None:
        """Let go of the database; safe twice."""
        ...
