from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from backend.cli import bench


@pytest.fixture
def benchmark_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout's folder with one benchmark that tells what it was called with, and ends with 3."""
    folder = tmp_path / "benchmarks"
    folder.mkdir()
    (folder / "hop_speed.py").write_text(
        "import json, sys\nprint(json.dumps({'options': sys.argv[1:]}))\nsys.exit(3)\n"
    )
    monkeypatch.setattr(bench, "BENCHMARKS", folder)
    return folder


@pytest.mark.usefixtures("benchmark_folder")
@pytest.mark.parametrize("name", ["hop-speed", "hop_speed"])
def test_options_go_to_the_benchmark_and_its_exit_code_comes_back(terminal: Any, name: str) -> None:
    """What bench does not know itself is the script's, --json as well; the script's stdout is all there is."""
    answer = terminal.run("bench", name, "--seconds", "2", "--json")
    assert (answer.code, answer.json) == (3, {"options": ["--seconds", "2", "--json"]})


@pytest.mark.usefixtures("benchmark_folder")
def test_misspelt_benchmark_is_answered_with_the_nearest(terminal: Any) -> None:
    """An unknown name ends with 4 and a proposal, and runs nothing."""
    answer = terminal.run("bench", "hop-sped", "--json")
    assert (answer.code, answer.json["error"]["hint"]) == (4, "Did you mean 'hop-speed'?")


def test_installation_without_benchmarks_says_so(
    terminal: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where there is no checkout there is nothing to run, and the message says where they would be."""
    monkeypatch.setattr(bench, "BENCHMARKS", tmp_path / "nowhere")
    answer = terminal.run("bench", "arena", "--json")
    assert answer.code == 4
    assert "checkout" in answer.json["error"]["hint"]


def test_help_names_every_benchmark_of_this_checkout(terminal: Any) -> None:
    """The scripts in benchmarks/ are what can be measured."""
    told = "".join(terminal.run("bench", "--help").out.split())  # a name may be wrapped at its dash
    assert {"lunabotics-speed", "ppo-speed", "ppo-learns"} <= set(bench.benchmarks())
    assert all(name in told for name in bench.benchmarks())
