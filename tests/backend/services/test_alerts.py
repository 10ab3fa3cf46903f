from __future__ import annotations

from typing import Any

import pytest

from backend.domain.run import Best, Run
from backend.services.alerts import DISK_LOW_BYTES, alerts
from python_training.contracts.status import RunStatus

NOW = 10_000.0


def running(**fields: Any) -> Run:
    """A run in the middle of its way."""
    base = {"status": RunStatus.RUNNING, "updated": NOW, "total_steps": 1000, "step": 500, "status_since": 1.0}
    fixed = {"system": "s", "name": "", "created": 0.0, "config": {}, "seed": 0, "threads": 1, "metrics": ()}
    return Run(id="r", **{**fixed, **base, **fields})


def codes(run: Run, *, free: int = DISK_LOW_BYTES, answers: bool = False) -> list[str]:
    """Codes of all alerts."""
    return [alert.code for alert in alerts([run], free, lambda _run: answers, lambda: NOW)]


def test_all_is_well_with_a_run_that_speaks_and_improves() -> None:
    """A healthy run and enough disk give no alert."""
    assert codes(running(best=Best("m", 1.0, 490))) == []


def test_a_disk_nearly_full_is_told() -> None:
    """Below the bound there is an alert about the machine."""
    assert codes(running(), free=DISK_LOW_BYTES - 1) == ["disk_low"]


@pytest.mark.parametrize(
    ("silent_s", "answers", "expected"), [(119, False, []), (121, False, ["silent"]), (121, True, [])]
)
def test_a_worker_that_neither_speaks_nor_answers_is_told(silent_s: float, answers: bool, expected: list[str]) -> None:
    """Silence alone is no fault: an update may take long. Only no answer on top of it is."""
    assert codes(running(updated=NOW - silent_s), answers=answers) == expected


@pytest.mark.parametrize(("best_step", "expected"), [(250, ["stagnation"]), (251, []), (100, ["stagnation"])])
def test_a_best_that_is_long_ago_is_told(best_step: int, expected: list[str]) -> None:
    """A quarter of the run, and as long as it took to get there, without a better value is stagnation."""
    assert codes(running(best=Best("m", 1.0, best_step))) == expected


def test_a_young_or_paused_run_does_not_stagnate() -> None:
    """Neither a run that has only just begun to run, nor one that stands still on purpose."""
    best = Best("m", 1.0, 1)
    assert codes(running(best=best, status_since=NOW - 10)) == []
    assert codes(running(best=best, status=RunStatus.PAUSED, updated=0.0)) == []
