from __future__ import annotations

import json
import signal
from typing import Any

import psutil
import pytest

from backend.cli.run_state import status_of
from python_training.contracts.status import RunStatus
from python_training.runtime.run_folder import RunFolder


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
