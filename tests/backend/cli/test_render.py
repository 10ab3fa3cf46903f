from __future__ import annotations

from typing import Any

import pytest


def test_world_without_a_run_is_filmed_with_its_expert(terminal: Any) -> None:
    """A world's name stands for its expert, so there is something to see before anything was trained."""
    answer = terminal.run("render", "lunabotics", "-o", "expert.gif", "--max-steps", "12", "--width", "160", "--json")
    told = answer.json
    assert (answer.code, told["player"], told["run"], told["steps"]) == (0, "expert", None, 12)
    assert (terminal.root / "expert.gif").stat().st_size == told["bytes"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["lunabotics", "-o", "x.avi"], 3),
        (["lunabotics", "--player", "exprt"], 4),
        (["nothing"], 4),
        (["lunabotics", "--speed", "0"], 2),
    ],
)
def test_what_cannot_be_filmed(terminal: Any, arguments: list[str], code: int) -> None:
    """A wrong ending, player, run or speed ends with the code of its kind and leaves no file."""
    assert terminal.run("render", *arguments, "--json").code == code
    assert not list(terminal.root.glob("*.*"))


@pytest.mark.parametrize("command", ["eval", "render"])
def test_run_that_plays_in_no_world_is_refused(terminal: Any, command: str) -> None:
    """A scripted run has no world: the error says so."""
    terminal.finished_run()
    answer = terminal.run(command, "newest", "--json")
    assert (answer.code, answer.json["error"]["field"]) == (3, "run")


def test_version_is_that_of_the_package(terminal: Any) -> None:
    """`paddock --version` prints one line."""
    from importlib import metadata

    assert terminal.run("--version").out == f"paddock {metadata.version('paddock')}\n"
