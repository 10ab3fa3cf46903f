"""What comes from outside is shown in the terminal, and never obeyed by it."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from backend.cli.output import number, table
from backend.cli.training_view import BarView, LineView, Standing
from python_training.contracts.events import Event, EventType
from python_training.contracts.metrics import MetricSpec, StepUnit
from python_training.runtime.output import ShownText, shown

EVIL = "\x1b[2J\x1b]0;owned\x07 \u009b31m \u202egpj.exe\r\x08 \ud800 fine \t tab"
SHOWN = r"\x1b[2J\x1b]0;owned\x07 \x9b31m \u202egpj.exe\x0d\x08 \ud800 fine" + " \t tab"
METRICS = (MetricSpec("value", "Value", "For tests.", better="higher", primary=True),)


def test_commands_of_a_terminal_are_escaped_and_nothing_else() -> None:
    """Controls, C1 controls, changes of direction and halves of characters; letters, tabs and lines stay."""
    assert shown(EVIL) == SHOWN
    plain = "Grüße, 世界 😀: 50 % \\x1b\n\tdone"
    assert shown(plain) == plain


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1e300, "1e+300"),
        (-1e300, "-1e+300"),
        (10**300, "1e+300"),
        (1.5e15, "1.5e+15"),
        (123456.0, "123,456"),
        (999_999_999_999, "999,999,999,999"),
        (1234.567, "1,234.57"),
        (0.00012345, "0.0001234"),
        (1e-300, "1e-300"),
        (float("inf"), "inf"),
        (None, "-"),
    ],
)
def test_figures_stay_short(value: Any, text: str) -> None:
    """A large number is written in scientific form rather than in three hundred digits."""
    assert number(value) == text


def test_columns_are_as_wide_as_what_is_shown() -> None:
    """A name with an escape does not push the next column out of line."""
    first, second, third = table(("NAME", "X"), [("a\x1b[31m", "1"), ("b", "2")]).splitlines()
    assert first.rindex("X") == second.rindex("1") == third.rindex("2")


@pytest.mark.parametrize("view", [LineView, BarView])
def test_what_a_run_says_is_shown_while_it_trains(view: Any) -> None:
    """Notices, reasons and lines of a run hosted in the terminal; a bar's own commands stay commands."""
    stream = io.StringIO()
    made = LineView(stream, METRICS, StepUnit()) if view is LineView else BarView(stream, METRICS, StepUnit(), 10)
    event = Event(1, 0.0, EventType.HEALTH, {"level": "warning", "code": "x", "message": "evil \x1b]0;owned\x07"})
    made.show(event, Standing())
    made.say("\x1b]0;owned\x07")
    made.close()
    assert "\x1b]0;" not in stream.getvalue()
    assert stream.getvalue().count(r"\x1b]0;owned\x07") == 2


def test_every_stream_of_the_command_is_shown() -> None:
    """Its own words, what code of others prints, log lines, and the traceback of an error that nobody caught."""
    program = """
import logging, sys
from backend.cli import main
main(["train", "no\\x1b[31m such"])
print("world \\x1b[2J says", flush=True)
sys.stderr.writelines(["two\\x1b", "lines\\n"])
logging.basicConfig()
logging.error("log \\x1b[2J")
raise RuntimeError("died \\x1b[2J \\ud800")
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert "\x1b" not in ran.stdout + ran.stderr
    for said in (r"no\x1b[31m such", "two\\x1blines", r"log \x1b[2J", r"RuntimeError: died \x1b[2J \ud800"):
        assert said in ran.stderr
    assert ran.stdout == "world \\x1b[2J says\n"


def test_the_stream_below_is_all_there(tmp_path: Path) -> None:
    """Whoever writes bytes, or asks for the descriptor, gets the stream's own."""
    with (tmp_path / "out").open("w") as below:
        stream = ShownText(below)
        assert (stream.fileno(), stream.encoding, stream.buffer) == (below.fileno(), below.encoding, below.buffer)
        assert stream.write("a\x1b") == 2
        stream.flush()
    assert (tmp_path / "out").read_text() == r"a\x1b"
