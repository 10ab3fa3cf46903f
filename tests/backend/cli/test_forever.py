from __future__ import annotations

import json
import os
import signal
import threading
import time
from typing import Any

import psutil
import pytest

from backend.cli.forever import Forever
from backend.cli.run_state import status_of
from backend.workers.supervisor import RestartPolicy
from python_training.contracts.status import RunStatus
from python_training.runtime.run_folder import RunFolder, create_run


def _lives(run: RunFolder) -> list[str]:
    events = [json.loads(line) for line in (run.path / "events-000001.jsonl").read_text().splitlines()]
    return [event["status"] for event in events if event["type"] == "status"]


def _child(process: Any) -> psutil.Process:
    (child,) = psutil.Process(process.pid).children()
    return child


def _saved(run: RunFolder) -> bool:
    return any(info.step >= 5 for info in run.checkpoints().list())


SLOW = ("--set", "seconds_per_step=0.02", "--set", "checkpoint_interval_s=0.05")


def test_a_crash_is_followed_by_another_life(terminal: Any) -> None:
    """A run that crashes once is finished by its second life, in one run."""
    crash = ("--set", "crash_at_step=30", "--set", "crash_when_resumed=false", "--set", "total_steps=60")
    process = terminal.start("train", "scripted", "--forever", *crash, *SLOW)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    (run,) = terminal.runs()
    assert status_of(run) is RunStatus.FINISHED
    assert _lives(run).count("running") == 2
    assert "goes on from its checkpoint" in err


def test_a_kill_is_followed_by_another_life_and_ctrl_c_ends_them_all(terminal: Any) -> None:
    """SIGKILL to the process that trains is a crash like any other; SIGTERM to the parent stops the run in order."""
    process = terminal.start("train", "scripted", "--forever", "--set", "total_steps=1000000", *SLOW)
    run = terminal.wait_for(lambda: next(iter(terminal.runs()), None))
    terminal.wait_for(lambda: _saved(run))
    _child(process).kill()
    terminal.wait_for(lambda: _lives(run).count("running") == 2)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 0, err
    assert len(terminal.runs()) == 1
    assert status_of(run) is RunStatus.STOPPED


def test_the_same_command_goes_on_with_its_run_and_another_begins_one(terminal: Any) -> None:
    """--continue finds the stopped run of just this config; a finished one, or another config, is another run."""
    process = terminal.start("train", "scripted", "--set", "total_steps=50", *SLOW)
    run = terminal.wait_for(lambda: next(iter(terminal.runs()), None))
    terminal.wait_for(lambda: _saved(run))
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    same = ("--set", "total_steps=50", *SLOW, "--continue", "--json")
    assert terminal.run("train", "scripted", *same).json["run"] == run.id
    assert status_of(run) is RunStatus.FINISHED
    assert terminal.run("train", "scripted", *same).json["run"] != run.id
    assert terminal.run("train", "scripted", *same, "--seed", "9").json["run"] != run.id


def test_what_no_other_life_can_mend_ends_at_once(terminal: Any) -> None:
    """An invalid config is told once, with its own exit code."""
    answer = terminal.run("train", "scripted", "--forever", "--set", "total_steps=0")
    assert answer.code == 3
    assert "goes on" not in answer.err


@pytest.mark.parametrize("other", [("--resume", "newest"), ("--save-config", "template.yaml")])
def test_forever_finds_its_run_itself(terminal: Any, other: tuple[str, str]) -> None:
    """Options that name another run or none are refused."""
    assert terminal.run("train", "scripted", "--forever", *other).code == 2


def test_a_config_file_that_changes_meanwhile_changes_nothing(terminal: Any) -> None:
    """Every life goes on with the run that the first one began, under the config that it began with."""
    config = terminal.root / "mine.yaml"
    config.write_text("total_steps: 1000000\nseconds_per_step: 0.02\ncheckpoint_interval_s: 0.05\n")
    process = terminal.start("train", "scripted", "--forever", "--config", str(config))
    run = terminal.wait_for(lambda: next(iter(terminal.runs()), None))
    terminal.wait_for(lambda: _saved(run))
    config.write_text("total_steps: 7\n")
    _child(process).kill()
    terminal.wait_for(lambda: _lives(run).count("running") == 2)
    process.terminate()
    process.communicate(timeout=30)
    assert [each.id for each in terminal.runs()] == [run.id]
    assert run.spec().config["total_steps"] == 1_000_000


def test_a_life_that_nobody_looks_after_stops_in_order(terminal: Any) -> None:
    """SIGKILL to the parent: its child saves and stops, and the same command goes on with the run, not with another."""
    endless = ("train", "scripted", "--forever", "--set", "total_steps=1000000", *SLOW)
    process = terminal.start(*endless)
    run = terminal.wait_for(lambda: next(iter(terminal.runs()), None))
    terminal.wait_for(lambda: _saved(run))
    child = _child(process)
    process.kill()
    second = terminal.start(*endless)
    child.wait(30)
    terminal.wait_for(lambda: _lives(run).count("running") == 2)
    assert _lives(run).count("stopped") == 1
    second.terminate()
    second.communicate(timeout=30)
    assert [each.id for each in terminal.runs()] == [run.id]


def test_a_run_that_a_process_trains_is_not_begun_twice(terminal: Any, endless: Any) -> None:
    """--continue of just that config says who trains it."""
    process, run = endless
    settings = ("--set", "total_steps=1000000", "--set", "seconds_per_step=0.01")
    answer = terminal.run("train", "scripted", "--continue", *settings)
    assert answer.code == 5
    assert f"pid {process.pid}" in answer.err
    assert [each.id for each in terminal.runs()] == [run.id]


def test_it_never_gives_up(terminal: Any, capfd: pytest.CaptureFixture[str]) -> None:
    """A run that dies again and again without progress is tried for ever, and says how often it has died."""
    config = {"total_steps": 10, "crash_at_step": 3}
    run = create_run(terminal.root / "logs", terminal.root / "checkpoints", system="scripted", config=config)
    policy = RestartPolicy(first_delay_s=0.01, longest_delay_s=0.01, give_up_after=2)

    def stop_after_four() -> None:
        while _lives(run).count("failed") < 4:
            time.sleep(0.02)
        os.kill(os.getpid(), signal.SIGTERM)

    stopper = threading.Thread(target=stop_after_four)
    stopper.start()
    Forever(run, policy=policy).run()
    stopper.join()
    assert _lives(run).count("failed") >= 4
    assert "death 3 without a new checkpoint" in capfd.readouterr().err
