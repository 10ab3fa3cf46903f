from __future__ import annotations

import time
from pathlib import Path

import pytest

from backend.workers import status_tail
from backend.workers.environment import worker_environment
from backend.workers.lease import Lease
from backend.workers.process import cause_of_death
from backend.workers.status_tail import StatusTail
from backend.workers.supervisor import RestartPolicy
from python_training.contracts.events import EventType
from python_training.contracts.status import RunStatus
from python_training.contracts.trainer import Point
from python_training.policy import NOTHING_ALLOWED
from python_training.runtime.journal import JournalWriter
from python_training.runtime.segments import segment_path


def write(run_dir: Path, *statuses: str, segment_bytes: int = 2**20) -> None:
    """Journal these statuses, each followed by points and by words that look like a status."""
    with JournalWriter(run_dir, segment_bytes=segment_bytes) as journal:
        for status in statuses:
            journal.append(EventType.STATUS, status=status)
            for step in range(20):
                journal.add_point(Point(step, {"value": 1.0}))
                journal.flush()
            journal.append(EventType.LOG, level="info", message='{"type":"status","status":"failed"}\n')
            journal.append(EventType.ACK, id="1", name="x", state="done", result={"type": "status", "status": "failed"})


@pytest.mark.parametrize("chunk", [64, 1000, 1 << 20])
def test_statuses_are_found_among_everything_else(tmp_path: Path, chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever a read ends, the statuses are those of the journal, and nothing that only looks like one."""
    monkeypatch.setattr(status_tail, "_CHUNK", chunk)
    write(tmp_path, "queued", "starting", "running")
    tail = StatusTail(tmp_path)
    tail.poll()
    assert (tail.status, tail.started_from) == (RunStatus.RUNNING, RunStatus.QUEUED)
    write(tmp_path, "restarting")
    tail.poll()
    assert (tail.status, tail.deaths) == (RunStatus.RESTARTING, 1)


def test_rolled_and_compacted_journals_are_followed(tmp_path: Path) -> None:
    """Segments that are closed, compacted and followed by others hide nothing and count nothing twice."""
    tail = StatusTail(tmp_path)
    tail.poll()
    assert tail.status is None
    for death in range(1, 5):
        write(tmp_path, "starting", "running", "restarting", segment_bytes=2000)
        tail.poll()
        assert (tail.status, tail.deaths) == (RunStatus.RESTARTING, death)
    fresh = StatusTail(tmp_path)
    fresh.poll()
    assert (fresh.status, fresh.deaths, fresh.seq) == (tail.status, tail.deaths, tail.seq)


def test_a_lost_segment_does_not_hide_those_behind_it(tmp_path: Path) -> None:
    """Where one was lost the status is the last one of the journal, and what a writer adds is followed."""
    write(tmp_path, "queued", "starting", "running", "stopping", "stopped", segment_bytes=1000)
    segment_path(tmp_path, 2).unlink()
    tail = StatusTail(tmp_path)
    tail.poll()
    assert tail.status is RunStatus.STOPPED
    write(tmp_path, "queued", segment_bytes=1000)
    tail.poll()
    assert tail.status is RunStatus.QUEUED


def test_only_a_greater_checkpoint_is_progress(tmp_path: Path) -> None:
    """A checkpoint of a step that was reached before, or one that was removed, forgives no death."""
    tail = StatusTail(tmp_path)

    def journal(type: EventType, **data: object) -> int:
        with JournalWriter(tmp_path) as writer:
            writer.append(type, **data)
        tail.poll()
        return tail.deaths

    assert journal(EventType.CHECKPOINT, step=10) == 0
    assert journal(EventType.STATUS, status="restarting") == 1
    assert journal(EventType.CHECKPOINT, step=10) == 1
    assert journal(EventType.CHECKPOINT, step=11, removed=True) == 1
    assert journal(EventType.CHECKPOINT, step=11) == 0
    assert journal(EventType.STATUS, status="restarting") == 1
    assert journal(EventType.STATUS, status="queued") == 0


def test_a_torn_line_is_waited_for(tmp_path: Path) -> None:
    """Half of a line is no event; the whole one is."""
    write(tmp_path, "queued")
    tail = StatusTail(tmp_path)
    tail.poll()
    line = b'{"seq":99,"t":1.0,"type":"status","status":"starting"}\n'
    with (tmp_path / "events-000001.jsonl").open("ab", buffering=0) as file:
        file.write(line[:30])
        tail.poll()
        assert tail.status is RunStatus.QUEUED
        file.write(line[30:])
    tail.poll()
    assert tail.status is RunStatus.STARTING


def test_many_points_are_passed_over_quickly(tmp_path: Path) -> None:
    """A hundred thousand events take a fraction of a second, not the time it takes to decode them."""
    line = b'{"seq":%d,"t":1.0,"type":"points","points":[{"step":1,"t":1.0,"values":{"a":1.0,"b":2.0}}]}\n'
    with (tmp_path / "events-000001.jsonl").open("wb") as file:
        file.writelines(line % seq for seq in range(1, 100_001))
        file.write(b'{"seq":100001,"t":1.0,"type":"status","status":"running"}\n')
    began = time.perf_counter()
    tail = StatusTail(tmp_path)
    tail.poll()
    assert tail.status is RunStatus.RUNNING
    assert time.perf_counter() - began < 0.5


def test_the_wait_doubles_up_to_a_bound() -> None:
    """One second after the first death, doubled with each further one, five minutes at most."""
    policy = RestartPolicy()
    assert [policy.delay_s(deaths) for deaths in (1, 2, 3, 9, 10, 10_000)] == [1.0, 2.0, 4.0, 256.0, 300.0, 300.0]


def test_one_supervisor_at_a_time_holds_the_lease(tmp_path: Path) -> None:
    """The second one gets it when the first one lets it go, and not before."""
    first, second = Lease(tmp_path / "logs"), Lease(tmp_path / "logs")
    assert first.acquire()
    assert first.acquire()
    assert not second.acquire()
    first.release()
    first.release()
    assert second.acquire()
    second.release()


def test_children_get_no_secrets() -> None:
    """Token and database URL stay with the server; thread counts are set for all libraries."""
    given = {"PADDOCK_TOKEN": "s", "DATABASE_URL": "s", "PATH": "/bin", "OMP_NUM_THREADS": "64"}
    made = worker_environment(given, threads=3, policy=NOTHING_ALLOWED)
    assert "s" not in made.values()
    assert made["PATH"] == "/bin"
    assert made["OMP_NUM_THREADS"] == made["NUMBA_NUM_THREADS"] == "3"


def test_a_cause_of_death_is_told_in_words(tmp_path: Path) -> None:
    """A signal by its name, an error by the last line that was printed, else the exit code."""
    log = tmp_path / "worker.log"
    assert cause_of_death(-9, log) == "killed by SIGKILL"
    assert cause_of_death(1, log) == "exit code 1"
    assert cause_of_death(None, log) == "its process is gone"
    log.write_text("Traceback ...\nValueError: no\n\n")
    assert cause_of_death(1, log) == "ValueError: no"
    with log.open("a") as file:
        file.write("2026-11-29 08:00:00  error: the run's own line\n")
    assert cause_of_death(1, log) == "ValueError: no"


def test_the_same_crash_at_the_same_step_is_counted(tmp_path: Path) -> None:
    """Whatever was saved in between; another error, another step or a new start by somebody begins anew."""
    tail = StatusTail(tmp_path)
    seen = []
    with JournalWriter(tmp_path) as journal:
        for step, message in ((7, "a"), (7, "a"), (8, "a"), (8, "b"), (8, "b"), (None, "killed"), (8, "b")):
            where = {} if step is None else {"step": step}
            journal.append(EventType.HEALTH, level="error", code="crashed", message=message, **where)
            journal.append(EventType.CHECKPOINT, step=len(seen), name="x")
            tail.poll()
            seen.append(tail.repeated)
        journal.append(EventType.STATUS, status="queued")
        tail.poll()
    assert (seen, tail.repeated) == ([1, 2, 1, 1, 2, 2, 3], 0)
