from __future__ import annotations

from typing import Any

import pytest

from backend.cli import log as module

TRAIN = ("train", "scripted", "--set", "total_steps=30", "--json")


def test_a_run_of_the_terminal_has_a_log(terminal: Any) -> None:
    """What happened can be read afterwards, also where nothing was shown."""
    assert terminal.run(*TRAIN).code == 0
    said = terminal.run("log", "newest")
    assert said.code == 0
    assert "  running" in said.out
    assert "finished" in said.out.splitlines()[-1]


def test_the_last_lines_are_shown(terminal: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as asked for, read from behind in blocks; escape codes are shown and not obeyed."""
    monkeypatch.setattr(module, "_BLOCK", 64)
    assert terminal.run(*TRAIN).code == 0
    path = next((terminal.root / "logs").glob("*/worker.log"))
    with path.open("a") as file:
        file.writelines(f"line {number} {'x' * (number % 7)}\n" for number in range(200))
        file.write("\x1b[31mred\n")
    lines = terminal.run("log", "newest", "--lines", "3").out.splitlines()
    assert [line.split(" x")[0] for line in lines] == ["line 198", "line 199", "\\x1b[31mred"]
    whole = terminal.run("log", "newest", "--lines", "100000").out.splitlines()
    assert len(whole) == len(path.read_text().splitlines())
    assert terminal.run("log", "newest", "-n", "0").out == ""


def test_a_log_that_was_emptied_is_read_from_its_start(terminal: Any) -> None:
    """Following it goes on after it was rolled."""
    assert terminal.run(*TRAIN).code == 0
    path = next((terminal.root / "logs").glob("*/worker.log"))
    _, at = module._tail(path, 1)
    assert module._since(path, at) == ("", at)
    with path.open("a") as file:
        file.write("more\n")
    assert module._since(path, at) == ("more\n", at + 5)
    path.write_text("anew\n")
    assert module._since(path, at + 5) == ("anew\n", 5)
