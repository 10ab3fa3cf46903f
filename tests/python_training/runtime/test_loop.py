from __future__ import annotations

import json
import math
import os
import threading
from pathlib import Path
from typing import Any

import pytest

from python_training.contracts.errors import (
    CheckpointError,
    CommandRefusedError,
    ConfigError,
    PaddockError,
    RunLockedError,
)
from python_training.contracts.events import Event, EventType
from python_training.contracts.status import RunStatus
from python_training.contracts.trainer import Point
from python_training.runtime.journal import JournalWriter
from python_training.runtime.loop import host
from python_training.runtime.run_folder import RunFolder, create_run
from python_training.runtime.threads import thread_variables
from python_training.testing.runs import (
    deterministic_points,
    events_of,
    health_codes,
    newest_files,
    scripted_run,
    statuses,
    wait_for,
)


@pytest.fixture(autouse=True)
def _own_thread_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hosting a run in the test process must not set the number of threads of the tests that follow."""
    for variable in thread_variables(1):
        # Setting it here makes pytest restore it, whatever the code under test does.
        monkeypatch.setenv(variable, os.environ.get(variable, "1"))


class _Hosted:
    """A run hosted on another thread of the test's process."""

    def __init__(self, folder: RunFolder) -> None:
        self.folder = folder
        self.status: RunStatus | None = None
        self._thread = threading.Thread(target=self._host, daemon=True)
        self._thread.start()
        wait_for(folder.worker_alive, "the worker")
        self.control = folder.control()

    def _host(self) -> None:
        self.status = host(self.folder, host="terminal")

    def join(self) -> RunStatus | None:
        self._thread.join(30)
        return self.status


def _endless(tmp_path: Path, **config: Any) -> RunFolder:
    return scripted_run(tmp_path, **{"total_steps": 10**9, "seconds_per_step": 0.001, **config})


def test_a_run_trains_to_its_end_and_says_what_came_out(tmp_path: Path) -> None:
    """queued, starting, running, finished; every step has its point; the last state is a checkpoint."""
    folder = scripted_run(tmp_path, total_steps=20)
    heard: list[Event] = []
    assert host(folder, host="terminal", on_event=heard.append) is RunStatus.FINISHED
    assert statuses(folder) == ["queued", "starting", "running", "finished"]
    points = deterministic_points(folder)
    assert [step for step, _ in points] == list(range(1, 21))
    (result,) = events_of(folder, EventType.RESULT)
    assert (result.data["status"], result.data["step"]) == ("finished", 20)
    assert result.data["metrics"]["value"] == points[-1][1]["value"]
    last = folder.checkpoints().list()[-1]
    assert (last.step, last.reason, last.metrics["value"]) == (20, "finished", points[-1][1]["value"])
    assert heard[-1].data["status"] == "finished"
    assert not folder.worker_path.exists()
    assert not folder.socket_path.exists()


def test_equal_runs_are_equal(tmp_path: Path) -> None:
    """Same config, same deterministic points and same final state; another seed, others."""
    first, again, other = (scripted_run(tmp_path, total_steps=30, seed=seed) for seed in (1, 1, 2))
    for folder in (first, again, other):
        host(folder, host="terminal")
    assert deterministic_points(first) == deterministic_points(again) != deterministic_points(other)
    assert newest_files(first) == newest_files(again) != newest_files(other)


def test_a_finished_run_that_is_started_again_just_finishes(tmp_path: Path) -> None:
    """There is nothing left to do: no step, no new checkpoint, the same result. More total_steps make it go on."""
    folder = scripted_run(tmp_path, total_steps=20)
    host(folder, host="terminal")
    before = newest_files(folder), deterministic_points(folder), events_of(folder, EventType.CHECKPOINT)
    assert host(folder, host="terminal") is RunStatus.FINISHED
    assert (newest_files(folder), deterministic_points(folder), events_of(folder, EventType.CHECKPOINT)) == before
    with JournalWriter(folder.path) as journal:
        journal.append(EventType.SET, step=20, changes={"total_steps": 30})
    assert host(folder, host="terminal") is RunStatus.FINISHED
    assert [step for step, _ in deterministic_points(folder)] == list(range(1, 31))


def test_a_stopped_run_goes_on_where_it_stopped(tmp_path: Path) -> None:
    """Stop, then start again: the same points and the same final state as without."""
    straight = scripted_run(tmp_path, total_steps=300)
    host(straight, host="terminal")
    folder = scripted_run(tmp_path, total_steps=300, seconds_per_step=0.002)
    hosted = _Hosted(folder)
    wait_for(lambda: deterministic_points(folder), "a point")
    reply = hosted.control.request("stop")
    assert hosted.join() is RunStatus.STOPPED
    assert reply.step == folder.checkpoints().list()[-1].step
    assert statuses(folder)[-2:] == ["stopping", "stopped"]
    assert host(folder, host="terminal") is RunStatus.FINISHED
    assert deterministic_points(folder) == deterministic_points(straight)
    assert newest_files(folder) == newest_files(straight)
    assert events_of(folder, EventType.REWOUND) == []


def test_pause_holds_and_resume_goes_on(tmp_path: Path) -> None:
    """A paused run takes no step, answers save, and goes on when told."""
    folder = _endless(tmp_path)
    hosted = _Hosted(folder)
    wait_for(lambda: deterministic_points(folder), "a point")
    paused = hosted.control.request("pause")
    assert hosted.control.request("pause").step == paused.step
    saved = hosted.control.request("save")
    assert saved.step == paused.step
    assert newest_files(folder)[0] == paused.step
    assert statuses(folder)[-2:] == ["pausing", "paused"]
    assert hosted.control.request("resume").step == paused.step
    assert hosted.control.request("resume").state == "done"
    wait_for(lambda: deterministic_points(folder)[-1][0] > (paused.step or 0), "a step after the pause")
    hosted.control.request("stop")
    assert hosted.join() is RunStatus.STOPPED


def test_a_paused_run_can_be_stopped_and_shown(tmp_path: Path) -> None:
    """Whoever comes to a paused run sees it once; stop needs no resume."""
    folder = _endless(tmp_path)
    hosted = _Hosted(folder)
    step = hosted.control.request("pause").step
    frames = hosted.control.frames()
    assert next(frames)["figures"]["Step"] == step
    hosted.control.request("stop")
    assert list(frames) == []
    assert hosted.join() is RunStatus.STOPPED


def test_commands_are_acknowledged_in_the_journal(tmp_path: Path) -> None:
    """Every state of every command is an event, with the step at which it took effect."""
    folder = _endless(tmp_path)
    hosted = _Hosted(folder)
    hosted.control.request("save", id="my-save")
    with pytest.raises(CommandRefusedError, match=r"no command named 'svae'\. Did you mean 'save'"):
        hosted.control.request("svae", id="my-typo")
    hosted.control.request("stop", id="my-stop")
    hosted.join()
    acks = [(ack.data["id"], ack.data["state"]) for ack in events_of(folder, EventType.ACK)]
    assert acks == [
        ("my-save", "accepted"),
        ("my-save", "done"),
        ("my-typo", "refused"),
        ("my-stop", "accepted"),
        ("my-stop", "done"),
    ]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"dirft": 1.0}, "no field 'dirft'"),
        ({"seed": 1}, "'seed' cannot change while a run goes on"),
        ({"drift": "fast"}, "drift"),
        ({"drift": 1.0, "seed": 1}, "seed"),
        ({}, "takes the fields to change"),
    ],
)
def test_a_change_that_cannot_be_is_refused(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    """The answer names the field; nothing changes."""
    folder = _endless(tmp_path)
    hosted = _Hosted(folder)
    with pytest.raises(CommandRefusedError, match=message):
        hosted.control.request("set", changes)
    with pytest.raises(CommandRefusedError, match="save takes no arguments, got force"):
        hosted.control.request("save", {"force": True})
    hosted.control.request("stop")
    hosted.join()
    assert events_of(folder, EventType.SET) == []
    acks = [(ack.data["name"], ack.data["state"]) for ack in events_of(folder, EventType.ACK)]
    assert acks[:2] == [("set", "refused"), ("save", "refused")], "refused at once, not accepted and then failed"


def test_a_change_holds_from_its_step_on_and_in_checkpoints(tmp_path: Path) -> None:
    """`set` is journalled with the step from which it holds; a resumed run has it still."""
    folder = _endless(tmp_path)
    hosted = _Hosted(folder)
    reply = hosted.control.request("set", {"drift": 1000.0, "total_steps": 10**9 - 1})
    step = reply.step or 0
    (event,) = events_of(folder, EventType.SET)
    assert event.data == {"step": step, "changes": {"drift": 1000.0, "total_steps": 10**9 - 1}}
    wait_for(lambda: deterministic_points(folder)[-1:] and deterministic_points(folder)[-1][0] > step + 1, "steps")
    hosted.control.request("stop")
    hosted.join()
    values = {at: values["value"] for at, values in deterministic_points(folder)}
    assert values[step + 1] - values.get(step, 0.0) > 900.0
    if step > 1:
        assert abs(values[step] - values[step - 1]) < 100.0
    assert folder.checkpoints().list()[-1].config["drift"] == 1000.0


def test_a_change_made_after_the_last_checkpoint_is_made_again(tmp_path: Path) -> None:
    """A run that died after a change repeats it at the same step when it is resumed: its curve is the same."""
    change = {"step": 40, "changes": {"drift": 7.0}}
    straight = scripted_run(tmp_path, total_steps=60)
    folder = scripted_run(
        tmp_path,
        total_steps=60,
        crash_at_step=50,
        crash_when_resumed=False,
        checkpoint_interval_s=1e-6,
        keep_checkpoints=1000,
    )
    for each in (straight, folder):
        with JournalWriter(each.path) as journal:
            journal.append(EventType.SET, **change)
    host(straight, host="terminal")
    host(folder, host="supervisor")
    for info in folder.checkpoints().list():
        if info.step > 30:
            folder.checkpoints().delete(info.step)
    host(folder, host="supervisor")
    assert [event.data["to_step"] for event in events_of(folder, EventType.REWOUND)] == [30]
    assert deterministic_points(folder) == deterministic_points(straight)
    assert newest_files(folder) == newest_files(straight)
    values = [values["value"] for _, values in deterministic_points(folder)]
    assert abs(values[39] - values[38]) < 3.0 < values[40] - values[39]
    assert [event.data for event in events_of(folder, EventType.SET)] == [change] * 3


def test_nan_is_null_and_one_health_event(tmp_path: Path) -> None:
    """A metric that is NaN for a while is null in its points and reported at both ends."""
    folder = scripted_run(tmp_path, total_steps=10, nan_from_step=3, nan_until_step=7)
    host(folder, host="terminal")
    noise = [values["noise"] for _, values in deterministic_points(folder)]
    assert [value is None for value in noise] == [3 <= step < 7 for step in range(1, 11)]
    assert [(e.data["code"], e.data["step"]) for e in events_of(folder, EventType.HEALTH)] == [
        ("nan_metric", 3),
        ("recovered", 7),
    ]
    assert all(math.isfinite(value) for value in folder.checkpoints().list()[-1].metrics.values())


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ({"crash_at_step": 5}, "RuntimeError: The config asks for a crash at step 5."),
        ({"undeclared_at_step": 5}, "UnknownNameError: There is no declared metric named 'undeclared'."),
    ],
)
def test_a_crash_at_the_terminal_is_a_failed_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], fault: dict[str, int], reason: str
) -> None:
    """With nobody to restart it the run is failed, with the reason; the traceback is in the log and the journal."""
    folder = scripted_run(tmp_path, **fault)
    assert host(folder, host="terminal") is RunStatus.FAILED
    status = events_of(folder, EventType.STATUS)[-1]
    assert (status.data["status"], status.data["reason"]) == ("failed", reason)
    assert health_codes(folder)[-1] == "crashed"
    assert "Traceback" in events_of(folder, EventType.LOG)[-1].data["message"]
    assert reason in capsys.readouterr().err
    assert deterministic_points(folder)[-1][0] == 4


def test_a_crash_under_a_supervisor_leaves_the_status_to_it(tmp_path: Path) -> None:
    """Whether the run is restarted is not the worker's to say."""
    folder = scripted_run(tmp_path, crash_at_step=5)
    assert host(folder, host="supervisor") is RunStatus.FAILED
    assert statuses(folder)[-1] == "running"


def test_a_dead_run_goes_on_from_its_checkpoint_and_hides_what_it_does_again(tmp_path: Path) -> None:
    """After a crash the run resumes, rewinds to the checkpoint's step, and ends like one that never crashed."""
    straight = scripted_run(tmp_path, total_steps=50)
    host(straight, host="terminal")
    folder = scripted_run(
        tmp_path, total_steps=50, crash_at_step=30, crash_when_resumed=False, checkpoint_interval_s=1e-6
    )
    host(folder, host="supervisor")
    last = folder.checkpoints().list()[-1]
    (last.path.parent / str(last.step)).rename(tmp_path / "lost")
    resumed_from = folder.checkpoints().list()[-1].step
    assert host(folder, host="supervisor") is RunStatus.FINISHED
    assert [event.data["to_step"] for event in events_of(folder, EventType.REWOUND)] == [resumed_from]
    assert deterministic_points(folder) == deterministic_points(straight)
    assert newest_files(folder) == newest_files(straight)
    assert statuses(folder)[-4:] == ["restarting", "starting", "running", "finished"]
    assert {"step": last.step, "name": last.name, "removed": True} in [
        event.data for event in events_of(folder, EventType.CHECKPOINT)
    ]


def test_without_a_checkpoint_a_dead_run_begins_again(tmp_path: Path) -> None:
    """There is nothing to resume from: everything so far is hidden."""
    folder = scripted_run(tmp_path, total_steps=20, crash_at_step=10)
    host(folder, host="supervisor")
    for info in folder.checkpoints().list():
        folder.checkpoints().delete(info.step)
    host(folder, host="supervisor")
    assert [event.data["to_step"] for event in events_of(folder, EventType.REWOUND)] == [-1]
    assert [step for step, _ in deterministic_points(folder)] == list(range(1, 10))


def test_points_of_step_zero_are_hidden_by_a_new_beginning(tmp_path: Path) -> None:
    """A system that judges its untrained policy has a point at step 0; doing it again does not make it two."""
    folder = scripted_run(tmp_path, total_steps=20, crash_at_step=10, crash_when_resumed=False)
    with JournalWriter(folder.path) as journal:
        journal.add_point(Point(0, {"value": 0.0}))
    host(folder, host="terminal")
    assert deterministic_points(folder)[0][0] == 1


def test_a_damaged_checkpoint_is_passed_over(tmp_path: Path) -> None:
    """The newest one is broken: it is set aside by name, the one before is used, and health tells."""
    straight = scripted_run(tmp_path, total_steps=40)
    host(straight, host="terminal")
    folder = scripted_run(
        tmp_path, total_steps=40, crash_at_step=30, crash_when_resumed=False, checkpoint_interval_s=1e-6
    )
    host(folder, host="supervisor")
    newest = folder.checkpoints().list()[-1]
    (newest.path / "state.json").write_text("{}")
    assert host(folder, host="supervisor") is RunStatus.FINISHED
    assert "checkpoint_damaged" in health_codes(folder)
    assert (folder.checkpoints_path / f"{newest.step}.damaged").is_dir()
    assert deterministic_points(folder) == deterministic_points(straight)


def test_a_checkpoint_that_the_journal_does_not_know_is_announced(tmp_path: Path) -> None:
    """A worker killed between the rename and the journal line: the next one says what is there."""
    folder = scripted_run(tmp_path, total_steps=10)
    host(folder, host="terminal")
    journal = folder.path / "events-000001.jsonl"
    lines = [line for line in journal.read_text().splitlines() if json.loads(line)["type"] != "checkpoint"]
    journal.write_text("\n".join(lines) + "\n")
    host(folder, host="terminal")
    announced = events_of(folder, EventType.CHECKPOINT)
    assert [(event.data["step"], event.data["reason"]) for event in announced] == [(10, "recovered")]


def test_a_fork_begins_at_its_parents_checkpoint(tmp_path: Path) -> None:
    """A run with a parent takes its state over, bit for bit, and goes on with its own config."""
    parent = scripted_run(tmp_path, total_steps=20)
    host(parent, host="terminal")
    longer = scripted_run(tmp_path, total_steps=40)
    host(longer, host="terminal")
    fork = create_run(
        tmp_path / "logs",
        tmp_path / "checkpoints",
        system="scripted",
        config={"total_steps": 40},
        parent={"run": parent.id, "step": 20},
    )
    assert host(fork, host="terminal") is RunStatus.FINISHED
    assert deterministic_points(fork) == deterministic_points(longer)[20:]
    assert newest_files(fork) == newest_files(longer)


def test_a_fork_without_its_parent_cannot_begin(tmp_path: Path) -> None:
    """The reason is an error and a failed run, not a restart loop."""
    fork = create_run(
        tmp_path / "logs",
        tmp_path / "checkpoints",
        system="scripted",
        config={},
        parent={"run": "scripted-gone", "step": 20},
    )
    with pytest.raises(PaddockError, match="no checkpoint 20"):
        host(fork, host="terminal")
    assert statuses(fork)[-1] == "failed"


def test_a_run_that_is_being_trained_is_refused(tmp_path: Path) -> None:
    """Two workers never train one run."""
    folder = scripted_run(tmp_path)
    with JournalWriter(folder.path), pytest.raises(RunLockedError):
        host(folder, host="terminal")


def test_watching_changes_nothing(tmp_path: Path) -> None:
    """A watched run has the same points and the same final state as an unwatched one, bit for bit."""
    straight = scripted_run(tmp_path, total_steps=200)
    host(straight, host="terminal")
    watched = scripted_run(tmp_path, total_steps=200, seconds_per_step=0.003)
    hosted = _Hosted(watched)
    shown = [frame["figures"]["Step"] for frame in hosted.control.frames(60)]
    assert hosted.join() is RunStatus.FINISHED
    assert len(shown) > 5
    assert shown == sorted(set(shown))
    assert deterministic_points(watched) == deterministic_points(straight)
    assert newest_files(watched) == newest_files(straight)


def test_checkpoints_come_in_time_and_old_ones_go(tmp_path: Path) -> None:
    """Periodic checkpoints appear while a run goes on; only the newest, the best and the pinned stay."""
    folder = _endless(tmp_path, checkpoint_interval_s=0.02, keep_checkpoints=2)
    hosted = _Hosted(folder)

    def removed() -> list[Event]:
        return [event for event in events_of(folder, EventType.CHECKPOINT) if event.data.get("removed")]

    wait_for(lambda: len(removed()) > 3, "retention")
    hosted.control.request("stop")
    hosted.join()
    kept = folder.checkpoints().list()
    assert len(kept) <= 3
    assert sum(info.best for info in kept) == 1
    best = next(info for info in kept if info.best)
    announced = [event.data for event in events_of(folder, EventType.CHECKPOINT) if "metrics" in event.data]
    assert best.metrics["value"] == max(event["metrics"]["value"] for event in announced)


def test_a_view_that_fails_is_reported_and_training_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A picture is never worth a run."""
    from python_training.testing.scripted_trainer import ScriptedTrainer

    monkeypatch.setattr(ScriptedTrainer, "view", lambda self: 1 / 0)
    folder = scripted_run(tmp_path, total_steps=200, seconds_per_step=0.003)
    hosted = _Hosted(folder)
    assert list(hosted.control.frames()) == []
    assert hosted.join() is RunStatus.FINISHED
    assert health_codes(folder).count("view_failed") == 1
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_commands_overtaken_by_the_end_fail(tmp_path: Path) -> None:
    """Whoever pauses a run that finishes in the same moment is told how it ended, not left waiting."""
    folder = scripted_run(tmp_path, total_steps=1, seconds_per_step=0.5)
    hosted = _Hosted(folder)
    wait_for(lambda: statuses(folder)[-1] == "running", "running")
    with pytest.raises(CommandRefusedError, match="The run is finished"):
        hosted.control.request("pause")
    assert hosted.join() is RunStatus.FINISHED


def test_threads_of_the_run_are_set_before_libraries_load(tmp_path: Path) -> None:
    """BLAS, numba and TensorFlow are told how many cores this run may use."""
    folder = create_run(
        tmp_path / "logs", tmp_path / "checkpoints", system="scripted", config={"total_steps": 1}, threads=2
    )
    host(folder, host="terminal")
    assert os.environ["OMP_NUM_THREADS"] == os.environ["TF_NUM_INTRAOP_THREADS"] == "2"


def _written_elsewhere(folder: RunFolder, versions: dict[str, str]) -> None:
    """Have the newest checkpoint say that it was written with these versions of packages."""
    manifest = folder.checkpoints().list()[-1].path / "manifest.json"
    raw = json.loads(manifest.read_text())
    raw["versions"] |= versions
    manifest.write_text(json.dumps(raw))


def test_going_on_under_other_versions_of_a_package_is_told(tmp_path: Path) -> None:
    """Once for each life, with the package, the version of then and of now; the run goes on all the same."""
    folder = scripted_run(tmp_path, total_steps=5)
    host(folder, host="terminal")
    assert host(folder, host="terminal") is RunStatus.FINISHED
    assert "other_versions" not in health_codes(folder)
    _written_elsewhere(folder, {"numpy": "1.20.0", "antiquity": "0.1"})
    assert host(folder, host="terminal") is RunStatus.FINISHED
    (told,) = [event.data for event in events_of(folder, EventType.HEALTH) if event.data["code"] == "other_versions"]
    assert told["level"] == "warning"
    assert "written with antiquity 0.1 (not installed here), numpy 1.20.0 (here " in told["message"]


def test_a_fork_under_other_versions_is_told_as_well(tmp_path: Path) -> None:
    """Its first checkpoint is another run's."""
    first = scripted_run(tmp_path, total_steps=5)
    host(first, host="terminal")
    _written_elsewhere(first, {"numpy": "1.20.0"})
    fork = _fork(first, "scripted", {"total_steps": 10})
    assert host(fork, host="terminal") is RunStatus.FINISHED
    assert health_codes(fork) == ["other_versions"]


def _fork(folder: RunFolder, system: str, config: dict[str, Any]) -> RunFolder:
    """A run that goes on from the newest checkpoint of another one."""
    parent = {"run": folder.id, "step": folder.checkpoints().list()[-1].step}
    return create_run(folder.logs_dir, folder.checkpoints_dir, system=system, config=config, parent=parent)


@pytest.mark.parametrize(
    ("changes", "field", "got"),
    [
        ({"env": "Acrobot-v1"}, "env", "expected 'CartPole-v1', of which the checkpoint is, got 'Acrobot-v1'"),
        ({"actor_fc_layers": [8, 8]}, "actor_fc_layers", r"expected \[16\], of which the checkpoint is, got \[8, 8\]"),
        ({"num_envs": 5}, "num_envs", "expected 2, of which the checkpoint is, got 5"),
    ],
)
def test_a_fork_to_another_world_names_the_real_fault(
    tmp_path: Path, changes: dict[str, Any], field: str, got: str
) -> None:
    """Before anything is loaded: the field, what the checkpoint has and what came, rather than shapes of arrays."""
    config = {"env": "CartPole-v1", "num_envs": 2, "rollout_length": 8, "batch_size": 8, "actor_fc_layers": [16]}
    first = create_run(tmp_path / "logs", tmp_path / "checkpoints", system="ppo", config=config)
    first.checkpoints().save(0, lambda into: None, reason="stop", metrics={}, config=first.spec().config, system="ppo")
    with pytest.raises(ConfigError, match=got) as refused:
        host(_fork(first, "ppo", {**config, **changes}), host="terminal")
    assert refused.value.field == field


def test_a_checkpoint_that_does_not_fit_says_which_settings_differ(tmp_path: Path) -> None:
    """Whatever a trainer says about its arrays, the settings that are not those of then are named."""
    first = scripted_run(tmp_path, total_steps=5)
    first.checkpoints().save(
        5, lambda into: None, reason="stop", metrics={}, config=first.spec().config, system="scripted"
    )
    with pytest.raises(CheckpointError, match=r"Since it was written, total_steps was 5 and is 9; drift was 0"):
        host(_fork(first, "scripted", {"total_steps": 9, "drift": 2.0}), host="terminal")
