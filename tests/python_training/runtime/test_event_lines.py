from __future__ import annotations

import re
from pathlib import Path

import pytest

from python_training.contracts.events import Event, EventType
from python_training.contracts.metrics import MetricSpec, StepUnit
from python_training.runtime.event_lines import OWN_LINE, EventLog, event_line
from python_training.runtime.loop import host
from python_training.testing.runs import scripted_run

GENERATION = StepUnit("generation", "generations")
METRICS = (
    MetricSpec("fitness", "Fitness", "How good.", better="higher", primary=True),
    MetricSpec("nodes", "Nodes", "How large."),
)


def points(seq: int, step: int, **values: float) -> Event:
    """One points event."""
    return Event(seq, 1_000.0 + seq, EventType.POINTS, {"points": [{"step": step, "t": 1.0, "values": values}]})


@pytest.mark.parametrize(
    ("type", "data", "line"),
    [
        ("status", {"status": "failed", "reason": "no room"}, "failed: no room"),
        ("checkpoint", {"name": "7", "step": 7, "reason": "stop"}, "checkpoint 7 at generation 7 (stop)"),
        ("checkpoint", {"name": "7", "step": 7, "removed": True}, None),
        ("health", {"level": "warning", "message": "It stalls."}, "warning: It stalls."),
        ("rewound", {"to_step": 1200}, "going on from generation 1,200"),
        ("ack", {"name": "save", "state": "done"}, None),
    ],
)
def test_events_are_told_in_the_unit_of_their_system(type: str, data: dict[str, object], line: str | None) -> None:
    """A run of NEAT has no steps."""
    assert event_line(Event(1, 1.0, EventType(type), data), GENERATION) == line


def test_a_log_has_events_commands_and_now_and_then_the_metrics(tmp_path: Path) -> None:
    """Points come often, so only the first of ten seconds has a line; every line says when, and is one line."""
    log = EventLog(tmp_path / "worker.log", METRICS, GENERATION)
    log.take(Event(1, 1_000.0, EventType.STATUS, {"status": "running"}))
    log.take(points(2, 1, fitness=12.5))
    log.take(points(3, 2, fitness=13.5))
    log.take(Event(4, 1_000.0, EventType.ACK, {"name": "set", "state": "refused", "message": "not live"}))
    log.take(Event(5, 1_000.0, EventType.SET, {"changes": {"pop_size": 9}, "step": 2}))
    log.take(Event(6, 1_000.0, EventType.HEALTH, {"level": "error", "message": "one\ntwo"}))
    lines = (tmp_path / "worker.log").read_text().splitlines()
    assert all(OWN_LINE.match(line) for line in lines)
    assert [OWN_LINE.sub("", line) for line in lines] == [
        "running",
        "generation 1  fitness 12.5",
        "command set refused: not live",
        "set pop_size = 9",
        "error: one two",
    ]


def test_a_log_that_cannot_be_written_costs_nothing_else(tmp_path: Path) -> None:
    """A full disk must not end a run."""
    EventLog(tmp_path / "gone" / "worker.log", METRICS, GENERATION).take(
        Event(1, 1.0, EventType.STATUS, {"status": "running"})
    )


@pytest.mark.parametrize("place", ["terminal", "supervisor"])
def test_every_run_has_a_log_of_what_happened(tmp_path: Path, place: str) -> None:
    """Whoever hosts it: nothing needs to print for its log to say how it went."""
    folder = scripted_run(tmp_path, total_steps=5)
    host(folder, host=place)  # type: ignore[arg-type]  # one of both
    text = folder.log_path.read_text()
    assert [word for word in ("starting", "running", "finished") if re.search(rf"  {word}", text)] == [
        "starting",
        "running",
        "finished",
    ]
    assert "checkpoint 5 at step 5" in text
    assert "  step " in text
