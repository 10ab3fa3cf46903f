"""A run with a language model at its side: a small program in place of the model, in a process of its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from python_training.contracts.trainer import Progress
from python_training.systems.tuner.config import TunerConfig
from python_training.systems.tuner.trainer import TunerTrainer

MakeConfig = Callable[..., TunerConfig]
MODEL = """
import json
from python_training.systems.tuner.adviser.providers.base import Generated

class Model:
    def __init__(self, settings): pass
    def describe(self): return {"model": "own"}
    def generate(self, question):
        change = {"parameter": "weights.w1", "value": 0.3 + (question.seed % 100) / 200}
        return Generated(json.dumps({"reason": "it is better there", "changes": [change]}), 0, 10, 5, True)
"""


@pytest.fixture
def advised(small: MakeConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., TunerConfig]:
    """Makes configs with a model of the test's own."""
    (tmp_path / "own_models.py").write_text(MODEL)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    adviser = {"models": ["own_models:Model"], "lockstep": True, "niceness": 0}
    return lambda **changes: small(use_llm=True, adviser={**adviser, **changes})


def told(progress: list[Progress]) -> list[Any]:
    """What is deterministic of some progress."""
    values = [
        {k: v for point in each.points for k, v in point.values.items() if k != "games_per_s"} for each in progress
    ]
    return [(each.step, each.milestone, value) for each, value in zip(progress, values, strict=True)]


def test_advice_is_tested_told_of_and_saved(advised: Callable[..., TunerConfig], tmp_path: Path) -> None:
    """An admitted suggestion is a milestone; its verdict finds it, and the checkpoint shows question and answer."""
    with closing(TunerTrainer(advised(), threads=1)) as trainer:
        progress: list[Progress] = []
        while not any(point.values.get("judged_llm") for each in progress for point in each.points):
            progress.append(trainer.advance())
            assert len(progress) < 1000
        folder = tmp_path / "checkpoint"
        folder.mkdir()
        trainer.save(folder)
    document = json.loads((folder / "tuner.json").read_text())
    first = document["adviser"]["records"][0]
    assert list(first["values"]) == ["weights.w1"]
    assert first["reason"] == "it is better there"
    assert "weights.w1" in json.dumps(first.get("answers", first))
    judged = [record for record in document["adviser"]["records"] if record.get("verdict")]
    by_advice = [record for record in document["decisions"] if record["source"] == "llm"]
    assert by_advice
    assert {record["key"] for record in judged} >= {record["advice"] for record in by_advice}
    assert any(each.milestone for each in progress[:5]), "admitted advice is saved at once"


def test_an_advised_run_goes_on_from_any_round(advised: Callable[..., TunerConfig], tmp_path: Path) -> None:
    """In lockstep a loaded trainer sees the same advice at the same decisions."""
    config = advised()
    with closing(TunerTrainer(config, threads=1)) as straight, closing(TunerTrainer(config, threads=1)) as loaded:
        for _ in range(9):
            straight.advance()
        folder = tmp_path / "checkpoint"
        folder.mkdir()
        straight.save(folder)
        loaded.load(folder)
        assert told([straight.advance() for _ in range(40)]) == told([loaded.advance() for _ in range(40)])


def test_a_model_that_is_not_there_is_told_and_the_run_goes_on(advised: Callable[..., TunerConfig]) -> None:
    """Decisions are made without it."""
    with closing(TunerTrainer(advised(models=["own_models:Nobody"], max_deaths=1), threads=1)) as trainer:
        progress = [trainer.advance()]
        while progress[-1].points[0].values["iteration"] < 3:
            progress.append(trainer.advance())
            assert len(progress) < 1000
    codes = {notice.code for each in progress for notice in each.notices}
    assert any(code.startswith("adviser_") for code in codes)
