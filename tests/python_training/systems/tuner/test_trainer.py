from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from python_training.contracts.config import validate
from python_training.contracts.errors import CheckpointError, ConfigError
from python_training.contracts.trainer import Progress
from python_training.policy import ENVIRONMENT, Policy
from python_training.report_page.page import report_page
from python_training.systems.tuner.config import TunerConfig
from python_training.systems.tuner.metrics import metrics
from python_training.systems.tuner.report.report import run_report
from python_training.systems.tuner.trainer import TunerTrainer

MakeConfig = Callable[..., TunerConfig]


def advanced(trainer: TunerTrainer, rounds: int) -> list[Progress]:
    """So many rounds."""
    return [trainer.advance() for _ in range(rounds)]


def told(progress: list[Progress]) -> list[Any]:
    """What is deterministic of some progress, exactly."""
    return [
        (
            each.step,
            [{name: value for name, value in point.values.items() if name != "games_per_s"} for point in each.points],
        )
        for each in progress
    ]


def saved(trainer: TunerTrainer, folder: Path) -> Path:
    """A checkpoint."""
    folder.mkdir()
    trainer.save(folder)
    return folder


def test_the_baseline_comes_first_and_is_told(small: MakeConfig) -> None:
    """Nothing else is played before the start is known."""
    with closing(TunerTrainer(small(baseline_games=200), threads=1)) as trainer:
        first, second, third = advanced(trainer, 3)
    assert first.points[0].values["other_games"] == 100
    assert second.points[0].values["other_games"] == 200
    assert [notice.code for notice in second.notices] == ["baseline"]
    assert third.points[0].values["search_games"] > 0


def test_results_do_not_depend_on_the_number_of_threads(small: MakeConfig, tmp_path: Path) -> None:
    """However games are shared out, the run is the same to the bit."""
    seen = []
    for threads in (1, 3):
        with closing(TunerTrainer(small(parallel_configs=3), threads=threads)) as trainer:
            progress = told(advanced(trainer, 40))
            files = saved(trainer, tmp_path / str(threads))
            seen.append((progress, {path.name: path.read_bytes() for path in files.iterdir()}))
    assert seen[0] == seen[1]


@pytest.mark.parametrize("rounds", [1, 7, 23])
def test_a_run_goes_on_from_any_round(small: MakeConfig, tmp_path: Path, rounds: int) -> None:
    """Within the baseline, the search or a test of three candidates, a loaded trainer is the one that saved."""
    config = small(parallel_configs=3)
    with closing(TunerTrainer(config, threads=1)) as straight, closing(TunerTrainer(config, threads=1)) as loaded:
        advanced(straight, rounds)
        loaded.load(saved(straight, tmp_path / "checkpoint"))
        assert told(advanced(straight, 25)) == told(advanced(loaded, 25))


def test_it_finds_what_is_better_and_proves_it(small: MakeConfig, tmp_path: Path) -> None:
    """On an easy bowl something is accepted, and every count agrees with every other."""
    with closing(TunerTrainer(small(objective_config={"depth": 4.0}), threads=2)) as trainer:
        progress: list[Progress] = []
        while not any(notice.code == "accepted" for each in progress[-1:] for notice in each.notices):
            progress += advanced(trainer, 1)
            assert len(progress) < 2000
        files = saved(trainer, tmp_path / "checkpoint")
    assert progress[-1].milestone
    values = progress[-1].points[0].values
    document = json.loads((files / "tuner.json").read_text())
    assert values["accepted"] == len(document["accepted"]) == 1
    assert values["win_rate_low"] > 0.5
    assert values["win_rate"] == document["incumbent"]["win_rate"]["value"]
    assert values["iteration"] == document["iteration"] == len(document["decisions"])
    assert progress[-1].step == document["total_games"] == sum(document["games"].values())
    page = report_page(run_report(document), "a run")
    assert f"{document['accepted'][0]['win_rate']['value']:.2%}" in page


def test_only_declared_metrics_come_and_all_of_them_do(small: MakeConfig) -> None:
    """Over a while every declared metric is seen at least once."""
    config = small()
    with closing(TunerTrainer(config, threads=1)) as trainer:
        seen = {name for each in advanced(trainer, 120) for point in each.points for name in point.values}
    declared = {spec.name for spec in metrics(config)}
    assert seen <= declared
    assert declared - seen == set()


def test_failed_trials_are_counted_and_told_and_a_resumed_run_goes_on_counting(
    small: MakeConfig, tmp_path: Path
) -> None:
    """A metric counts them, a warning tells the first and every doubling, and the report has a sentence about them."""
    program = "import sys; print(1 if float(sys.argv[1]) <= 0.5 else 'too much')"
    parameters = [{"name": "x", "low": 0.0, "high": 1.0, "default": 0.5}]
    shell = {"command": [sys.executable, "-c", program, "{x}"], "parameters": parameters, "seeded": False}
    config = small(objective="shell", objective_config=shell)
    with closing(TunerTrainer(config, threads=1)) as trainer:
        progress = advanced(trainer, 3)
        folder = saved(trainer, tmp_path / "checkpoint")
    counts = [point.values["failed_trials"] for each in progress for point in each.points]
    assert counts == sorted(counts)
    assert counts[-1] > 2
    warnings = [notice for each in progress for notice in each.notices if notice.code == "trials_failed"]
    assert 1 <= len(warnings) <= 3
    assert "counted as lost, the last: " in warnings[0].message
    assert "got 'too much'" in warnings[0].message
    summary = run_report(json.loads((folder / "tuner.json").read_text())).summary
    assert f"{int(counts[-1]):,} trials brought no score and counted as lost." in summary
    with closing(TunerTrainer(config, threads=1)) as resumed:
        resumed.load(folder)
        (point,) = resumed.advance().points
    assert point.values["failed_trials"] >= counts[-1]


@pytest.mark.parametrize(("field", "value"), [("max_iterations", 2), ("max_games", 900)])
def test_it_ends_where_it_is_told_to(small: MakeConfig, field: str, value: int) -> None:
    """The reason names the limit, and nothing is played after it."""
    with closing(TunerTrainer(small(**{field: value}), threads=1)) as trainer:
        progress = trainer.advance()
        while progress.finished is None:
            progress = trainer.advance()
        after = trainer.advance()
    assert str(value) in progress.finished
    assert (after.step, after.points, after.finished) == (progress.step, (), progress.finished)


def test_live_changes_count_from_the_next_test_on(small: MakeConfig) -> None:
    """The round is as long as the new config says; a test that goes on is finished by its own rules."""
    config = small(search_share=0.0)
    with closing(TunerTrainer(config, threads=1)) as trainer:
        while not _undecided((before := trainer.advance()).points[0].values):
            pass
        trainer.configure(validate(TunerConfig, {**config.model_dump(), "games": 400}))
        after = trainer.advance()
        assert after.points[0].values["decision"] == before.points[0].values["decision"]
        assert after.step - before.step == 100
        lengths = [after.step]
        while len(lengths) < 100:
            lengths.append(trainer.advance().step)
    assert 400 in {later - earlier for earlier, later in pairwise(lengths)}


def _undecided(values: Mapping[str, float]) -> bool:
    """Whether a point shows a test of stage one that goes on."""
    return values.get("stage") == 1.0 and values["llr_lower"] < values["llr"] < values["llr_upper"]


def test_a_checkpoint_of_other_parameters_is_refused(small: MakeConfig, tmp_path: Path) -> None:
    """The error names what was expected."""
    with closing(TunerTrainer(small(), threads=1)) as trainer:
        folder = saved(trainer, tmp_path / "checkpoint")
    other = small(objective_config={"dimensions": 3, "rivals": ["weak", "strong"]})
    with closing(TunerTrainer(other, threads=1)) as trainer, pytest.raises(CheckpointError, match=r"weights\.w2"):
        trainer.load(folder)


def test_somebody_elses_repository_needs_permission(small: MakeConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that came through the server may not run the hooks of a repository that its config names."""
    monkeypatch.setenv(ENVIRONMENT, Policy(modules=("python_training.testing.bowl_objective",)).to_json())
    with pytest.raises(ConfigError) as refused:
        TunerTrainer(small(git={"repo": "/somewhere"}), threads=1)
    assert refused.value.field == "git.repo"
    with pytest.raises(ConfigError) as refused:
        TunerTrainer(small(git={"push": True, "remote": "ssh://elsewhere/r.git"}), threads=1)
    assert refused.value.field == "git.remote"
