"""Who is told what, with a real store."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from backend.domain.run import Run
from backend.realtime.broadcaster import MAX_REPLAY_EVENTS, Broadcaster
from backend.realtime.client import Client
from backend.realtime.messages import Message
from backend.store.sql import SqlRunStore
from python_training.contracts.errors import UnknownNameError
from python_training.contracts.events import Event, EventType
from python_training.contracts.metrics import MetricSpec
from python_training.contracts.status import RunStatus

VALUE = MetricSpec("value", "Value", "A number.", primary=True)


class Desk:
    """A broadcaster on a store, with a clock that stands still and clients that read when they are told to."""

    def __init__(self, store: SqlRunStore) -> None:
        self.store = store
        self.now = 1000.0
        self.broadcaster = Broadcaster(store, clock=lambda: self.now)
        self.queues: dict[str, list[Any]] = {}

    def connect(self, sid: str, limit_bytes: int = 10_000_000) -> None:
        """A client that follows the newest run."""
        waiting = self.queues[sid] = []
        self.broadcaster.connect(Client(sid, lambda: len(waiting), waiting.append, limit_bytes))

    def read(self, sid: str) -> list[tuple[str, dict[str, Any]]]:
        """Everything that waits for the client, as (name, data)."""
        packets = [json.loads(packet.encode()[2:]) for packet in self.queues[sid]]
        self.queues[sid].clear()
        return [(name, data) for name, data in packets]

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
    desk.read("x")
    desk.happen("a", *desk.points("a", 2, 3))
    desk.happen("b", *desk.points("b", 2, 4))
    assert desk.seqs("x") == [2, 3, 4]
    desk.create("c", 3.0)
    desk.happen("c", *desk.points("c", 2, 2))
    desk.happen("b", *desk.points("b", 5, 5))
    told = desk.read("x")
    assert [(name, data["run"]) for name, data in told] == [("training_status", "c"), ("metrics_update", "c")]


def test_it_is_told_at_once_how_things_stand(desk: Desk) -> None:
    """A new client need not wait for the next event to know whether something trains."""
    desk.create("a", 1.0)
    desk.connect("x")
    assert desk.read("x") == [
        ("training_status", {"run": "a", "seq": 1, "status": "queued", "is_training": True}),
    ]


def test_after_joining_only_the_chosen_runs_are_told(desk: Desk) -> None:
    """Joining ends the following of the newest run; leaving does not bring it back."""
    desk.create("a", 1.0)
    desk.create("b", 2.0)
    desk.connect("x")
    desk.broadcaster.join("x", "a", None)
    desk.read("x")
    desk.happen("a", *desk.points("a", 2, 2))
    desk.happen("b", *desk.points("b", 2, 2))
    assert [data["run"] for _, data in desk.read("x")] == ["a"]
    desk.broadcaster.leave("x", "a")
    desk.happen("a", *desk.points("a", 3, 3))
    desk.happen("b", *desk.points("b", 3, 3))
    assert desk.read("x") == []


def test_joining_replays_what_was_missed(desk: Desk) -> None:
    """Every event after `since_seq` comes once: those in the store at once, later ones as they happen."""
    desk.create("a", 1.0)
    desk.happen("a", *desk.points("a", 2, 50))
    desk.connect("x")
    desk.broadcaster.leave("x", "a")
    desk.read("x")
    assert desk.broadcaster.join("x", "a", 20) == {"ok": True, "seq": 50}
    desk.happen("a", *desk.points("a", 51, 52))
    assert desk.seqs("x") == list(range(21, 53))


def test_events_that_are_stored_but_not_yet_published_come_once(desk: Desk) -> None:
    """Joining between append and publish neither loses nor repeats them."""
    desk.create("a", 1.0)
    desk.connect("x")
    events = desk.points("a", 2, 5)
    desk.store.append("a", events)
    desk.broadcaster.join("x", "a", 0)
    desk.broadcaster.publish("a", events)
    assert desk.seqs("x") == [2, 3, 4, 5]


def test_too_much_is_not_replayed(desk: Desk) -> None:
    """A client that missed thousands of events is told to fetch the history, and follows from the newest on."""
    desk.create("a", 1.0)
    desk.happen("a", *desk.points("a", 2, MAX_REPLAY_EVENTS + 10))
    desk.connect("x")
    assert desk.broadcaster.join("x", "a", 5) == {"ok": True, "seq": MAX_REPLAY_EVENTS + 10, "reset": True}
    desk.read("x")
    desk.happen("a", *desk.points("a", MAX_REPLAY_EVENTS + 11, MAX_REPLAY_EVENTS + 11))
    assert desk.seqs("x") == [MAX_REPLAY_EVENTS + 11]


def test_joining_a_run_that_is_not_there_is_an_error(desk: Desk) -> None:
    """The client goes on as before."""
    desk.connect("x")
    with pytest.raises(UnknownNameError):
        desk.broadcaster.join("x", "nothing", None)


def test_a_stalled_client_gets_a_reset_when_it_reads_again(desk: Desk) -> None:
    """Others are not held up by it, and after the reset it is told everything new."""
    desk.create("a", 1.0)
    desk.connect("slow", limit_bytes=10_000)
    desk.connect("quick")
    for first in range(2, 1002, 100):
        desk.happen("a", *desk.points("a", first, first + 99))
        desk.broadcaster.tick()
        assert len(desk.read("quick")) >= 100
    assert len(desk.queues["slow"]) < 30
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
        desk.broadcaster.join(sid, "b", None)
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
