from __future__ import annotations

import csv
import json
from typing import Any

import pytest

from backend.cli.run_state import last_event
from python_training.contracts.events import EventType
from python_training.runtime.journal import JournalWriter


def test_list_shows_the_newest_first(terminal: Any) -> None:
    """Every run has a line with id, status and step, and an object with --json."""
    first, second = terminal.finished_run(), terminal.finished_run("total_steps=5")
    lines = terminal.run("runs", "list").out.splitlines()
    assert [line.split()[:3] for line in lines[1:]] == [[second.id, "finished", "5"], [first.id, "finished", "20"]]
    found = terminal.run("runs", "list", "--json").json["runs"]
    assert [(run["id"], run["status"], run["step"]) for run in found] == [
        (second.id, "finished", 5),
        (first.id, "finished", 20),
    ]


def test_list_of_nothing_says_how_to_begin(terminal: Any) -> None:
    """An empty logs folder is no error."""
    assert "paddock train ppo" in terminal.run("runs", "list").out
    assert terminal.run("runs", "list", "--json").json == {"runs": []}


def test_show_tells_metrics_checkpoints_and_config(terminal: Any) -> None:
    """Show has everything that one would look for in the folders."""
    run = terminal.finished_run("drift=0.5")
    found = terminal.run("runs", "show", "newest", "--json").json
    assert (found["id"], found["status"], found["step"], found["total_steps"]) == (run.id, "finished", 20, 20)
    assert found["config"]["drift"] == 0.5
    assert [(each["step"], each["best"]) for each in found["checkpoints"]] == [(20, True)]
    assert run.id in terminal.run("runs", "show", "newest").out


def test_export_writes_every_point_once(terminal: Any) -> None:
    """CSV on stdout and JSON in a file hold the same points, one a step."""
    terminal.finished_run()
    rows = list(csv.DictReader(terminal.run("runs", "export", "newest").out.splitlines()))
    assert [int(row["step"]) for row in rows] == list(range(1, 21))
    assert terminal.run("runs", "export", "newest", "--output", "points.json", "--metrics", "value").code == 0
    points = json.loads((terminal.root / "points.json").read_text())["points"]
    assert [point["value"] for point in points] == [float(row["value"]) for row in rows]
    assert set(points[0]) == {"step", "t", "value"}


def test_export_leaves_out_what_a_rewind_superseded(terminal: Any) -> None:
    """Points beyond the step that a run was rewound to are not exported."""
    run = terminal.finished_run()
    with JournalWriter(run.path) as journal:
        journal.append(EventType.REWOUND, to_step=12)
        summary = {"min": 6, "max": 8, "mean": 7, "count": 2}
        journal.append(EventType.POINTS, points=[{"step": 13, "t": 1.0, "values": {"value": summary}}])
    points = terminal.run("runs", "export", "newest", "--json").json["points"]
    assert [point["step"] for point in points] == list(range(1, 14))
    assert (points[-1]["value"], points[-1]["noise"]) == (7.0, None)
    assert terminal.run("runs", "show", "newest", "--json").json["step"] == 13


def test_export_of_an_unknown_metric_proposes_one(terminal: Any) -> None:
    """A metric that the run does not declare is an error, not an empty column."""
    terminal.finished_run()
    answer = terminal.run("runs", "export", "newest", "--metrics", "valu", "--json")
    assert (answer.code, answer.json["error"]["hint"]) == (4, "Did you mean 'value'?")


def test_step_is_not_that_of_a_checkpoint_that_was_removed(terminal: Any) -> None:
    """Retention journals the removal of old checkpoints: the run has not gone back to their step."""
    run = terminal.finished_run()
    with JournalWriter(run.path) as journal:
        journal.append(EventType.CHECKPOINT, step=3, name="3", reason="best", removed=True)
    assert terminal.run("runs", "show", "newest", "--json").json["step"] == 20


def test_delete_removes_journal_and_checkpoints(terminal: Any) -> None:
    """A deleted run is gone from both folders."""
    run = terminal.finished_run()
    assert terminal.run("runs", "delete", run.id, "--yes").code == 0
    assert not run.path.exists()
    assert not run.checkpoints_path.exists()
    assert terminal.run("runs", "show", run.id).code == 4


def test_living_run_is_not_deleted(endless: Any, terminal: Any) -> None:
    """A run that a process trains is refused with 5."""
    answer = terminal.run("runs", "delete", endless[1].id, "--yes", "--json")
    assert (answer.code, answer.json["error"]["code"]) == (5, "run_locked")
    assert endless[1].path.exists()


@pytest.mark.parametrize("torn", [b"", b'{"seq":99,"t":1.0,"type":"status","status":"run'])
def test_last_event_is_the_newest_of_its_kind(terminal: Any, torn: bytes) -> None:
    """It is found from behind, past other kinds, texts that look like it, and a torn last line."""
    run = terminal.finished_run()
    with JournalWriter(run.path) as journal:
        journal.append(EventType.LOG, level="info", message='{"type":"status","status":"failed"}')
    with (run.path / "events-000001.jsonl").open("ab") as file:
        file.write(torn)
    found = last_event(run.path, EventType.STATUS)
    assert found is not None
    assert found.data["status"] == "finished"
    assert last_event(run.path, EventType.SET) is None
