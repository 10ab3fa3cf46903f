from __future__ import annotations

import dataclasses
import sys
from typing import Any

import pytest

from python_training import registry


@pytest.fixture
def mounted(terminal: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A terminal where the world Lunabotics brings a command of its own."""
    (terminal.root / "lunar_commands.py").write_text(
        "import typer\n"
        "app = typer.Typer(help='Things to do on the moon.')\n"
        "@app.command()\n"
        "def dig(deep_ness: int = 1) -> None:\n"
        "    print(f'dug {deep_ness} deep')\n"
        "@app.command()\n"
        "def fill() -> None:\n"
        "    pass\n"
    )
    monkeypatch.syspath_prepend(str(terminal.root))
    entry = dataclasses.replace(registry.WORLDS["lunabotics"], commands="lunar_commands:app")
    monkeypatch.setitem(registry.WORLDS, "lunabotics", entry)
    yield terminal
    sys.modules.pop("lunar_commands", None)


def test_commands_of_a_world_are_mounted_under_its_name(mounted: Any) -> None:
    """What a world registers is a command like the others, with options typed either way."""
    assert "Things to do on the moon." in mounted.run("--help").out
    assert mounted.run("lunabotics", "dig", "--deep_ness", "3").out == "dug 3 deep\n"
    assert mounted.run("lunabotics", "dg").code == 2


def test_commands_of_a_world_are_imported_when_asked_for(mounted: Any) -> None:
    """Another command does not pay for them."""
    assert mounted.run("runs", "list").code == 0
    assert "lunar_commands" not in sys.modules


def test_misspelt_command_is_answered_with_a_suggestion(terminal: Any) -> None:
    """`paddock trian` proposes train, in one line."""
    answer = terminal.run("trian")
    assert (answer.code, answer.out) == (2, "")
    assert "Did you mean 'train'?" in answer.err


def test_folder_that_cannot_be_written_is_one_line(terminal: Any) -> None:
    """What the operating system refuses is told without a traceback."""
    (terminal.root / "logs").write_text("a file in place of the folder")
    answer = terminal.run("train", "scripted")
    assert answer.code == 1
    assert answer.err.startswith("Error: ")
    assert "Traceback" not in answer.err
