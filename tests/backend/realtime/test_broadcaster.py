"""Who is told what, with a real store."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from backend.domain.run import Run
from backend.realtime.broadcaster import NEWEST_AFTER_S, Broadcaster
from backend.realtime.client import Client
from backend.realtime.journal_pages import MAX_REPLAY_EVENTS, MAX_REPLAY_POINTS, Position
from backend.realtime.messages import Message
from backend.realtime.outbox import Outbox
from backend.store.sql import SqlRunStore
from python_training.contracts.errors import UnknownNameError
from python_training.contracts.events import Event, EventType
from python_training.contracts.metrics import MetricSpec
from python_training.contracts.status import RunStatus

VALUE = MetricSpec("value", "Value", "A number.", primary=True)


class Desk:
    """A broadcaster on a store; time passes only in its tasks, and clients read when they are told to."""

    def __init__(self, store: SqlRunStore) -> None:
        self.store = store
        self.now = 1000.0
        self.tasks: list[Callable[[], None]] = []
        self.broadcaster = Broadcaster(store, start=self.tasks.append, sleep=self.wait, clock=lambda: self.now)
        self.outboxes: dict[str, Outbox] = {}

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds

    def work(self) -> None:
        """Do what the broadcaster has left to tasks."""
        while self.tasks:
            self.tasks.pop(0)()

    def connect(self, sid: str, limit_bytes: int = 10_000_000) -> None:
        """A client that has just come."""
        outbox = self.outboxes[sid] = Outbox(lambda: self.now)
        self.broadcaster.connect(Client(sid, outbox, limit_bytes, lambda: self.now))

    def idle(self) -> None:
        """Wait until those who joined nothing follow the newest run."""
        self.now += NEWEST_AFTER_S
        self.broadcaster.tick()

    def join(self, sid: str, run: str, since: Position | None) -> dict[str, Any]:
        """Join a run and begin to be told, as after the acknowledgement."""
        answer = self.broadcaster.join(sid, run, since)
        self.broadcaster.begin(sid, run)
        return answer

    def read(self, sid: str) -> list[tuple[str, dict[str, Any]]]:
        """Everything that waits for the client, and what comes while it reads, as (name, data)."""
        self.work()
        found = []
        outbox = self.outboxes[sid]
        while outbox.qsize():
            found.append(tuple(json.loads(outbox.get().encode(b64=True)[2:])))
            self.work()
        return found

    def seqs(self, sid: str, name: str = "metrics_update") -> list[int]:
        """The seqs of the messages of one kind that wait for the client."""
        return [data["seq"] for each, data in self.read(sid) if each == name]

    def create(self, run: str, created: float) -> None:
        """A run that is in the store and begins to run."""
        self.store.add(
            Run(
                id=run, system="scripted", name="", status=RunStatus.QUEUED, status_since=created, created=created,
                updated=created, config={}, seed=0, threads=1, metrics=(VALUE,),
            )
        )  # fmt: skip
        self.happen(run, Event(1, created, EventType.STATUS, {"status": "queued"}))

    def happen(self, run: str, *events: Event) -> None:
        """Append events, then publish them, as the feed does."""
        self.store.append(run, events)
        self.broadcaster.publish(run, list(events))

    def points(self, run: str, first: int, last: int) -> list[Event]:
        """Events first..last with one point each."""
        return [
            Event(seq, 1.0, EventType.POINTS, {"points": [{"step": seq, "t": 1.0, "values": {"value": float(seq)}}]})
            for seq in range(first, last + 1)
        ]

    def burst(self, seq: int, points: int) -> Event:
        """One event with several points, of steps from ten times its seq on."""
        told = [{"step": 10 * seq + i, "t": 1.0, "values": {"value": float(i)}} for i in range(points)]
        return Event(seq, 1.0, EventType.POINTS, {"points": told})

    def compacted(self, first: int, last: int) -> Event:
        """What is left of several events when their segment was compacted."""
        bucket = {"min": 0.0, "max": 9.0, "mean": 4.5, "count": last - first + 1}
        points = [{"step": last, "t": 1.0, "values": {"value": bucket}}]
        return Event(last, 1.0, EventType.POINTS, {"first_seq": first, "points": points})


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk without runs or clients."""
    store = SqlRunStore(f"sqlite:///{tmp_path}/paddock.db")
    yield Desk(store)
    store.close()


def test_a_client_that_joined_nothing_follows_the_newest_run(desk: Desk) -> None:
    """It is told of the newest run only, and of the next one as soon as that begins."""
    desk.create("a", 1.0)
    desk.create("b", 2.0)
    desk.connect("x")
    desk.idle()
    desk.read("x")
    desk.happen("a", *desk.points("a", 2, 3))
    desk.happen("b", *desk.points("b", 2, 4))
    assert desk.seqs("x") == [2, 3, 4]
    desk.create("c", 3.0)
    desk.happen("c", *desk.points("c", 2, 2))
    desk.happen("b", *desk.points("b", 5, 5))
    told = desk.read("x")
    assert [(name, data["run"]) for name, data in told] == [("training_status", "c"), ("metrics_update", "c")]


def test_nothing_is_told_before_there_was_time_to_join(desk: Desk) -> None:
    """A client that is about to join would take it for what follows its last message, and miss what lies between."""
    desk.create("a", 1.0)
    desk.happen("a", *desk.points("a", 2, 9))
    desk.connect("x")
    desk.broadcaster.tick()
    desk.happen("a", *desk.points("a", 10, 12))
    desk.broadcaster.tick()
    assert [name for name, _ in desk.read("x")] == ["run_changed"]
    desk.join("x", "a", Position(5))
    assert desk.seqs("x") == list(range(6, 13))


def test_who_joins_nothing_misses_nothing_since_it_came(desk: Desk) -> None:
    """After the wait it is told how the newest run stood when it came, and all that has happened to it since."""
    desk.create("a", 1.0)
    desk.connect("x")
    desk.happen("a", *desk.points("a", 2, 4))
    desk.idle()
    told = [(name, data) for name, data in desk.read("x") if name != "run_changed"]
    assert told[0] == ("training_status", {"run": "a", "seq": 1, "status": "queued", "is_training": True})
    assert [data["seq"] for _, data in told[1:]] == [2, 3, 4]


def test_who_joins_nothing_sees_a_run_that_began_while_it_waited_from_its_start(desk: Desk) -> None:
    """The run is newer than the client."""
    desk.connect("x")
    desk.create("a", 1.0)
    desk.happen("a", *desk.points("a", 2, 3))
    desk.idle()
    assert [data["seq"] for name, data in desk.read("x") if name != "run_changed"] == [1, 2, 3]


def test_after_joining_only_the_chosen_runs_are_told(desk: Desk) -> None:
    """Joining ends the following of the newest run; leaving does not bring it back."""
    desk.create("a", 1.0)
    desk.create("b", 2.0)
    desk.connect("x")
    desk.join("x", "a", None)
    desk.read("x")
    desk.happen("a", *desk.points("a", 2, 2))
    desk.happen("b", *desk.points("b", 2, 2))
    assert [data["run"] for _, data in desk.read("x")] == ["a"]
    desk.broadcaster.leave("x", "a")
    desk.happen("a", *desk.points("a", 3, 3))
    desk.happen("b", *desk.points("b", 3, 3))
    desk.idle()
    assert {name for name, _ in desk.read("x")} == {"run_changed"}


def test_nothing_is_told_before_the_join_is_acknowledged(desk: Desk) -> None:
    """What happens between the answer and its being sent comes after it, once."""
    desk.create("a", 1.0)
    desk.happen("a", *desk.points("a", 2, 4))
    desk.connect("x")
    desk.broadcaster.join("x", "a", Position(2))
    desk.happen("a", *desk.points("a", 5, 6))
    assert desk.read("x") == []
    desk.broadcaster.begin("x", "a")
    assert desk.seqs("x") == [3, 4, 5, 6]


def test_joining_replays_what_was_missed(desk: Desk) -> None:
    """Every event after `since_seq` comes once: those in the store at once, later ones as they happen."""
    desk.create("a", 1.0)
    desk.happen("a", *desk.points("a", 2, 50))
    desk.connect("x")
    assert desk.join("x", "a", Position(20)) == {"ok": True, "seq": 50}
    desk.happen("a", *desk.points("a", 51, 52))
    assert desk.seqs("x") == list(range(21, 53))


def test_events_that_are_stored_but_not_yet_published_come_once(desk: Desk) -> None:
    """Joining between append and publish neither loses nor repeats them."""
    desk.create("a", 1.0)
    desk.connect("x")
    events = desk.points("a", 2, 5)
    desk.store.append("a", events)
    desk.join("x", "a", Position(0))
    desk.work()
    desk.broadcaster.publish("a", events)
    assert desk.seqs("x") == [2, 3, 4, 5]


@pytest.mark.parametrize("cut", range(1, 13))
def test_a_client_that_was_cut_off_within_an_event_goes_on_within_it(desk: Desk, cut: int) -> None:
    """The seq and index of the last message that came tell exactly what is missing, wherever that was."""
    desk.create("a", 1.0)
    desk.happen("a", *(desk.burst(seq, 4) for seq in (2, 3, 4)))
    desk.connect("x")
    desk.join("x", "a", Position(1))
    before = [data for name, data in desk.read("x") if name == "metrics_update"]
    last = before[cut - 1]
    desk.connect("y")
    desk.join("y", "a", Position.told(last["seq"], last.get("index")))
    desk.happen("a", desk.burst(5, 4))
    after = [data for name, data in desk.read("y") if name == "metrics_update"]
    assert [data["step"] for data in before[:cut] + after] == [
        *range(20, 24),
        *range(30, 34),
        *range(40, 44),
        *range(50, 54),
    ]


def test_a_compacted_event_that_is_known_in_part_cannot_be_replayed(desk: Desk) -> None:
    """Its points stand for some that the client has and some that it has not: it fetches the history."""
    desk.create("a", 1.0)
    desk.happen("a", desk.compacted(2, 9), *desk.points("a", 10, 11))
    desk.connect("x")
    assert desk.join("x", "a", Position(1)) == {"ok": True, "seq": 11}
    assert desk.seqs("x") == [9, 10, 11]
    assert desk.join("x", "a", Position(9)) == {"ok": True, "seq": 11}
    assert desk.seqs("x") == [10, 11]
    for within in (Position(2), Position(5), Position(8, 3), Position(1, 1)):
        assert desk.join("x", "a", within) == {"ok": True, "seq": 11, "reset": True}
    desk.happen("a", *desk.points("a", 12, 12))
    assert desk.seqs("x") == [12]


def test_events_that_were_compacted_while_a_client_was_behind_are_made_good_by_a_reset(desk: Desk) -> None:
    """The compacted event replaces what the client was about to be told."""
    desk.create("a", 1.0)
    desk.connect("x")
    desk.join("x", "a", Position(0))
    desk.read("x")
    desk.broadcaster.join("x", "a", Position(5))  # it was told of these by the server before
    desk.broadcaster.begin("x", "a")
    desk.happen("a", desk.compacted(2, 9))
    desk.broadcaster.tick()
    assert ("reset", {"run": "a"}) in desk.read("x")
    desk.happen("a", *desk.points("a", 10, 10))
    assert desk.seqs("x") == [10]


@pytest.mark.parametrize("points", [1, 100])
def test_too_much_is_not_replayed(desk: Desk, points: int) -> None:
    """A client that missed thousands of points is told to fetch the history, and follows from the newest on."""
    desk.create("a", 1.0)
    last = 1 + min(MAX_REPLAY_EVENTS + 9, MAX_REPLAY_POINTS // points + 3)
    desk.happen("a", *(desk.burst(seq, points) for seq in range(2, last + 1)))
    desk.connect("x")
    assert desk.join("x", "a", Position(1)) == {"ok": True, "seq": last, "reset": True}
    desk.happen("a", *desk.points("a", last + 1, last + 1))
    assert desk.seqs("x") == [last + 1]
    assert desk.join("x", "a", Position(last - 5)) == {"ok": True, "seq": last + 1}


def test_many_joins_read_the_journal_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever joins gets what was read and encoded for the first."""
    desk.create("a", 1.0)
    desk.happen("a", *desk.points("a", 2, 100))
    read: list[int] = []
    events = desk.store.events
    monkeypatch.setattr(desk.store, "events", lambda run, **how: read.append(how["since"]) or events(run, **how))
    for number in range(50):
        desk.connect(f"x{number}")
        desk.join(f"x{number}", "a", Position(0))
        assert len(desk.seqs(f"x{number}")) == 99
    assert sorted(read) == list(range(0, 100, 8))


def test_joining_a_run_that_is_not_there_is_an_error(desk: Desk) -> None:
    """The client goes on as before."""
    desk.connect("x")
    with pytest.raises(UnknownNameError):
        desk.join("x", "nothing", None)


def test_a_replay_that_is_larger_than_the_queue_goes_on_as_it_is_read(desk: Desk) -> None:
    """A client that reads is not told `reset`, whatever it has missed and however small its queue."""
    desk.create("a", 1.0)
    desk.happen("a", *desk.points("a", 2, 1001))
    desk.connect("x", limit_bytes=10_000)
    desk.join("x", "a", Position(0))
    got: list[int] = []

    def read_and_wait(seconds: float) -> None:
        outbox = desk.outboxes["x"]
        while seconds and outbox.qsize():
            name, data = json.loads(outbox.get().encode(b64=True)[2:])
            assert name != "reset"
            got.extend([data["seq"]] if name == "metrics_update" else [])

    desk.wait = read_and_wait  # type: ignore[method-assign]
    desk.broadcaster._sleep = read_and_wait
    desk.work()
    read_and_wait(1)
    assert got == list(range(2, 1002))


def test_a_stalled_client_gets_a_reset_when_it_reads_again(desk: Desk) -> None:
    """Others are not held up by it, and after the reset it is told everything new."""
    desk.create("a", 1.0)
    for sid, limit in (("slow", 10_000), ("quick", 1_000_000)):
        desk.connect(sid, limit)
        desk.join(sid, "a", Position(0))
    for first in range(2, 1002, 100):
        desk.happen("a", *desk.points("a", first, first + 99))
        desk.broadcaster.tick()
        assert desk.seqs("quick") == list(range(first, first + 100))
    assert desk.outboxes["slow"].bytes <= 10_000
    got = desk.seqs("slow")
    assert got == list(range(2, 2 + len(got)))
    desk.broadcaster.tick()
    assert ("reset", {"run": "a"}) in desk.read("slow")
    desk.happen("a", *desk.points("a", 1002, 1002))
    assert desk.seqs("slow") == [1002]


def test_run_changed_comes_at_most_once_a_second(desk: Desk) -> None:
    """Everybody is told how a run stands: at once when its status changes, else once a second."""
    desk.create("a", 1.0)
    desk.connect("x")
    desk.broadcaster.leave("x", "a")
    changes = _changes(desk)
    assert [run["id"] for run in changes()] == ["a"]
    desk.happen("a", *desk.points("a", 2, 2))
    assert changes() == []
    desk.now += 1.0
    assert [run["step"] for run in changes()] == [2]
    desk.now += 0.1
    desk.happen("a", Event(3, 2.0, EventType.STATUS, {"status": "starting"}))
    assert [run["status"] for run in changes()] == ["starting"]
    desk.broadcaster.run_changed("a")
    assert len(changes()) == 1
    assert changes() == []


def test_a_deleted_run_is_forgotten(desk: Desk) -> None:
    """Everybody hears of it, and those who joined nothing follow the newest of those that are left."""
    desk.create("a", 1.0)
    desk.create("b", 2.0)
    desk.connect("x")
    desk.idle()
    desk.read("x")
    desk.store.delete("b")
    desk.broadcaster.run_deleted("b")
    assert desk.read("x") == [("run_deleted", {"run": "b"})]
    desk.happen("a", *desk.points("a", 2, 2))
    assert desk.seqs("x") == [2]
    desk.broadcaster.tick()


def test_whoever_gave_a_command_is_told_its_end(desk: Desk) -> None:
    """Even without following the run; others who do not follow it are not bothered."""
    desk.create("a", 1.0)
    desk.create("b", 2.0)
    for sid in ("x", "y"):
        desk.connect(sid)
        desk.join(sid, "b", None)
        desk.read(sid)
    desk.broadcaster.await_command("x", "a", "c1")
    desk.happen(
        "a",
        Event(2, 1.0, EventType.ACK, {"id": "c1", "name": "save", "state": "accepted"}),
        Event(3, 1.0, EventType.ACK, {"id": "c1", "name": "save", "state": "done", "step": 7}),
    )
    assert [data["state"] for _, data in desk.read("x")] == ["accepted", "done"]
    assert desk.read("y") == []


def test_a_client_that_left_is_not_spoken_to(desk: Desk) -> None:
    """Nothing is queued for it any more."""
    desk.create("a", 1.0)
    desk.connect("x")
    desk.join("x", "a", Position(0))
    desk.read("x")
    desk.broadcaster.disconnect("x")
    desk.happen("a", *desk.points("a", 2, 2))
    desk.broadcaster.tell("x", "reset", {})
    assert desk.broadcaster.show("x", Message.view_frame("s", "{}")) == "gone"
    assert desk.read("x") == []


def _changes(desk: Desk) -> Callable[[], list[dict[str, Any]]]:
    def look() -> list[dict[str, Any]]:
        desk.broadcaster.tick()
        return [data["run"] for name, data in desk.read("x") if name == "run_changed"]

    return look
