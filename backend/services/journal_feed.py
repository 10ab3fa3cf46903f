"""From the journals into the store, and from there to whoever listens: append, then publish."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from backend.domain.run import Run
from backend.errors import NotFoundError
from backend.services.labels import read_labels
from backend.store.base import RunStore
from python_training.contracts.errors import PaddockError, UnknownNameError
from python_training.contracts.events import Event, EventType
from python_training.runtime.journal import JournalReader
from python_training.runtime.run_folder import RunFolder
from python_training.runtime.segments import segment_numbers, segment_path

VALUES_A_BATCH = 2000
"""At most about so many values go into one transaction, which keeps it near 50 ms: SQLite blocks the whole process."""

EVENTS_A_ROUND = 1000
"""At most so many events of one run are taken before the other runs have their turn."""

Publish = Callable[[str, list[Event]], None]
Gone = Callable[[str], None]

log = logging.getLogger(__name__)


class JournalFeed:
    """Tails every journal below `logs_dir`.

    `publish(run_id, events)` is called after the events are in the store, for one run in order of seq, from the thread
    that runs the feed or from one that calls `catch_up`; it must not call the feed. `gone(run_id)` tells that the
    folder of a run has disappeared, after the store forgot it. Methods may be called from several threads or greenlets.

    After an error of the store (a full disk, a lost connection) the feed reads the journal again from where the store
    stands, so nothing is left out.
    """

    def __init__(
        self,
        store: RunStore,
        logs_dir: Path,
        checkpoints_dir: Path,
        publish: Publish,
        gone: Gone = lambda _run_id: None,
    ) -> None:
        self._store = store
        self._logs_dir = logs_dir
        self._checkpoints_dir = checkpoints_dir
        self._publish = publish
        self._gone = gone
        self._tails: dict[str, _Tail] = {}
        self._refused: set[str] = set()
        self._lock = threading.Lock()
        self._known: dict[str, int] | None = None

    def scan(self) -> None:
        """Find new runs, runs that are going on again, and runs whose folder is gone."""
        names = {path.name for path in self._logs_dir.iterdir()} if self._logs_dir.is_dir() else set()
        for name in sorted(names - self._tails.keys() - self._refused):
            self._discover(name)
        for name in self._tails.keys() - names:
            self.forget(name)
            self._store.delete(name)
            self._gone(name)
        for tail in list(self._tails.values()):
            tail.wake_if_grown()

    def step(self) -> bool:
        """Feed one bounded batch of every run that has news; whether any run may have more."""
        more = False
        for run_id, tail in list(self._tails.items()):
            if tail.reader is not None:
                more |= self._feed(run_id, tail)
        return more

    def catch_up(self, run_id: str) -> Run:
        """Take in everything that the run's journal holds now, and return the run.

        Raises:
            NotFoundError: there is no such run.
        """
        tail = self._tails.get(run_id)
        if tail is None:
            self._discover(run_id)
            tail = self._tails.get(run_id)
        if tail is not None:
            tail.wake()
            while self._feed(run_id, tail):
                pass
        try:
            return self._store.get(run_id)
        except UnknownNameError:
            raise NotFoundError(f"There is no run '{run_id}'.") from None

    def forget(self, run_id: str) -> None:
        """Stop following a run, because it is being deleted."""
        tail = self._tails.pop(run_id, None)
        if tail is not None:
            with tail.lock:
                tail.rest(0)

    def run(
        self,
        stopped: Callable[[], bool],
        *,
        interval_s: float = 0.1,
        scan_interval_s: float = 0.25,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        """Scan and step until `stopped()`; `sleep` is what yields to other greenlets."""
        next_scan = 0.0
        while not stopped():
            more = False
            try:
                if time.monotonic() >= next_scan:
                    self.scan()
                    next_scan = time.monotonic() + scan_interval_s
                more = self.step()
            except Exception:
                # Whatever it was (the database is away, the disk is full), the journals still have everything.
                log.exception("The journal feed failed; it goes on in a second.")
                sleep(1.0)
            sleep(0.0 if more else interval_s)

    def _discover(self, name: str) -> None:
        """Begin to follow the run in the folder `name`, if it is one and complete."""
        if name.startswith(".") or not (self._logs_dir / name / "run.json").is_file():
            return
        try:
            folder = RunFolder(self._logs_dir, self._checkpoints_dir, name)
            spec = folder.spec()
        except PaddockError as error:
            log.warning("%s is not a run: %s", name, error)
            self._refused.add(name)
            return
        with self._lock:
            if self._known is None:
                self._known = self._store.last_seqs()
            if name in self._tails:
                return
            labels = read_labels(folder.path)
            last_seq = self._known.pop(name, None)
            if last_seq is None:
                self._store.add(Run.begin(spec, labels))
                last_seq = 0
            else:
                self._store.label(name, labels)
            self._tails[name] = _Tail(folder.path, last_seq)

    def _feed(self, run_id: str, tail: _Tail) -> bool:
        with tail.lock:
            if tail.reader is None:
                return False
            size = tail.journal_size() if tail.ended else 0
            try:
                events = tail.reader.poll(EVENTS_A_ROUND)
                for batch in _batches(events):
                    run = self._store.append(run_id, batch)
                    tail.taken = batch[-1].seq
                    tail.ended = not run.status.is_active
                    self._publish(run_id, batch)
                    time.sleep(0)  # patched under eventlet: other greenlets have their turn between transactions
            except BaseException:
                tail.restart()
                raise
            if not events and tail.ended:
                tail.rest(size)
            return bool(events)


class _Tail:
    """Where the feed stands in one journal. `lock` guards everything in it."""

    def __init__(self, run_dir: Path, taken: int) -> None:
        self.lock = threading.Lock()
        self.taken = taken
        self.ended = False
        self._run_dir = run_dir
        self._size = 0
        self.reader: JournalReader | None = JournalReader(run_dir, taken)

    def restart(self) -> None:
        """Read again from behind what the store has."""
        if self.reader is not None:
            self.reader.close()
        self.reader = JournalReader(self._run_dir, self.taken)

    def rest(self, size: int) -> None:
        """Let go of the file of a run that has ended: a thousand of them would be a thousand open files.

        `size` is what `journal_size` was before the journal was read to its end.
        """
        if self.reader is not None:
            self._size = size
            self.reader.close()
            self.reader = None

    def wake_if_grown(self) -> None:
        """Follow a resting run again if its journal has changed."""
        if self.reader is None and self.journal_size() != self._size:
            self.wake()

    def wake(self) -> None:
        """Follow a resting run again."""
        with self.lock:
            if self.reader is None:
                self.reader = JournalReader(self._run_dir, self.taken)

    def journal_size(self) -> int:
        """A number that changes whenever something is appended."""
        numbers = segment_numbers(self._run_dir)
        if not numbers:
            return 0
        return numbers[-1] * 2**40 + segment_path(self._run_dir, numbers[-1]).stat().st_size


def _batches(events: Sequence[Event]) -> Iterator[list[Event]]:
    """`events` cut so that each piece has about VALUES_A_BATCH values of metrics."""
    batch: list[Event] = []
    values = 0
    for event in events:
        batch.append(event)
        if event.type is EventType.POINTS:
            values += sum(len(point["values"]) for point in event.data["points"])
        if values >= VALUES_A_BATCH:
            yield batch
            batch, values = [], 0
    if batch:
        yield batch
