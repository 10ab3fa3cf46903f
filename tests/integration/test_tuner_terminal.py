"""The tuner from the terminal, with the document's options, and as a library."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from backend.cli import main
from python_training import ContinuousTrainer
from python_training.runtime.run_folder import RunFolder, list_runs

OPTIONS = [
    *("--games", "200", "--checkpoint_interval", "5", "--max-iterations", "8", "--min-improvement", "0.05"),
    *("--parallel-configs", "2", "--no-llm", "--no-neural-net"),
]
SETTINGS = [
    "objective=python_training.testing.bowl_objective:BowlObjective",
    "objective_config.rivals=[weak, strong]",
    "baseline_games=200",
    "tournament_games=100",
    "accept.confirmation.improvement=0.03",
    "accept.non_regression.margin=0.1",
    "start.weights.w1=0.3",
]
SETS = [part for each in SETTINGS for part in ("--set", each)]


@dataclass(frozen=True)
class Tuned:
    """A run that was tuned from the terminal, in its root folder."""

    root: Path
    run: RunFolder

    def published(self, name: str) -> Path:
        """One of the run's files."""
        return self.run.checkpoints_path / name


def environment(root: Path) -> dict[str, str]:
    """The environment of a shell in `root`."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("PADDOCK_")}
    return own | {"PADDOCK_ROOT": str(root), "PADDOCK_PORT": "9"}


COMMAND = [sys.executable, "-c", "import sys; from backend.cli import main; sys.exit(main())"]


def paddock(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What `paddock ARGUMENTS` answers in `root`; it must end with 0."""
    done = subprocess.run(
        [*COMMAND, *arguments],
        env=environment(root),
        cwd=root,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done


@pytest.fixture(scope="module")
def tuned(tmp_path_factory: pytest.TempPathFactory) -> Tuned:
    """Eight decisions on a bowl, with the options as the source document types them."""
    root = tmp_path_factory.mktemp("tuner")
    told = json.loads(paddock(root, "train", "tuner", *OPTIONS, *SETS, "--json").stdout)
    assert told["status"] == "finished"
    return Tuned(root, list_runs(root / "logs", root / "checkpoints")[-1])


def test_options_of_the_document_are_the_config(tuned: Tuned) -> None:
    """What was typed stands in the run's config under its own names, negated flags included."""
    config = tuned.run.spec().config
    assert (config["games"], config["checkpoint_interval"], config["max_iterations"]) == (200, 5, 8)
    assert (config["min_improvement"], config["parallel_configs"]) == (0.05, 2)
    assert (config["use_llm"], config["use_neural_net"]) == (False, False)
    assert config["start"] == {"weights.w1": 0.3}


def test_what_is_published_agrees(tuned: Tuned) -> None:
    """The best config, its summary, the log and the commits tell the same story."""
    lines = [json.loads(line) for line in tuned.published("training_log.jsonl").read_text().splitlines()]
    summary = json.loads(tuned.published("checkpoint.json").read_text())
    best = yaml.safe_load(tuned.published("config.yaml").read_text())
    assert [line["iteration"] for line in lines] == list(range(1, 9))
    accepted = [line for line in lines if line["improvement"] > 0]
    assert accepted
    assert summary["total_improvements"] == len(accepted)
    assert summary["best_config"] == accepted[-1]["config"]
    assert best["weights"]["w1"] == accepted[-1]["config"]["weights.w1"]
    assert isinstance(best["level"], int)
    assert summary["best_win_rate"] == lines[-1]["best_win_rate"] > 0.5
    command = ["git", "-C", str(tuned.published("repository")), "log", "--format=%s"]
    commits = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    assert len(commits) == len(accepted)
    assert commits[0].startswith(f"Automated training improvement: {summary['best_win_rate']:.2%} win rate (+")


@pytest.fixture
def say(
    tuned: Tuned, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    """Types `paddock ARGUMENTS` in the run's root folder, in this process; returns exit code and what it said."""
    for name, value in environment(tuned.root).items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tuned.root)

    def typed(*arguments: str) -> tuple[int, str]:
        code = main(arguments)
        said = capsys.readouterr()
        return code, said.out + said.err

    return typed


def test_the_report_is_one_file_that_needs_no_other(tuned: Tuned, say: Callable[..., tuple[int, str]]) -> None:
    """It says what the run proved, draws its charts, and loads nothing."""
    assert say("tuner", "report", "newest", "--output", "mine.html") == (0, f"Written to {tuned.root / 'mine.html'}.\n")
    page = (tuned.root / "mine.html").read_text()
    assert tuned.run.id in page
    assert page.count("<svg") >= 4
    for outside in ("http://", "https://", "src=", "@import", "url("):
        assert outside not in page


def test_without_a_place_nothing_is_written_where_one_stands(
    tuned: Tuned, say: Callable[..., tuple[int, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The report and the winners of a run lie in its own folder, and it is said where."""
    monkeypatch.chdir(tmp_path)
    for command, name in (("report", "report.html"), ("winners", "winners.yaml")):
        code, said = say("tuner", command, "newest")
        assert code == 0
        assert str(tuned.published(name)) in said
        assert tuned.published(name).is_file()
    (tmp_path / "mine.yaml").write_text("weights: {w1: 0.9}\n")
    code, said = say("tuner", "winners", "mine.yaml")
    assert code == 3
    assert "--output" in said
    assert [path.name for path in tmp_path.iterdir()] == ["mine.yaml"]


def test_differences_are_told_of_any_two_settings(tuned: Tuned, say: Callable[..., tuple[int, str]]) -> None:
    """Of the run's own by name, and of files; the same setting has none."""
    found = json.loads(say("tuner", "diff", "newest:start", "newest:best", "--json")[1])
    assert found["changes"]["weights.w1"]["from"] == 0.3
    config = str(tuned.published("config.yaml"))
    assert json.loads(say("tuner", "diff", config, "newest:best", "--json")[1]) == {"changes": {}}
    assert say("tuner", "diff", config, config) == (0, "They are the same.\n")
    code, shown = say("tuner", "diff", "newest:start", "newest:recommended")
    assert code == 0
    assert "weights.w1  " in shown
    assert "->" in shown


def test_winners_are_a_config_of_another_run(tuned: Tuned, say: Callable[..., tuple[int, str]]) -> None:
    """What `winners` writes is taken by `train --config`, under the parameters' own names."""
    assert say("tuner", "winners", "newest", "--output", "winners.yaml")[0] == 0
    code, _ = say("train", "tuner", "--config", "winners.yaml", *SETS, "--save-config", "whole.json")
    assert code == 0
    won = json.loads((tuned.root / "whole.json").read_text())["search"]["transfer_winners"]
    best = json.loads(tuned.published("checkpoint.json").read_text())["best_config"]
    assert won[-1] == pytest.approx(best)
    Path("other.yaml").write_text("weights: {w1: 0.9}\n")
    assert say("tuner", "winners", "newest", "other.yaml", "--output", "both.yaml")[0] == 0
    both = yaml.safe_load((tuned.root / "both.yaml").read_text())["search"]["transfer_winners"]
    assert both == [
        *yaml.safe_load((tuned.root / "winners.yaml").read_text())["search"]["transfer_winners"],
        {"weights.w1": 0.9},
    ]


@pytest.mark.parametrize(
    ("one", "hint"), [("newest:bset", "best"), ("nothing.yaml", "RUN:start"), ("nobody:best", "paddock runs list")]
)
def test_a_setting_that_is_not_there_is_told(say: Callable[..., tuple[int, str]], one: str, hint: str) -> None:
    """The error proposes what there is."""
    code, said = say("tuner", "diff", one, "newest:best")
    assert code == 4
    assert hint in said


def test_ctrl_c_stops_in_order_and_the_same_command_goes_on(tmp_path: Path) -> None:
    """`--forever` is stopped with a checkpoint, and typed again it takes up the run that it began."""
    endless = [word for word in OPTIONS if word not in ("--max-iterations", "8")]
    words = [*COMMAND, "train", "tuner", "--forever", *endless, *SETS]
    for life in (1, 2):
        process = subprocess.Popen(words, env=environment(tmp_path), cwd=tmp_path, stdout=subprocess.DEVNULL)
        steps = _saved_steps(tmp_path)
        _wait_until(lambda steps=steps: len(_saved_steps(tmp_path) - steps) > 1)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
        (run,) = list_runs(tmp_path / "logs", tmp_path / "checkpoints")
        statuses = [event["status"] for event in _events(run) if event["type"] == "status"]
        assert statuses.count("running") == life
        assert statuses[-1] == "stopped"


def test_it_is_a_library_too(tmp_path: Path) -> None:
    """`ContinuousTrainer` tunes, tells the best config, and goes on with the run of the same arguments."""
    settings: Any = yaml.safe_load((Path(__file__).parent / "tuner_library.yaml").read_text())
    places = {"logs_dir": tmp_path / "logs", "checkpoints_dir": tmp_path / "checkpoints"}

    def trainer() -> ContinuousTrainer:
        return ContinuousTrainer(
            games_per_iteration=200, max_iterations=4, use_llm=False, use_neural_net=False, config=settings, **places
        )

    first = trainer()
    assert first.train().status == "finished"
    assert set(first.best_config) == {"level", "weights.w1", "weights.w2", "weights.w3"}
    assert first.folder is not None
    second = trainer()
    second.train()
    assert second.folder is not None
    assert second.folder.id != first.folder.id, "a finished run is not taken up"


def _events(run: RunFolder) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (run.path / "events-000001.jsonl").read_text().splitlines()]


def _saved_steps(root: Path) -> set[int]:
    runs = list_runs(root / "logs", root / "checkpoints")
    return {info.step for run in runs for info in run.checkpoints().list()}


def _wait_until(what: Any, patience_s: float = 120.0) -> None:
    deadline = time.monotonic() + patience_s
    while not what():
        assert time.monotonic() < deadline, "waited for too long"
        time.sleep(0.05)
