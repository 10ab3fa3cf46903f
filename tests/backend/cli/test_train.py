from __future__ import annotations

import contextlib
import json
import os
import pty
import signal
import subprocess
import sys
from typing import Any

import pytest
import yaml

from backend.cli.exits import ExitCode
from backend.cli.run_state import status_of
from python_training.contracts.status import RunStatus
from python_training.runtime.run_folder import RunFolder

Endless = tuple[subprocess.Popen[str], RunFolder]


def test_json_is_one_object_and_nothing_else(terminal: Any) -> None:
    """A program reads run, step, status and metrics from stdout, even of a run whose trainer prints."""
    process = terminal.start("train", "scripted", "--set", "total_steps=20", "--seed", "3", "--name", "probe", "--json")
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert out.count("\n") == 1
    run = terminal.runs()[0]
    found = terminal.run("runs", "show", run.id, "--json").json
    assert (found["seed"], found["name"], found["status"]) == (3, "probe", "finished")
    told = json.loads(out)
    assert (told["run"], told["step"], told["status"], told["checkpoint"]) == (run.id, 20, "finished", "20")
    assert set(told["metrics"]) >= {"value", "noise"}
    assert told["metrics"]["value"] == pytest.approx(found["metrics"]["value"])


def test_ctrl_c_saves_and_ends_with_0(endless: Endless) -> None:
    """The first Ctrl+C finishes the update, leaves a checkpoint and says how to go on."""
    process, run = endless
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    newest, damaged = run.checkpoints().newest_good(set_aside=False)
    assert newest is not None
    assert newest.step > 0
    assert not damaged
    assert status_of(run) is RunStatus.STOPPED
    assert f"paddock train --resume {run.id}" in out


def test_second_ctrl_c_quits_at_once_and_loses_no_checkpoint(terminal: Any) -> None:
    """A trainer that never returns from an update is left by a second Ctrl+C; what was saved before stays."""
    hanging = ("--set", "hang_at_step=5", "--set", "checkpoint_interval_s=0.001", "--set", "seconds_per_step=0.01")
    process = terminal.start("train", "scripted", *hanging)
    run = terminal.wait_for(lambda: next(iter(terminal.runs()), None))
    terminal.wait_for(lambda: [info.step for info in run.checkpoints().list()][-1:] == [4])
    process.send_signal(signal.SIGINT)
    while "Ctrl+C again" not in (line := process.stdout.readline()):
        assert line, "it ended without a word"
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=10)
    assert process.returncode in (-signal.SIGINT, ExitCode.INTERRUPTED)
    newest, _ = run.checkpoints().newest_good(set_aside=False)
    assert newest.step == 4


def test_resumed_run_goes_on_to_the_end_that_it_would_have_had(terminal: Any) -> None:
    """Stopped half-way and resumed, a run has the same points as one that was never stopped."""
    whole = terminal.finished_run("total_steps=60", "seconds_per_step=0.02")
    process = terminal.start("train", "scripted", "--set", "total_steps=60", "--set", "seconds_per_step=0.02")
    run = terminal.wait_for(lambda: next((run for run in terminal.runs() if run.id != whole.id), None))
    terminal.wait_for(lambda: "points" in (run.path / "events-000001.jsonl").read_text())
    assert terminal.run("stop", run.id).code == 0
    process.communicate(timeout=30)
    answer = terminal.run("train", "--resume", run.id, "--json")
    assert (answer.code, answer.json["status"], answer.json["step"]) == (0, "finished", 60)
    assert values(terminal, run) == values(terminal, whole)


def values(terminal: Any, run: RunFolder) -> list[tuple[int, float]]:
    """Step and value of every point."""
    points = terminal.run("runs", "export", run.id, "--json").json["points"]
    return [(point["step"], point["value"]) for point in points]


def test_crash_ends_with_1_and_says_why(terminal: Any) -> None:
    """A crashed run is failed, and --json tells the reason."""
    answer = terminal.run("train", "scripted", "--set", "crash_at_step=5", "--json")
    assert (answer.code, answer.json["status"]) == (1, "failed")
    assert "crash at step 5" in answer.json["reason"]


@pytest.mark.parametrize(
    ("arguments", "code", "field"),
    [
        (["train", "scripted", "--set", "total_steps=-3"], 3, "total_steps"),
        (["train", "scripted", "--set", "total_stps=3"], 3, "total_stps"),
        (["train", "scripted", "--seed", "-1"], 3, "seed"),
        (["train", "scripted", "--set", "total_steps"], 3, "total_steps"),
        (["train", "scripted", "--config", "missing.yaml"], 3, None),
        (["train", "scripted", "--preset", "best"], 4, "preset"),
        (["train", "pp"], 4, "system"),
        (["train", "--resume", "newest"], 4, "run"),
    ],
)
def test_wrong_input_names_the_field_and_starts_nothing(
    terminal: Any, arguments: list[str], code: int, field: str | None
) -> None:
    """An invalid config ends with 3, an unknown name with 4; both name the field, and no run comes of it."""
    answer = terminal.run(*arguments, "--json")
    assert (answer.code, answer.json["error"].get("field")) == (code, field)
    assert not terminal.runs()


def test_error_for_people_is_one_line_and_a_hint(terminal: Any) -> None:
    """Without --json the error goes to stderr; the name of a world says how worlds are chosen."""
    answer = terminal.run("train", "lunabotics")
    assert (answer.code, answer.out) == (4, "")
    assert answer.err.splitlines() == [
        "Error: There is no training system named 'lunabotics'.",
        "Hint: Lunabotics is a world. Try: paddock train ppo --set env=lunabotics",
    ]


def test_config_comes_in_layers_and_can_be_kept(terminal: Any) -> None:
    """--set beats --config, --seed beats both, and --save_config (typed with _) writes what would be used."""
    (terminal.root / "my.yaml").write_text("total_steps: 7\ndrift: 0.5\nseed: 1\n")
    options = ["--config", "my.yaml", "--set", "drift=2", "--seed", "9", "--json"]
    assert terminal.run("train", "scripted", *options, "--save_config", "used.yaml").code == 0
    answer = terminal.run("train", "scripted", *options)
    assert (answer.code, answer.json["step"]) == (0, 7)
    used = yaml.safe_load((terminal.root / "used.yaml").read_text())
    assert (used["total_steps"], used["drift"], used["seed"]) == (7, 2.0, 9)
    assert used == terminal.runs()[0].spec().config


def test_run_that_is_being_trained_cannot_be_hosted_twice(endless: Endless, terminal: Any) -> None:
    """--resume of a run with a living worker is refused with 5."""
    answer = terminal.run("train", "--resume", endless[1].id, "--json")
    assert (answer.code, answer.json["error"]["code"]) == (5, "run_locked")


def test_resume_refuses_what_it_could_not_obey(terminal: Any) -> None:
    """A resumed run keeps its config: options that would change it are a usage error."""
    answer = terminal.run("train", "--resume", "newest", "--set", "drift=1", "--json")
    assert (answer.code, answer.json["error"]["code"]) == (2, "usage")
    assert "--set" in answer.json["error"]["message"]


def test_terminal_shows_a_bar_that_moves(terminal: Any) -> None:
    """On a terminal a bar moves to 100%, and the cursor is shown again at the end."""
    controller, device = pty.openpty()
    options = ["--set", "total_steps=60", "--set", "seconds_per_step=0.01"]
    process = terminal.start("train", "scripted", *options, stdout=device, stderr=device)
    os.close(device)
    shown = b""
    # A pseudo-terminal whose other side has gone reads as an error.
    with contextlib.suppress(OSError):
        while chunk := os.read(controller, 4096):
            shown += chunk
    os.close(controller)
    assert process.wait(timeout=30) == 0
    text = shown.decode()
    assert "100%" in text
    assert "step 60" in text
    assert "finished at step 60" in text
    assert text.count("\x1b[?25h") >= text.count("\x1b[?25l") > 0, "the cursor stays hidden"


def test_chatter_of_the_trainer_goes_to_the_log(terminal: Any) -> None:
    """The traceback of a crash is in worker.log, where the dashboard shows it, and not on the terminal."""
    process = terminal.start("train", "scripted", "--set", "crash_at_step=2")
    out, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "Traceback" not in out + err
    assert "Traceback" in terminal.runs()[0].log_path.read_text()
    assert str(terminal.runs()[0].log_path) in err


def test_closed_terminal_stops_the_run_in_order(endless: Endless) -> None:
    """SIGHUP means stop: a checkpoint is saved, as with Ctrl+C."""
    process, run = endless
    process.send_signal(signal.SIGHUP)
    process.communicate(timeout=60)
    assert status_of(run) is RunStatus.STOPPED
    assert run.checkpoints().list()


def test_broken_pipe_does_not_break_the_run(endless: Endless, terminal: Any) -> None:
    """A reader that goes away (`paddock train | head -1`) takes nothing from the run, which can still be stopped."""
    process, run = endless
    process.stdout.close()
    process.stdout = None
    assert terminal.run("save", run.id).code == 0
    assert terminal.run("stop", run.id).code == 0
    process.communicate(timeout=30)
    assert status_of(run) is RunStatus.STOPPED


def test_a_small_matrix_is_multiplied_by_one_thread(terminal: Any) -> None:
    """NumPy is imported for a config already, and its BLAS must know by then that it has no threads to spin with."""
    script = (
        "import os, sys; from backend.cli import main; "
        "code = main(['train', 'tuner', '--preset', 'yardstick', '--save-config', 'mine.yaml']); "
        "import numpy; numpy.ones((64, 64)) @ numpy.ones((64, 64)); "
        "sys.exit(code or 'numpy' not in sys.modules or len(os.listdir('/proc/self/task')) - 1)"
    )
    assert subprocess.run([sys.executable, "-c", script], env=terminal.environment, check=False).returncode == 0
