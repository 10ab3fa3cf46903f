"""From the journals into the store, and from there to whoever listens: append, then publish."""

from __future__ import annotations

import contextlib
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from backend.domain.run import Run, replace_fields
from backend.errors import NotFoundError
from backend.services.labels import read_labels
from backend.store.base import RunStore, Standing, StoreError, UnfitError
from backend.workers.status_tail import StatusTail
from backend.workers.turns import whose_turn
from python_training.contracts.errors import PaddockError, RunDamagedError, UnknownNameError
from python_training.contracts.events import Event, EventType
from python_training.runtime.journal import JournalReader
from python_training.runtime.journal_reader import Position
from python_training.runtime.run_folder import RunFolder

ROWS_A_BATCH = 1000
"""About so many rows go into one transaction, which keeps it near 30 ms: SQLite blocks the whole process, and a request
has to wait for several of them, for a turn each time that it reads or writes."""

EVENTS_A_ROUND = 1000
SLICE_BYTES = 1 << 17
"""At most so many events, or about so many bytes, of one run are taken before the others and requests have their turn:
some 20 ms of work."""

CATCH_UP_S = 0.3
"""Whoever asks for a run waits at most about so long for what its journal has beyond the store."""

RESTING_A_SCAN = 50
"""At most so many resting runs are looked at in one scan. Whoever asks for one has it looked at anyway."""

UNFINISHED_S = 5.0
"""A folder with a journal and without run.json is a run that is just being made, unless it is older than that."""

Publish = Callable[[str, list[Event]], None]
Gone = Callable[[str], None]

log = logging.getLogger(__name__)


class JournalFeed:
    """Tails every journal below `logs_dir`.

    `publish(run_id, events)` is called after the events are in the store, for one run in order of seq, from the thread
    that runs the feed or from one that calls `catch_up`; it must not call the feed. `changed(run_id)` tells that the
    server found out something about a run that is in no journal. `gone(run_id)` tells that the folder of a run has
    disappeared, after the store forgot it. Methods may be called from several threads or greenlets.

    After an error of the store (a full disk, a lost connection) the feed reads the journal again from where the store
    stands, so nothing is left out. Each run is on its own: what is wrong with the files of one is noted as its damage,
    and what can be read of it is taken in all the same.
    """

    def __init__(
        self,
        store: RunStore,
        logs_dir: Path,
        checkpoints_dir: Path,
        publish: Publish,
        gone: Gone = lambda _run_id: None,
        changed: Gone = lambda _run_id: None,
    ) -> None:
        self._store = store
        self._logs_dir = logs_dir
        self._checkpoints_dir = checkpoints_dir
        self._publish = publish
        self._gone = gone
        self._changed = changed
        self._tails: dict[str, _Tail] = {}
        self._lock = threading.Lock()
        self._known: dict[str, Standing] | None = None
        self._turn = 0

    def scan(self) -> None:
        """Find new runs, runs that are going on again, runs that were damaged or mended, and those that are gone."""
        names = self._names()
        failed: StoreError | None = None
        for name in sorted(names - self._tails.keys()):
            with _alone(name):
                try:
                    self._discover(name)
                except UnfitError as error:
                    self._store_unreadable(name, error.message)
                except StoreError as error:
                    failed = error
        for name in self._tails.keys() - names:
            self.forget(name)
            self._store.delete(name)
            self._gone(name)
        self._turn += 1
        live = [(name, tail) for name, tail in self._tails.items() if not tail.resting]
        resting = [(name, tail) for name, tail in self._tails.items() if tail.resting]
        for name, tail in (*live, *whose_turn(resting, self._turn, RESTING_A_SCAN)):
            with _alone(name):
                self._look_at(name, tail)
        if failed is not None:
            raise failed

    def step(self) -> bool:
        """Feed one bounded batch of every run that has news; whether any run may have more.

        Raises:
            StoreError: the store failed for one of them; the others have had their turn.
        """
        more, failed = False, None
        for run_id, tail in list(self._tails.items()):
            if tail.resting:
                continue
            try:
                more |= self._feed(run_id, tail)
            except StoreError as error:
                failed = error
        if failed is not None:
            raise failed
        return more

    def catch_up(self, run_id: str) -> Run:
        """Take in what the run's journal holds now, and return the run.

        Where that is much, what can be taken in within CATCH_UP_S; the status is that of the whole journal even then.

        Raises:
            NotFoundError: there is no such run.
        """
        tail = self._tails.get(run_id)
        if tail is None:
            with _alone(run_id):
                self._discover(run_id)
            tail = self._tails.get(run_id)
        more = False
        if tail is not None and (not tail.resting or tail.reader.has_news()):
            tail.wake()
            deadline = time.monotonic() + CATCH_UP_S
            while (more := self._feed(run_id, tail)) and time.monotonic() < deadline:
                pass
        try:
            run = self._store.get(run_id)
            return _with_status(run, tail.folder) if more and tail is not None else run
        except UnknownNameError:
            raise NotFoundError(f"There is no run '{run_id}'.") from None

    def forget(self, run_id: str) -> None:
        """Stop following a run, because it is being deleted."""
        tail = self._tails.pop(run_id, None)
        if tail is not None:
            with tail.lock:
                tail.rest()

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

    def _names(self) -> set[str]:
        try:
            with os.scandir(self._logs_dir) as entries:
                return {entry.name for entry in entries}
        except (FileNotFoundError, NotADirectoryError):
            return set()

    def _discover(self, name: str) -> None:
        """Begin to follow the run in the folder `name`, if it is one."""
        try:
            folder = RunFolder(self._logs_dir, self._checkpoints_dir, name)
            spec, fault = folder.spec(), ""
        except UnknownNameError:
            return
        except RunDamagedError as error:
            spec, fault = None, error.message
            if not os.path.lexists(folder.spec_path) and time.time() - folder.path.stat().st_mtime < UNFINISHED_S:
                return  # it is just being made: run.json comes last
        labels, labels_fault = read_labels(folder.path)
        with self._lock:
            if self._known is None:
                self._known = self._store.standings()
            if name in self._tails:
                return
            known = self._known.pop(name, None)
            if known is not None and spec is not None and not known.readable:
                self._store.delete(name)  # what is wrong with it was mended
                known = None
            if known is None:
                known = Standing(0)
                self._store.add(Run.begin(spec, labels) if spec else Run.unreadable(name, fault))
            else:
                self._store.label(name, labels)
            tail = self._tails[name] = _Tail(folder, known, spec_fault=fault, labels_fault=labels_fault)
        self._tell_damage(name, tail)

    def _store_unreadable(self, name: str, fault: str) -> None:
        """Follow a run of which the store can hold no more than that it is there."""
        self._store.add(Run.unreadable(name, fault))
        folder = RunFolder(self._logs_dir, self._checkpoints_dir, name)
        self._tails[name] = _Tail(folder, Standing(0), spec_fault=fault)
        self._tell_damage(name, self._tails[name])

    def _look_at(self, name: str, tail: _Tail) -> None:
        """Notice that a resting run goes on, and that a run.json was damaged or mended."""
        if tail.look_at_spec():
            spec_fault = ""
            try:
                tail.folder.spec()
            except PaddockError as error:
                spec_fault = error.message
            mended = bool(tail.spec_fault) and not spec_fault
            tail.spec_fault = spec_fault
            if mended:
                self.forget(name)  # the next scan finds it anew
                with self._lock:
                    if self._known is not None:
                        self._known[name] = self._store.standings().get(name, Standing(0))
                return
            self._tell_damage(name, tail)
        tail.wake_if_grown()

    def _feed(self, run_id: str, tail: _Tail) -> bool:
        with tail.lock:
            if tail.resting:
                return False
            try:
                events = tail.reader.poll(EVENTS_A_ROUND, max_bytes=SLICE_BYTES)
                tail.polled = True
                for batch in _batches(events):
                    self._take(run_id, tail, batch)
                    time.sleep(0)  # patched under eventlet: other greenlets have their turn between transactions
            except BaseException:
                tail.restart()
                raise
            if not events and tail.ended:
                tail.rest()
            self._tell_damage(run_id, tail)
            return bool(events)

    def _take(self, run_id: str, tail: _Tail, batch: Sequence[Event]) -> None:
        """Store and publish a batch; an event that cannot be taken in is left out, and said to be."""
        try:
            run = self._store.append(run_id, batch)
        except UnknownNameError:
            tail.rest()  # deleted meanwhile, by another server perhaps
            return
        except Exception as error:
            if isinstance(error, StoreError) and not isinstance(error, UnfitError):
                raise
            if len(batch) > 1:
                for event in batch:
                    self._take(run_id, tail, [event])
                return
            tail.note(f"Event {batch[0].seq} cannot be taken in: {_words(error)}.")
            tail.taken = batch[0].seq
            return
        tail.taken = batch[-1].seq
        tail.ended = not run.status.is_active
        try:
            self._publish(run_id, list(batch))
        except Exception:
            log.exception("News of %s could not be told; they are in the store.", run_id)

    def _tell_damage(self, run_id: str, tail: _Tail) -> None:
        """Have the store know what is wrong with a run, if that has changed."""
        damage = tail.damage
        reading = tail.reading
        if damage == tail.told_damage and reading == tail.told_reading:
            return
        self._store.observe(run_id, damage=damage, reading=reading)
        tail.told_reading = reading
        if damage == tail.told_damage:
            return
        tail.told_damage = damage
        if damage:
            log.warning("%s is damaged: %s", run_id, damage)
        self._changed(run_id)


@contextlib.contextmanager
def _alone(run_id: str) -> Iterator[None]:
    """Keep what one run raises from the others. The store's own errors pass: they are nobody's fault."""
    try:
        yield
    except StoreError:
        raise
    except Exception:
        log.exception("%s is left alone for now.", run_id)


class _Tail:
    """Where the feed stands in one journal. `lock` guards everything in it."""

    def __init__(self, folder: RunFolder, known: Standing, *, spec_fault: str = "", labels_fault: str = "") -> None:
        self.lock = threading.Lock()
        self.folder = folder
        self.taken = known.last_seq
        self.ended = not known.active
        self.resting = False
        self.polled = False
        self.spec_fault = spec_fault
        self.told_damage = known.damage
        self.told_reading = known.reading
        self.reader = JournalReader(folder.path, known.last_seq, _position(known.reading))
        self._labels_fault = labels_fault
        self._journal_fault = str((known.reading or {}).get("fault", ""))
        self._spec_look = self._look(folder.spec_path)

    @property
    def damage(self) -> str:
        """What is wrong with the run's files, "" if nothing is."""
        journal = self._fault
        if not journal and self.polled and self.reader.is_void:
            journal = "The journal is missing." if self.reader.gone else "The journal holds no event."
        return " ".join(each for each in (self.spec_fault, journal, self._labels_fault) if each)

    @property
    def reading(self) -> Mapping[str, Any] | None:
        """What the next server is told: where the journal was read to when the run last came to rest, and its fault.

        It need not read the journal once more then; nor does it begin where a fault would be found again.
        """
        if self.resting:
            return {**asdict(self.reader.position), "fault": self._fault}
        return {**(self.told_reading or {}), "fault": self._fault} if self._fault else self.told_reading

    @property
    def _fault(self) -> str:
        return self._journal_fault or self.reader.fault

    def note(self, fault: str) -> None:
        """Keep the first thing that is wrong with the journal."""
        self._journal_fault = self._journal_fault or fault

    def look_at_spec(self) -> bool:
        """Whether run.json has changed since the last look."""
        before, self._spec_look = self._spec_look, self._look(self.folder.spec_path)
        return self._spec_look != before

    @staticmethod
    def _look(path: Path) -> tuple[int, int, int] | None:
        try:
            found = path.stat()
        except OSError:
            return None
        return found.st_ino, found.st_size, found.st_mtime_ns

    def restart(self) -> None:
        """Read again from behind what the store has."""
        self.reader.close()
        self.note(self.reader.fault)
        self.reader = JournalReader(self.folder.path, self.taken)

    def rest(self) -> None:
        """Let go of the file of a run that has ended: a thousand of them would be a thousand open files."""
        self.reader.close()
        self.resting = True

    def wake_if_grown(self) -> None:
        """Follow a resting run again if its journal has changed."""
        if self.resting and self.reader.has_news():
            self.wake()

    def wake(self) -> None:
        """Follow a resting run again, if there may be news."""
        with self.lock:
            self.resting = False


_POSITION = tuple(each.name for each in fields(Position))


def _position(reading: Mapping[str, Any] | None) -> Position | None:
    """Where an earlier server stood, if that is known."""
    numbers = [each for name in _POSITION if type(each := (reading or {}).get(name)) is int]
    return Position(*numbers) if len(numbers) == len(_POSITION) else None


def _with_status(run: Run, folder: RunFolder) -> Run:
    """A run of which the store does not have everything yet, with the status that its journal ends with."""
    tail = StatusTail(folder.path)
    tail.poll()
    if tail.status is None:
        return run
    return replace_fields(run, status=tail.status, status_since=tail.since, reason=str(tail.data.get("reason") or ""))


def _words(error: Exception) -> str:
    told = error.message if isinstance(error, PaddockError) else f"{type(error).__name__}: {error}"
    return told.rstrip(".")[:300]


def _batches(events: Sequence[Event]) -> Iterator[list[Event]]:
    """`events` cut so that each piece makes about ROWS_A_BATCH rows: one for each event and each value of a metric."""
    batch: list[Event] = []
    rows = 0
    for event in events:
        batch.append(event)
        rows += 1
        if event.type is EventType.POINTS:
            rows += sum(len(point["values"]) for point in event.data["points"])
        if rows >= ROWS_A_BATCH:
            yield batch
            batch, rows = [], 0
    if batch:
        yield batch
