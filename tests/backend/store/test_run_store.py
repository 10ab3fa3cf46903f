"""The contract that every RunStore keeps, on every database that is supported."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from backend.domain.run import Best, Labels, Run
from backend.store.base import RunFilter, StoreError
from backend.store.sql import SqlRunStore
from python_training.contracts.errors import UnknownNameError
from python_training.contracts.events import Event, EventType
from python_training.contracts.metrics import MetricSpec
from python_training.contracts.status import RunStatus

SPECS = (
    MetricSpec("score", "Score", "What counts.", better="higher", primary=True),
    MetricSpec("loss", "Loss", "What hurts.", better="lower"),
)


def a_run(id: str = "scripted-1", created: float = 1000.0, **fields: Any) -> Run:
    """A queued run of nothing in particular."""
    base = Run(id, "scripted", "", RunStatus.QUEUED, created, created, created, {"total_steps": 1000}, 0, 1, SPECS)
    return Run.from_record({**base.to_record(), **fields})


def points(seq: int, *steps: int, **metrics: Any) -> Event:
    """One points event; a metric is a value for all steps, or a function of the step."""
    found = [
        {"step": step, "t": float(step), "values": {k: v(step) if callable(v) else v for k, v in metrics.items()}}
        for step in steps
    ]
    return Event(seq, float(seq), EventType.POINTS, {"points": found})


def status(seq: int, name: str, **data: Any) -> Event:
    """One status event."""
    return Event(seq, float(seq), EventType.STATUS, {"status": name, **data})


def rewound(seq: int, to_step: int) -> Event:
    """One rewound event."""
    return Event(seq, float(seq), EventType.REWOUND, {"to_step": to_step})


def filled(store: SqlRunStore, events: Iterable[Event], id: str = "scripted-1") -> Run:
    """Add a run and append events to it."""
    store.add(a_run(id))
    return store.append(id, list(events))


def values(store: SqlRunStore, name: str = "score", id: str = "scripted-1") -> Mapping[int, float | None]:
    """Mean by step of a whole series."""
    series = store.series(id, [name], points=10_000)[name]
    return dict(zip(series.step, series.mean, strict=True))


class TestRunStore:
    """What services may rely on."""

    def test_a_run_comes_back_as_it_went_in(self, store: SqlRunStore) -> None:
        """What is stored of a run is the run, and adding it again changes nothing."""
        run = a_run(notes="n", tags=["x", "y"], pinned=True, parent={"run": "other", "step": 3})
        store.add(run)
        store.add(a_run())
        assert store.get(run.id) == run
        assert store.newest() == run

    def test_every_event_is_stored_exactly_once(self, store: SqlRunStore) -> None:
        """Batches that overlap, come twice or come again later leave each event once, in order."""
        events = [status(1, "queued"), status(2, "starting"), status(3, "running")]
        events += [points(seq, seq, score=float(seq)) for seq in range(4, 50)]
        filled(store, events[:20])
        for batch in (events[:20], events[10:30], events[29:], events):
            run = store.append("scripted-1", batch)
        assert store.events("scripted-1", limit=1000) == events
        assert run.last_seq == 49
        assert sum(store.series("scripted-1")["score"].count) == 46

    def test_two_servers_may_feed_the_same_journal(self, store: SqlRunStore, store_url: str) -> None:
        """Two stores on one database that append the same events at once leave each event once."""
        events = [points(seq, seq, score=1.0) for seq in range(1, 201)]
        store.add(a_run())
        other = SqlRunStore(store_url)

        def feed(target: SqlRunStore) -> None:
            for start in range(0, 200, 10):
                target.append("scripted-1", events[start : start + 10])

        with ThreadPoolExecutor(2) as pool:
            for done in [pool.submit(feed, each) for each in (store, other)]:
                done.result()
        other.close()
        assert [event.seq for event in store.events("scripted-1")] == list(range(1, 201))
        assert sum(store.series("scripted-1")["score"].count) == 200

    def test_a_reopened_store_has_everything(self, store: SqlRunStore, store_url: str) -> None:
        """Closing and opening again loses nothing, the fold goes on where it stopped."""
        filled(store, [status(1, "starting", pid=7, host="terminal"), points(2, 5, score=2.0, loss=None)])
        store.close()
        again = SqlRunStore(store_url)
        run = again.append("scripted-1", [points(3, 6, score=1.0, loss=3.0)])
        again.close()
        assert (run.pid, run.host, run.step, run.last) == (7, "terminal", 6, {"score": 1.0, "loss": 3.0})
        assert run.best == Best("score", 2.0, 5)

    def test_a_rewind_hides_what_it_supersedes(self, store: SqlRunStore) -> None:
        """After a rewind the points beyond it are gone, newest and best are those that remain, the events stay."""
        run = filled(
            store,
            [
                points(1, *range(1, 101), score=lambda step: float(step), loss=lambda step: -float(step)),
                points(2, 101, score=500.0),
                rewound(3, 60),
                points(4, 61, 62, score=0.5),
            ],
        )
        assert list(values(store)) == list(range(1, 63))
        assert values(store)[62] == 0.5
        assert run.best == Best("score", 60.0, 60)
        assert run.last == {"score": 0.5, "loss": -60.0}
        assert run.step == 62
        assert len(store.events("scripted-1")) == 4
        assert store.append("scripted-1", [rewound(5, 0)]).best is None
        assert values(store) == {}

    @pytest.mark.parametrize("to_step", [0, 1, 7, 8, 63, 64, 65, 511, 512, 513, 600])
    def test_summaries_stay_true_after_a_rewind(self, store: SqlRunStore, to_step: int) -> None:
        """Wherever a rewind cuts, and whatever is appended behind it, thinned series count each number once."""
        filled(
            store,
            [
                points(1, *range(1, 601), score=1.0),
                rewound(2, to_step),
                points(3, *range(to_step + 1, to_step + 301), score=2.0),
            ],
        )
        thin = store.series("scripted-1", points=5)["score"]
        assert sum(thin.count) == min(to_step, 600) + 300
        total = math.fsum(mean * count for mean, count in zip(thin.mean, thin.count, strict=True) if mean is not None)
        assert total == pytest.approx(min(to_step, 600) + 600)

    def test_a_thinned_series_keeps_a_spike(self, store: SqlRunStore) -> None:
        """One odd point among many thousand is still the greatest of its bucket, and nothing counts twice."""
        store.add(a_run())
        for seq in range(1, 21):
            first = (seq - 1) * 1000
            steps = range(first, first + 1000)
            store.append("scripted-1", [points(seq, *steps, score=lambda s: 99.0 if s == 7321 else math.sin(s))])
        thin = store.series("scripted-1", ["score"], points=50)["score"]
        assert len(thin.step) <= 51
        assert sum(thin.count) == 20_000
        assert max(value for value in thin.high if value is not None) == 99.0
        spike = thin.high.index(99.0)
        assert thin.step[spike - 1] < 7321 <= thin.step[spike]
        assert list(thin.step) == sorted(thin.step)
        assert thin.step[-1] == 19_999
        assert store.get("scripted-1").best == Best("score", 99.0, 7321)

    def test_zooming_in_shows_single_points(self, store: SqlRunStore) -> None:
        """A range with few enough points is given as it is, both ends included."""
        filled(store, [points(1, *range(0, 3000, 3), score=lambda step: float(step))])
        zoomed = store.series("scripted-1", ["score"], start=300, end=330, points=100)["score"]
        assert list(zoomed.step) == list(range(300, 331, 3))
        assert list(zoomed.low) == list(zoomed.high) == list(zoomed.mean) == [float(step) for step in zoomed.step]
        empty = store.series("scripted-1", ["score"], start=301, end=302)["score"]
        assert list(empty.step) == []
        assert store.series("scripted-1", ["nothing"]) == {}

    def test_a_zoomed_range_reaches_at_most_a_bucket_beyond_its_edges(self, store: SqlRunStore) -> None:
        """A thinned part of a series has all points of the range, and hardly any others."""
        filled(store, [points(1, *range(10_000), score=lambda step: float(step))])
        part = store.series("scripted-1", start=2345, end=8765, points=100)["score"]
        assert part.low[0] is not None
        assert 2345 - 65 <= part.low[0] <= 2345
        assert 8765 <= part.step[-1] <= 8765 + 65
        assert 6421 <= sum(part.count) <= 6421 + 130

    def test_what_is_no_number_stays_a_hole(self, store: SqlRunStore) -> None:
        """A null neither counts nor disturbs a mean; a bucket of nulls only is null."""
        filled(store, [points(1, *range(100), score=lambda step: None if step < 50 else 1.0)])
        thin = store.series("scripted-1", points=10)["score"]
        assert list(thin.mean) == [None] * 5 + [1.0] * 5
        assert sum(thin.count) == 50
        assert store.get("scripted-1").best == Best("score", 1.0, 50)

    def test_a_compacted_event_replaces_those_that_it_stands_for(self, store: SqlRunStore) -> None:
        """Points that were stored one by one and come again compacted count once."""
        filled(store, [points(seq, seq, score=float(seq)) for seq in range(1, 21)])
        summary = {"min": 11.0, "max": 30.0, "mean": 20.5, "count": 20}
        data = {"first_seq": 11, "points": [{"step": 30, "t": 30.0, "values": {"score": summary}}]}
        run = store.append("scripted-1", [Event(30, 30.0, EventType.POINTS, data)])
        series = store.series("scripted-1")["score"]
        assert sum(series.count) == 30
        assert (series.low[-1], series.high[-1], series.mean[-1]) == (11.0, 30.0, 20.5)
        assert [event.seq for event in store.events("scripted-1")] == [*range(1, 11), 30]
        assert run.best == Best("score", 30.0, 30)

    def test_history_is_the_newest_points_that_hold(self, store: SqlRunStore) -> None:
        """History brings metrics of one point together, in order of step, without superseded ones."""
        filled(
            store,
            [points(1, *range(1, 50), score=1.0, loss=2.0), rewound(2, 10), points(3, 11, score=3.0)],
        )
        newest = store.history("scripted-1", 3)
        assert [(each.step, dict(each.values)) for each in newest] == [
            (9, {"score": 1.0, "loss": 2.0}),
            (10, {"score": 1.0, "loss": 2.0}),
            (11, {"score": 3.0}),
        ]
        assert len(store.history("scripted-1", 1000)) == 11

    def test_events_can_be_asked_for_by_type(self, store: SqlRunStore) -> None:
        """since, limit and types restrict what comes."""
        events = [status(1, "queued"), points(2, 1, score=1.0), status(3, "starting"), status(4, "running")]
        filled(store, events)
        assert store.events("scripted-1", since=1, types=[EventType.STATUS]) == events[2:]
        assert store.events("scripted-1", limit=2) == events[:2]

    def test_runs_are_found_by_what_they_are(self, store: SqlRunStore) -> None:
        """Filters combine; pinned runs come first, then the newest; a tag must fit as a whole, text in any case."""
        for number in range(5):
            store.add(a_run(f"run-{number}", created=float(number)))
        store.label("run-0", Labels("First Try", "100% _odd_", ("baseline",), pinned=True))
        store.label("run-3", Labels("", "", ("base", "odd")))
        store.append("run-4", [status(1, "starting")])

        def ids(**fields: Any) -> list[str]:
            return [run.id for run in store.find(RunFilter(**fields))[0]]

        assert ids() == ["run-0", "run-4", "run-3", "run-2", "run-1"]
        assert ids(tag="base") == ["run-3"]
        assert ids(text="first") == ids(text="0% _o") == ["run-0"]
        assert ids(text="%") == ["run-0"]
        assert ids(status=[RunStatus.STARTING]) == ["run-4"]
        assert ids(system="ppo") == []
        assert store.find(RunFilter(limit=2, offset=1))[1] == 5
        assert ids(limit=2, offset=1) == ["run-4", "run-3"]
        newest = store.newest()
        assert newest is not None
        assert newest.id == "run-4"

    def test_runs_that_go_on_can_come_first(self, store: SqlRunStore) -> None:
        """One that trains is not lost behind a long queue, and the next of the queue is in front of it."""
        for number in range(60):
            store.add(a_run(f"run-{number:02}", created=float(number)))
        store.append("run-00", [status(1, "starting"), status(2, "running")])
        store.append("run-01", [status(1, "starting"), status(2, "running"), status(3, "paused")])
        for number in (2, 3):
            store.append(f"run-0{number}", [status(1, "starting"), status(2, "stopped")])
        store.label("run-02", Labels(pinned=True))
        found = [run.id for run in store.find(RunFilter(order="status"))[0]]
        assert found[:5] == ["run-02", "run-00", "run-01", "run-04", "run-05"]
        assert found[-2:] == ["run-59", "run-03"]
        assert [run.id for run in store.find(RunFilter(order="status", limit=2, offset=1))[0]] == found[1:3]

    def test_labels_survive_what_the_journal_says(self, store: SqlRunStore) -> None:
        """What people wrote stays when events come in; an empty name keeps the run's own."""
        store.add(a_run(name="made with"))
        store.label("scripted-1", Labels("", "a note", ("tag",), pinned=True))
        run = store.append("scripted-1", [status(1, "starting")])
        assert (run.name, run.notes, run.tags, run.pinned) == ("made with", "a note", ("tag",), True)
        assert store.label("scripted-1", Labels("new name")).name == "new name"

    def test_a_deleted_run_leaves_nothing(self, store: SqlRunStore) -> None:
        """Deleting removes run, events and points, others stay, and the id can be used again."""
        filled(store, [points(1, 1, 2, score=1.0)])
        filled(store, [points(1, 1, 2, score=1.0)], id="other")
        store.delete("scripted-1")
        store.delete("scripted-1")
        with pytest.raises(UnknownNameError):
            store.get("scripted-1")
        assert {run: each.last_seq for run, each in store.standings().items()} == {"other": 1}
        filled(store, [points(1, 9, score=9.0)])
        assert values(store) == {9: 9.0}
        assert len(values(store, id="other")) == 2

    def test_an_unknown_run_is_an_error(self, store: SqlRunStore) -> None:
        """Every method that takes an id says so when there is no such run."""
        for ask in (
            lambda: store.get("no"),
            lambda: store.append("no", [status(1, "queued")]),
            lambda: store.label("no", Labels()),
            lambda: store.events("no"),
            lambda: store.series("no"),
            lambda: store.history("no", 1),
        ):
            with pytest.raises(UnknownNameError, match="no run 'no'"):
                ask()
        assert store.newest() is None

    def test_a_failed_append_leaves_no_trace(self, store: SqlRunStore) -> None:
        """An event that cannot be taken in undoes its whole batch."""
        filled(store, [points(1, 1, score=1.0)])
        with pytest.raises(ValueError, match="asleep"):
            store.append("scripted-1", [points(2, 2, score=2.0), status(3, "asleep")])
        assert values(store) == {1: 1.0}
        assert store.get("scripted-1").last_seq == 1


def test_a_database_that_cannot_be_opened_is_an_error_with_a_hint(tmp_path: Any) -> None:
    """A file that is no database is named together with what to do about it."""
    path = tmp_path / "paddock.db"
    path.write_text("This is no database, and far from being one.")
    with pytest.raises(StoreError, match="cannot be opened") as caught:
        SqlRunStore(f"sqlite:///{path}")
    assert "moved away" in str(caught.value.hint)
