from __future__ import annotations

from pathlib import Path

import pytest

from backend.workers import supervisor as supervisor_module
from backend.workers.supervisor import Supervisor
from backend.workers.turns import whose_turn
from python_training.contracts.events import EventType
from python_training.runtime.journal import JournalWriter
from python_training.testing.runs import scripted_run


@pytest.mark.parametrize("count", [0, 1, 4, 5, 11, 1000])
def test_everybody_has_a_turn(count: int) -> None:
    """In as many turns as it takes each item comes up once, and never more than so many at a time."""
    items = list(range(count))
    turns = [whose_turn(items, turn, 5) for turn in range(7, 7 + max(1, -(-count // 5)))]
    assert sorted(item for turn in turns for item in turn) == items
    assert max(map(len, turns)) <= 5


def test_of_many_ended_runs_each_that_is_queued_anew_gets_its_worker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though few are looked at in a tick, whichever goes on is seen after so many ticks as there are shares."""
    monkeypatch.setattr(supervisor_module, "ENDED_A_TICK", 2)
    runs = [scripted_run(tmp_path, total_steps=1) for _ in range(7)]
    for run in runs:
        with JournalWriter(run.path) as journal:
            journal.append(EventType.STATUS, status="stopped")
    supervisor = Supervisor(tmp_path / "logs", tmp_path / "checkpoints")
    supervisor.tick()
    for run in runs:
        with JournalWriter(run.path) as journal:
            journal.append(EventType.STATUS, status="queued")
        for _ in range(4):
            supervisor.tick()
        child = supervisor._watched[run.id].child
        assert child is not None
        assert child.wait(60) == 0
        supervisor.tick()
    supervisor.close()
