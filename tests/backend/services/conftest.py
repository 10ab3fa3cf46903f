from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from backend.services.journal_feed import JournalFeed
from backend.services.runs import Runs
from backend.store.sql import SqlRunStore
from python_training.contracts.events import Event, EventType
from python_training.contracts.trainer import Point
from python_training.runtime.journal import JournalWriter
from python_training.runtime.run_folder import RunFolder
from python_training.testing.runs import scripted_run


@dataclass
class Room:
    """A store, a feed and the services on one folder; what was published, and which runs went away."""

    root: Path
    store: SqlRunStore = field(init=False)
    feed: JournalFeed = field(init=False)
    runs: Runs = field(init=False)
    published: list[tuple[str, Event]] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.open()

    @property
    def logs(self) -> Path:
        """Where the journals are."""
        return self.root / "logs"

    def open(self) -> None:
        """Start as a server does."""
        self.store = SqlRunStore(f"sqlite:///{self.root / 'paddock.db'}")
        checkpoints = self.root / "checkpoints"
        self.feed = JournalFeed(self.store, self.logs, checkpoints, self.take, self.gone.append)
        self.runs = Runs(self.store, self.feed, self.logs, checkpoints, command_timeout_s=10.0)

    def reopen(self, *, forget: bool = False) -> None:
        """Restart, with the database deleted if it is to forget."""
        self.store.close()
        if forget:
            for path in self.root.glob("paddock.db*"):
                path.unlink()
        self.open()

    def take(self, run_id: str, events: list[Event]) -> None:
        """Publish into a list."""
        self.published += [(run_id, event) for event in events]

    def add(self, steps: int, **config: object) -> RunFolder:
        """A run whose journal has so many points, one event each, as a worker would have left it."""
        folder = scripted_run(self.root, **config)
        with JournalWriter(folder.path) as journal:
            journal.append(EventType.STATUS, status="starting", pid=1, host="supervisor")
            journal.append(EventType.STATUS, status="running")
            for step in range(1, steps + 1):
                journal.add_point(Point(step, {"value": float(step), "noise": -1.0}))
                journal.flush()
        return folder

    def append(self, folder: RunFolder, type: str, **data: object) -> None:
        """Append one event as the only writer."""
        with JournalWriter(folder.path) as journal:
            journal.append(EventType(type), **data)

    def feed_all(self) -> None:
        """Scan, and feed until nothing is left."""
        self.feed.scan()
        while self.feed.step():
            pass


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    """A control room without a worker."""
    made = Room(tmp_path)
    yield made
    made.store.close()
