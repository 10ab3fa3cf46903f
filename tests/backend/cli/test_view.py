from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import pytest

from python_training.testing.chaser import chaser


@pytest.fixture
def nobody_serves(monkeypatch: pytest.MonkeyPatch) -> int:
    """A port on which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
    monkeypatch.setenv("PADDOCK_PORT", str(port))
    return port


def test_without_a_server_it_says_how_to_start_one(terminal: Any, nobody_serves: int, tmp_path: Path) -> None:
    """Exit code 5, the port, and the command that helps."""
    (tmp_path / "mine.json").write_text(json.dumps(chaser()))
    for options in (["--latest"], ["--genome", str(tmp_path / "mine.json")]):
        answer = terminal.run("view", *options)
        assert answer.code == 5
        assert f"port {nobody_serves}" in answer.err
        assert "paddock serve" in answer.err


@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        (["--latest", "--generation", "0"], 3, "Choose one of --latest, --generation"),
        (["--genome", "nowhere.json"], 3, "nowhere.json cannot be read"),
        (["--genome", "mine.json", "--run", "newest"], 3, "needs no run"),
        (["--against", "acee"], 3, "got 'acee'"),
        (["--run", "nobody"], 4, "no run"),
        (["--squad", "99"], 2, "less than or equal to 15"),
    ],
)
def test_what_makes_no_sense_is_refused(terminal: Any, options: list[str], code: int, told: str) -> None:
    """Before anybody is asked."""
    answer = terminal.run("view", *options)
    assert answer.code == code
    assert told in answer.err


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("[1, 2]", "must hold a JSON object, got list"),
        ("{", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ('{"genome_file": "../../secret.json"}', "must be a file beside it"),
        ('{"genome_file": "gone.json"}', "gone.json cannot be read"),
        (" " * 1_000_000, "larger than"),
    ],
)
def test_a_genome_file_is_checked(terminal: Any, tmp_path: Path, content: str, told: str) -> None:
    """Size, JSON, and that an elite's file names one beside it; nothing else is read."""
    path = tmp_path / "elite_genome_gen5.json"
    path.write_text(content)
    answer = terminal.run("view", "--genome", str(path))
    assert answer.code == 3
    assert told in answer.err
