from __future__ import annotations

import subprocess
from typing import Any

import pytest

from backend.cli.run_state import state_of, status_of
from python_training.contracts.status import RunStatus
from python_training.runtime.run_folder import RunFolder, create_run

Endless = tuple[subprocess.Popen[str], RunFolder]


def test_pause_save_resume_stop_of_a_living_run(endless: Endless, terminal: Any) -> None:
    """Each command is done when it says so, and reaches the run of another terminal without any server."""
    process, run = endless
    assert terminal.run("pause", "newest").out.startswith(f"{run.id} paused")
    assert status_of(run) is RunStatus.PAUSED
    paused_at = state_of(run).step

    saved = terminal.run("save", run.id[:14], "--json")
    assert (saved.code, saved.json["state"], saved.json["command"]) == (0, "done", "save")
    assert run.checkpoints().list()[-1].step == saved.json["step"] == paused_at

    assert terminal.run("resume", run.id).code == 0
    terminal.wait_for(lambda: state_of(run).step > paused_at)

    stopped = terminal.run("stop", run.id, "--json")
    assert (stopped.code, stopped.json["run"], stopped.json["state"]) == (0, run.id, "done")
    process.communicate(timeout=30)
    assert process.returncode == 0
    assert status_of(run) is RunStatus.STOPPED


def test_stop_all_stops_every_active_run_and_only_those(endless: Endless, terminal: Any) -> None:
    """A living run and a queued one are stopped; a finished one is left alone."""
    process, living = endless
    finished = terminal.finished_run()
    queued = create_run(terminal.root / "logs", terminal.root / "checkpoints", system="scripted", config={})
    answer = terminal.run("stop", "--all", "--json")
    assert answer.code == 0
    assert {result["run"] for result in answer.json["results"]} == {living.id, queued.id}
    process.communicate(timeout=30)
    assert [status_of(run) for run in (living, queued)] == [RunStatus.STOPPED] * 2
    assert status_of(finished) is RunStatus.FINISHED


def test_stop_all_with_nothing_active(terminal: Any) -> None:
    """Nothing to stop is not an error."""
    assert terminal.run("stop", "--all").out == "No run is active.\n"


def test_stopping_what_has_ended_is_no_error(terminal: Any) -> None:
    """Stop may be said twice."""
    run = terminal.finished_run()
    answer = terminal.run("stop", run.id, "--json")
    assert (answer.code, answer.json["state"], answer.json["message"]) == (0, "done", "It was finished already.")


@pytest.mark.parametrize(
    ("command", "hint"), [("pause", "paddock resume"), ("save", "paddock resume"), ("resume", "paddock train --resume")]
)
def test_command_to_a_run_without_process_says_what_to_do(terminal: Any, command: str, hint: str) -> None:
    """Without a worker and without a server a command ends with 5 and a hint."""
    run = terminal.finished_run()
    answer = terminal.run(command, run.id, "--json")
    assert (answer.code, answer.json["error"]["code"]) == (5, "worker_unreachable")
    assert hint in answer.json["error"]["hint"]


def test_resuming_a_running_run_is_no_error(endless: Endless, terminal: Any) -> None:
    """What is asked for is so already."""
    answer = terminal.run("resume", endless[1].id, "--json")
    assert (answer.code, answer.json["state"]) == (0, "done")


def test_unknown_run_is_answered_with_a_suggestion(terminal: Any) -> None:
    """A misspelt id ends with 4 and proposes the nearest run."""
    run = terminal.finished_run()
    answer = terminal.run("stop", run.id[:-1] + "x", "--json")
    assert answer.code == 4
    assert answer.json["error"]["hint"] == f"Did you mean '{run.id}'?"


def test_beginning_that_fits_several_runs_is_refused(terminal: Any) -> None:
    """An ambiguous beginning names runs to choose from."""
    first, second = terminal.finished_run(), terminal.finished_run()
    answer = terminal.run("runs", "show", "scripted", "--json")
    assert answer.code == 4
    assert first.id in answer.json["error"]["hint"]
    assert second.id in answer.json["error"]["hint"]


@pytest.mark.parametrize("arguments", [["stop"], ["stop", "newest", "--all"], ["pause"], ["stop", "--al"]])
def test_command_line_that_says_nothing_clear_is_a_usage_error(terminal: Any, arguments: list[str]) -> None:
    """A wrong command line ends with 2, in JSON too."""
    answer = terminal.run(*arguments, "--json")
    assert (answer.code, answer.json["error"]["code"]) == (2, "usage")
