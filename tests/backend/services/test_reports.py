from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from backend.errors import NotFoundError
from backend.services.reports import Reports
from python_training.contracts.errors import CheckpointError
from python_training.contracts.report import (
    MAX_REPORT_BYTES,
    Bar,
    Bars,
    Column,
    Comparison,
    Interval,
    Level,
    Line,
    Lines,
    LiveMetrics,
    Part,
    Record,
    Records,
    Report,
    Section,
    Setting,
    Table,
    Text,
)

REPORT = Report(
    "3 decisions.",
    (
        Section("Words", (Text("Nothing is proved."), LiveMetrics(("llr",), "Ratio"))),
        Section(
            "Charts",
            (
                Lines(
                    "Tests",
                    "pairs",
                    "ratio",
                    (Line("one", ((0.0, 0.0), (2.0, 1.5)), "good"),),
                    (Level(1.0, "passed", "good"),),
                    (Interval(1.0, 0.5, 0.4, 0.6, "first"),),
                ),
                Bars("Sources", (Bar("spsa", (Part(1.0, "good"), Part(2.0)), "1 of 3"),)),
            ),
        ),
        Section(
            "Tables",
            (
                Table((Column("Name"), Column("Games", number=True)), (("spsa", "12"),)),
                Comparison((Setting("weights.food", 0.1, 10.0, "hunger"),), {"a": {"weights.food": 1.0}}, "a", "a"),
                Records((Record("advice", (("prompt", "<b>what?</b>"),)),)),
            ),
        ),
    ),
)


@pytest.fixture
def run(room: Any) -> str:
    """A run without a report yet."""
    run_id: str = room.runs.create("scripted", {}).id
    return run_id


def leave(room: Any, run: str, content: str) -> Path:
    """Write a report as a training system does; returns its file."""
    folder: Path = room.root / "checkpoints" / run
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "report.json"
    path.write_text(content)
    return path


def test_a_run_without_a_report_has_none(room: Any, run: str) -> None:
    """That is no error: most systems leave none. A run that is not there is one."""
    assert Reports(room.runs).of_run(run) is None
    with pytest.raises(NotFoundError):
        Reports(room.runs).of_run("nobody")


def test_a_report_comes_back_as_it_was_written(room: Any, run: str) -> None:
    """Every kind of block, through the file and back to plain data."""
    written = json.dumps(REPORT.to_dict())
    leave(room, run, written)
    report = Reports(room.runs).of_run(run)
    assert report is not None
    assert json.loads(json.dumps(report.to_dict())) == json.loads(written)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "is no report"),
        ('{"summary": "x", "sections": [{"title": "t", "blocks": [{"kind": "script", "text": "x"}]}]}', "sections"),
        (" " * (MAX_REPORT_BYTES + 1), "larger than"),
    ],
)
def test_what_is_no_report_is_refused(room: Any, run: str, content: str, message: str) -> None:
    """Half a file, a block that nobody can draw, and a file that is too large."""
    leave(room, run, content)
    with pytest.raises(CheckpointError, match=message):
        Reports(room.runs).of_run(run)


def test_a_link_is_not_followed(room: Any, run: str, tmp_path: Path) -> None:
    """A folder of checkpoints may have come from somewhere else."""
    elsewhere = tmp_path / "secret.json"
    elsewhere.write_text(json.dumps(REPORT.to_dict()))
    path = leave(room, run, "")
    path.unlink()
    path.symlink_to(elsewhere)
    with pytest.raises(CheckpointError, match="cannot be read"):
        Reports(room.runs).of_run(run)
