"""The supervisor with real worker processes: what it starts, adopts, restarts and gives up."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from backend.workers.process import CANNOT_BEGIN, LOG_CAP_BYTES
from backend.workers.supervisor import RestartPolicy, Supervisor
from python_training.contracts.events import EventType
from python_training.contracts.status import RunStatus
from python_training.runtime.journal import JournalWriter
from python_training.runtime.run_folder import RunFolder
from python_training.testing.runs import (
    deterministic_points,
    events_of,
    health_codes,
    scripted_run,
    statuses,
    train,
)

QUICK = RestartPolicy(first_delay_s=0.01, longest_delay_s=0.05, grace_s=0.3)


class Yard:
    """Runs in a folder of their own, and whoever supervises them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.supervisors: list[Supervisor] = []

    def supervisor(self, places: int = 2, policy: RestartPolicy = QUICK) -> Supervisor:
        """One more supervisor on the same folder."""
        made = Supervisor(self.root / "logs", self.root / "checkpoints", max_concurrent_runs=places, policy=policy)
        self.supervisors.append(made)
        return made

    def run(self, **config: Any) -> RunFolder:
        """A queued run that saves every 50 ms."""
        return scripted_run(self.root, **{"checkpoint_interval_s": 0.05, **config})

    def until(self, condition: Callable[[], object], what: str, timeout: float = 40.0) -> None:
        """Tick all supervisors until the condition holds."""
        deadline = time.monotonic() + timeout
        while not condition():
            assert time.monotonic() < deadline, f"Waited {timeout:g} s in vain for {what}."
            for each in self.supervisors:
                each.tick()
            time.sleep(0.01)

    def workers(self) -> dict[str, int]:
        """Pid of every live worker by the id of its run."""
        found = {}
        for path in (self.root / "logs").iterdir():
            with contextlib.suppress(Exception):
                worker = RunFolder.at(path).worker()
                if worker is not None and worker.is_alive():
                    found[path.name] = worker.pid
        return found


@pytest.fixture
def yard(tmp_path: Path) -> Iterator[Yard]:
    """A yard that leaves no process behind."""
    made = Yard(tmp_path)
    yield made
    for supervisor in made.supervisors:
        for watched in supervisor._watched.values():
            if watched.child is not None:
                watched.child.kill()
                watched.child.wait()
        supervisor.close()
    for pid in made.workers().values():
        os.kill(pid, signal.SIGKILL)


def status_of(folder: RunFolder) -> str:
    """The latest status in the journal."""
    return statuses(folder)[-1]


def goes_beyond_checkpoint(folder: RunFolder, step: int) -> bool:
    """Whether there is a checkpoint after `step`, and points behind it that a kill now would make void."""
    saved = max((info.step for info in folder.checkpoints().list()), default=0)
    measured = [point["step"] for event in events_of(folder, EventType.POINTS) for point in event.data["points"]]
    return folder.worker_alive() and step < saved < measured[-1]


def kill(folder: RunFolder) -> None:
    """Kill the run's worker."""
    worker = folder.worker()
    assert worker is not None
    os.kill(worker.pid, signal.SIGKILL)


def test_queued_runs_start_in_order_and_never_too_many_at_once(yard: Yard) -> None:
    """With one place, runs train one after the other in the order in which they were queued."""
    runs = [yard.run(total_steps=5, seconds_per_step=0.01) for _ in range(3)]
    supervisor = yard.supervisor(places=1)
    most = 0

    def all_finished() -> bool:
        nonlocal most
        most = max(most, sum(each.child is not None for each in supervisor._watched.values()))
        return all(status_of(run) == "finished" for run in runs)

    yard.until(all_finished, "three runs to finish")
    assert most == 1
    started = [events_of(run, EventType.STATUS)[1].t for run in runs]
    assert started == sorted(started)
    ended = [events_of(run, EventType.STATUS)[-1].t for run in runs]
    assert ended[0] <= started[1]
    assert ended[1] <= started[2]


def test_two_places_hold_two_runs(yard: Yard) -> None:
    """As many runs train at once as there are places, and the next one waits."""
    runs = [yard.run(total_steps=10_000, seconds_per_step=0.01) for _ in range(3)]
    yard.supervisor(places=2)
    yard.until(lambda: [status_of(run) for run in runs[:2]] == ["running"] * 2, "two runs to train")
    assert status_of(runs[2]) == "queued"
    assert len(yard.workers()) == 2
    runs[0].control().request("stop")
    yard.until(lambda: status_of(runs[2]) == "running", "the third to take the place")


def test_a_killed_run_goes_on_as_if_nothing_had_happened(yard: Yard) -> None:
    """A run whose worker is killed with SIGKILL, twice, ends with the very points of one that was left alone."""
    config = {"total_steps": 150, "seed": 3}
    calm = yard.run(**config)
    assert train(calm) == 0
    run = yard.run(**config, seconds_per_step=0.01, checkpoint_interval_s=0.3)
    yard.supervisor()
    for after in (20, 70):
        yard.until(lambda after=after: goes_beyond_checkpoint(run, after), f"points behind a checkpoint after {after}")
        kill(run)
        yard.until(lambda: status_of(run) != "running", "the death to be noticed")
    yard.until(lambda: status_of(run) == "finished", "the run to finish")
    assert deterministic_points(run) == deterministic_points(calm)
    assert statuses(run).count("restarting") == 2
    assert health_codes(run).count("crashed") == 2
    assert events_of(run, EventType.REWOUND)


def test_a_run_that_keeps_crashing_is_given_up(yard: Yard) -> None:
    """Five deaths without a new checkpoint are the end; the wait doubles each time; the reason names the cause."""
    run = yard.run(crash_at_step=1)
    yard.supervisor(policy=RestartPolicy(first_delay_s=0.01, longest_delay_s=0.05))
    yard.until(lambda: status_of(run) == "failed", "the run to be given up")
    restarts = [event.data for event in events_of(run, EventType.STATUS) if event.data["status"] == "restarting"]
    assert [each["attempt"] for each in restarts] == [1, 2, 3, 4]
    assert [each["delay_s"] for each in restarts] == [0.01, 0.02, 0.04, 0.05]
    assert "crash at step 1" in restarts[0]["reason"]
    reason = events_of(run, EventType.STATUS)[-1].data["reason"]
    assert "5 times" in reason
    assert "crash at step 1" in reason
    assert run.worker() is None


def test_progress_forgives_deaths(yard: Yard) -> None:
    """A run that saves between its deaths is never given up, however often it dies."""
    run = yard.run(total_steps=10_000, seconds_per_step=0.002)
    yard.supervisor(policy=RestartPolicy(first_delay_s=0.01, give_up_after=2))
    for _ in range(3):
        before = max((info.step for info in run.checkpoints().list()), default=0)
        yard.until(
            lambda before=before: any(info.step > before for info in run.checkpoints().list()) and run.worker_alive(),
            "a new checkpoint",
        )
        kill(run)
        yard.until(lambda: status_of(run) != "running", "the death to be noticed")
    yard.until(lambda: status_of(run) == "running", "the run to train again")
    assert statuses(run).count("restarting") == 3


def test_the_next_supervisor_adopts_live_workers(yard: Yard) -> None:
    """When the server is replaced its runs train on under the same pid, and are restarted when they die."""
    run = yard.run(total_steps=100_000, seconds_per_step=0.005)
    first = yard.supervisor()
    yard.until(lambda: status_of(run) == "running", "the run to train")
    pid = yard.workers()[run.id]
    second = yard.supervisor()
    second.tick()
    assert first.holds_lease
    assert not second.holds_lease
    first.close()
    orphan = yard.supervisors.pop(0)._watched[run.id].child
    yard.until(lambda: second.holds_lease, "the second one to take over")
    assert yard.workers() == {run.id: pid}
    yard.until(lambda: run.checkpoints().list(), "a checkpoint")
    kill(run)
    yard.until(lambda: run.worker_alive() and yard.workers()[run.id] != pid, "another worker")
    assert orphan is not None
    assert orphan.poll() is not None
    assert statuses(run).count("restarting") == 1


def test_a_worker_lost_before_it_could_speak_is_found_dead(yard: Yard) -> None:
    """A run that is `starting` without a worker, as after a crash of server and worker, is taken up after a grace."""
    run = yard.run(total_steps=5)
    with JournalWriter(run.path) as journal:
        journal.append(EventType.STATUS, status=RunStatus.STARTING, host="supervisor")
    yard.supervisor()
    yard.until(lambda: status_of(run) == "finished", "the run to finish")
    assert "restarting" in statuses(run)


def test_a_dead_run_of_a_terminal_is_not_restarted(yard: Yard) -> None:
    """A person who closed a terminal meant something by it: the run is marked failed, and says how to go on."""
    run = yard.run(total_steps=5)
    with JournalWriter(run.path) as journal:
        journal.append(EventType.STATUS, status=RunStatus.STARTING, host="terminal")
        journal.append(EventType.STATUS, status=RunStatus.RUNNING)
    yard.supervisor()
    yard.until(lambda: status_of(run) == "failed", "the run to be marked")
    assert "terminal" in events_of(run, EventType.STATUS)[-1].data["reason"]


def test_a_run_whose_checkpoint_does_not_fit_is_not_tried_again(yard: Yard) -> None:
    """What cannot begin fails at once, with the worker's own words."""
    run = yard.run(total_steps=5)
    spec = json.loads(run.spec_path.read_text())
    spec["config"]["total_steps"] = -5
    run.spec_path.write_text(json.dumps(spec))
    yard.supervisor()
    yard.until(lambda: status_of(run) == "failed", "the run to fail")
    assert "total_steps" in events_of(run, EventType.STATUS)[-1].data["reason"]
    assert "restarting" not in statuses(run)


def test_a_run_that_somebody_else_takes_up_is_left_alone(yard: Yard) -> None:
    """A queued run that another process locks first is not marked dead, and not started while that one holds it."""
    run = yard.run(total_steps=5)
    supervisor = yard.supervisor()
    supervisor.tick()
    late = supervisor._watched[run.id].child
    assert late is not None
    with JournalWriter(run.path):
        yard.until(lambda: supervisor._watched[run.id].child is None, "the second worker to give way")
        assert late.returncode == CANNOT_BEGIN
        supervisor.tick()
        assert supervisor._watched[run.id].child is None
        assert statuses(run) == ["queued"]
    yard.until(lambda: status_of(run) == "finished", "the run to train after all")


def test_a_run_stopped_while_its_worker_starts_does_not_train(yard: Yard) -> None:
    """Stopped between queue and first word of its worker, a run ends stopped, and the worker goes."""
    run = yard.run(total_steps=100_000, seconds_per_step=0.005)
    supervisor = yard.supervisor()
    supervisor.tick()
    child = supervisor._watched[run.id].child
    assert child is not None
    with JournalWriter(run.path) as journal:
        journal.append(EventType.STATUS, status=RunStatus.STOPPED)
    yard.until(lambda: child.poll() is not None, "the worker to end")
    yard.until(lambda: status_of(run) == "stopped", "the run to be stopped")
    assert not psutil.pid_exists(child.pid) or child.returncode is not None
    supervisor.tick()
    assert yard.workers() == {}


def test_an_overgrown_log_is_set_aside(yard: Yard) -> None:
    """A worker.log that is too large does not grow on for ever."""
    run = yard.run(total_steps=2)
    with run.log_path.open("wb") as log:
        log.truncate(LOG_CAP_BYTES + 1)
    yard.supervisor()
    yard.until(lambda: status_of(run) == "finished", "the run to finish")
    assert run.log_path.stat().st_size < LOG_CAP_BYTES
    assert run.log_path.with_name("worker.log.1").stat().st_size == LOG_CAP_BYTES + 1


def test_a_run_that_is_started_as_soon_as_it_has_stopped_did_not_die(yard: Yard) -> None:
    """Queued anew before the supervisor saw the old worker's exit, a run goes on without a death in its journal."""
    run = yard.run(total_steps=100_000, seconds_per_step=0.005)
    supervisor = yard.supervisor()
    yard.until(lambda: status_of(run) == "running", "the run to train")
    child = supervisor._watched[run.id].child
    assert child is not None
    run.control().request("stop")
    child.wait(timeout=40)
    with JournalWriter(run.path) as journal:
        journal.append(EventType.STATUS, status=RunStatus.QUEUED)
    yard.until(lambda: statuses(run).count("running") == 2, "the run to train again")
    assert statuses(run) == ["queued", "starting", "running", "stopping", "stopped", "queued", "starting", "running"]
    assert "crashed" not in health_codes(run)
    kill(run)
    yard.until(lambda: "restarting" in statuses(run), "a real death to be noticed")


def test_a_checkpoint_that_was_saved_but_not_journalled_forgives_a_death(yard: Yard) -> None:
    """Killed between a checkpoint's rename and its event, a run has made progress; the same one counts once."""
    run = yard.run(total_steps=100_000, seconds_per_step=0.005, checkpoint_interval_s=0.3)
    yard.supervisor(policy=RestartPolicy(first_delay_s=0.01, give_up_after=2))
    yard.until(lambda: run.checkpoints().list() and status_of(run) == "running", "a checkpoint")
    kill(run)
    yard.until(lambda: "restarting" in statuses(run), "the first death")
    yard.until(lambda: status_of(run) == "running", "the run to train again")
    worker = run.worker()
    assert worker is not None
    os.kill(worker.pid, signal.SIGSTOP)
    newest = run.checkpoints().list()[-1]
    saved = newest.path.with_name(str(newest.step + 1000))
    shutil.copytree(newest.path, saved)
    manifest = saved / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"step": newest.step + 1000}))
    kill(run)
    yard.until(lambda: status_of(run) != "running", "the second death")
    assert status_of(run) != "failed"
