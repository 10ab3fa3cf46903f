"""Code of users that a tuner's config names, in real workers: what it raises and says, and what becomes of the run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from python_training.contracts.events import EventType
from python_training.runtime.run_folder import RunFolder, create_run
from python_training.testing.runs import events_of, statuses, train

BOWL = """
import os, sys
import numpy as np
from python_training.testing.bowl_objective import BowlObjective

class Mine(BowlObjective):
    def play(self, candidate, opponent, seeds):
        scores = super().play(candidate, opponent, seeds)
        {fault}
        return scores

class Source:
    def __init__(self, parameters, settings):
        pass

    def propose(self, values, width, random):
        {proposal}
"""
SMALL: dict[str, Any] = {
    "objective": "mine:Mine",
    "objective_config": {"rivals": ["weak"]},
    "games": 100,
    "baseline_games": 100,
    "max_iterations": 3,
    "use_llm": False,
    "use_neural_net": False,
    "search": {"games_per_candidate": 100},
    "git": {"enabled": False},
}


@pytest.fixture
def tune(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Trains a run whose objective and source are the module `mine`, and returns it with its exit code."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    def run(module: str, **config: Any) -> tuple[RunFolder, int]:
        (tmp_path / "mine.py").write_text(module)
        folder = create_run(tmp_path / "logs", tmp_path / "checkpoints", system="tuner", config={**SMALL, **config})
        return folder, train(folder)

    return run


def _reason(folder: RunFolder) -> str:
    return str(events_of(folder, EventType.STATUS)[-1].data.get("reason"))


@pytest.mark.parametrize("fault", ["sys.exit(0)", "raise KeyboardInterrupt", "os._exit(0)"])
def test_an_objective_that_ends_its_process_fails_the_run(tune: Any, fault: str) -> None:
    """On the threads on which games are played, too; the reason names the line of the user's file."""
    folder, code = tune(BOWL.format(fault=fault, proposal="return None"))
    assert (code, statuses(folder)[-1]) == (1, "failed")
    assert "mine.py, line 9" in _reason(folder)


@pytest.mark.parametrize("score", ["np.nan", "np.inf"])
def test_a_score_that_is_not_finite_fails_the_run(tune: Any, score: str) -> None:
    """It is none of the five that a pair can have, and nothing is learned from it."""
    folder, code = tune(BOWL.format(fault=f"scores.scores[0] = {score}", proposal="return None"))
    assert (code, statuses(folder)[-1]) == (1, "failed")
    assert "NotFiniteError: scores must be finite" in _reason(folder)


@pytest.mark.parametrize(
    ("proposal", "told"),
    [
        ("return {name: float('nan') for name in values}", "got nan"),
        ("return {name: 'much' for name in values}", "must propose numbers"),
        ("raise SystemExit", "SystemExit() ended training, raised by propose"),
    ],
)
def test_a_source_that_proposes_no_setting_fails_the_run(tune: Any, proposal: str, told: str) -> None:
    """NaN, text and an end of the process, at the first proposal."""
    search = {"games_per_candidate": 100, "custom": "mine:Source", "sources": {"spsa": 1e-9, "custom": 1.0}}
    folder, code = tune(BOWL.format(fault="pass", proposal=proposal), search=search)
    assert (code, statuses(folder)[-1]) == (1, "failed")
    assert told in _reason(folder)


@pytest.mark.parametrize("top", ["raise SystemExit(0)", "import os; os._exit(0)", "1 / 0", "def ("])
def test_a_module_that_cannot_be_imported_is_told_by_name(tune: Any, top: str) -> None:
    """Whatever stands at its top: the run cannot begin, and its log says which module and why."""
    folder, code = tune(top)
    assert code == 3
    log = folder.log_path.read_text()
    assert "'mine:Mine' cannot be imported" in log.splitlines()[-1]
