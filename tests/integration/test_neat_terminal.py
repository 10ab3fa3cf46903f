"""NEAT from the terminal: trained with the document's options, judged, filmed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from python_training.runtime.run_folder import RunFolder, list_runs


@dataclass(frozen=True)
class Bred:
    """A run that was bred from the terminal, and a shell in its root folder."""

    root: Path
    run: RunFolder

    def paddock(self, *arguments: str) -> Any:
        """What `paddock ARGUMENTS --json` says."""
        return paddock(self.root, *arguments)

    def says(self, *arguments: str) -> str:
        """What `paddock ARGUMENTS` prints."""
        return said(self.root, *arguments)


def paddock(root: Path, *arguments: str) -> Any:
    """What `paddock ARGUMENTS --json` says in `root`."""
    return json.loads(said(root, *arguments, "--json"))


def said(root: Path, *arguments: str) -> str:
    """What `paddock ARGUMENTS` prints in `root`."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("PADDOCK_")}
    command = [sys.executable, "-c", "import sys; from backend.cli import main; sys.exit(main())", *arguments]
    done = subprocess.run(
        command,
        env=own | {"PADDOCK_ROOT": str(root), "PADDOCK_PORT": "9"},
        cwd=root,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def bred(tmp_path_factory: pytest.TempPathFactory) -> Bred:
    """Eight generations of a dozen pilots in short bouts, with the options as the source document types them."""
    root = tmp_path_factory.mktemp("neat")
    options = ["--generations", "8", "--pop_size", "12", "--cores", "2", "--fitness_threshold", "5000000", "--verbose"]
    short = ["sim_duration=6", "bouts=2", "trial_bouts=2", "held_out_bouts=4", "snapshot_interval=2"]
    sets = [part for each in short for part in ("--set", each)]
    told = paddock(root, "train", "neat", *options, *sets)
    assert (told["status"], told["step"]) == ("finished", 8)
    return Bred(root, list_runs(root / "logs", root / "checkpoints")[-1])


def test_options_of_the_document_are_the_config(bred: Bred) -> None:
    """Every flag set its field, and --verbose made the run print its generations."""
    config = bred.run.spec().config
    assert (config["generations"], config["pop_size"], config["num_processes"]) == (8, 12, 2)
    assert (config["fitness_threshold"], config["enable_logging"]) == (5_000_000, True)
    assert "generation 8:" in bred.run.log_path.read_text()


def test_template_of_the_document_can_be_trained(bred: Bred) -> None:
    """--save-config writes JSON with HeadlessConfig's names and trains nothing."""
    runs = len(list_runs(bred.root / "logs", bred.root / "checkpoints"))
    saved = bred.paddock("train", "neat", "--pop-size", "30", "--save-config", "template.json")
    assert json.loads((bred.root / "template.json").read_text()) == saved["config"]
    assert saved["config"].items() >= {"pop_size": 30, "sim_dt": 0.1, "snapshot_interval": 5}.items()
    assert len(list_runs(bred.root / "logs", bred.root / "checkpoints")) == runs


def test_eval_tells_score_baselines_duels_and_progress(bred: Bred) -> None:
    """All that a pilot is judged by is in one object, on held-out seeds."""
    told = bred.paddock("eval", "newest", "--episodes", "20", "--duels", "10", "--apart", "4", "--above", "-1")
    result = told["runs"][0]
    assert result["score_sets"] == [10, 10]
    assert result["score_ci"][0] <= result["score_mean"] <= result["score_ci"][1]
    aces = {"ace", "ace_rusher", "ace_sniper", "ace_dodger"}
    assert set(result["baselines"]) == {*aces, "random", "random_network"}
    assert result["baselines"]["random_network"]["score_mean"] < result["baselines"]["ace"]["score_mean"]
    assert set(result["duels"]) == aces
    for met in result["duels"].values():
        assert met["wins"] + met["losses"] + met["draws"] == met["bouts"] == 10
        assert met["win_rate_ci"][0] <= met["win_rate"] <= met["win_rate_ci"][1]
    pairs = [(pair["generation"], pair["against"]) for pair in result["progress"]["pairs"]]
    assert pairs == [(6, 2), (8, 4)]
    assert result["progress"]["newer_won"] <= result["progress"]["of"] <= 2
    assert told["together"] == {
        "count": 1,
        "measure": "score_mean",
        "values": [result["score_mean"]],
        "mean": result["score_mean"],
        "mean_ci": None,
        "above": -1.0,
        "passed": 1,
    }


def test_eval_says_of_what_a_score_is(bred: Bred) -> None:
    """Twenty episodes are two sets of ten, and twelve are one score; steps are generations."""
    short = ("eval", "newest", "--duels", "0", "--episodes")
    twenty, twelve = (bred.says(*short, count) for count in ("20", "12"))
    assert "checkpoint of generation" in twenty
    assert "mean of 2 scores, each of a set of 10 episodes" in twenty
    assert "one score of all 12 episodes together" in twelve


def test_elite_and_genome_file_are_filmed_alike(bred: Bred) -> None:
    """A generation's elite and the genome file it names play the same bout in the same world."""
    elite = json.loads((bred.run.checkpoints_path / "elite_genome_gen4.json").read_text())
    genome = bred.run.checkpoints_path / elite["genome_file"]
    short = ("--max-steps", "20", "--width", "160", "--seed", "3")
    by_generation = bred.paddock("render", "newest", "--generation", "4", "-o", "elite.gif", *short)
    by_file = bred.paddock("render", bred.run.id, "--genome", str(genome), "-o", "genome.gif", *short)
    assert (by_generation["generation"], by_generation["player"], by_file["player"]) == (4, "elite", "genome")
    assert by_generation["figures"]["Return"] == by_file["figures"]["Return"]
    with Image.open(bred.root / "elite.gif") as picture:
        assert picture.n_frames == by_generation["frames"]
    other = bred.paddock("render", "--genome", str(genome), "-o", "alone.gif", *short)
    assert (other["run"], other["steps"]) == (None, 20)
