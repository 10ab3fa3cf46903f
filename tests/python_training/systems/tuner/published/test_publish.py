from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from python_training.contracts.errors import CheckpointError
from python_training.systems.tuner.config import TunerConfig
from python_training.systems.tuner.published.publish import publish
from python_training.systems.tuner.trainer import TunerTrainer

MakeConfig = Callable[..., TunerConfig]
T = 1_700_000_000.0


def checkpoint(trainer: TunerTrainer, config: TunerConfig, folder: Path) -> Path:
    """A checkpoint with the part of a manifest that publishing reads."""
    folder.mkdir()
    trainer.save(folder)
    (folder / "manifest.json").write_text(json.dumps({"config": config.model_dump(mode="json")}))
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    """All plain files of a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_publishing_twice_changes_nothing(small: MakeConfig, tmp_path: Path) -> None:
    """Whoever publishes a checkpoint again, at another time, finds everything done."""
    config = small(git={"enabled": True}, objective_config={"depth": 4.0})
    run = tmp_path / "run"
    run.mkdir()
    with closing(TunerTrainer(config, threads=2)) as trainer:
        while not any(notice.code == "accepted" for notice in trainer.advance().notices):
            pass
        saved = checkpoint(trainer, config, tmp_path / "checkpoint")
    assert publish(saved, run, T) == []
    before = contents(run)
    assert publish(saved, run, T + 1000) == []
    after = contents(run)
    assert {name for name in after if after[name] != before.get(name)} <= {"checkpoint.json"}
    assert set(before) == {
        *(
            "config.yaml",
            "recommended.yaml",
            "tuner.json",
            "report.json",
            "training_log.jsonl",
            "checkpoint.json",
            "git.json",
        )
    }
    assert (run / "repository" / "config.yaml").read_bytes() == before["config.yaml"]


def test_what_is_no_checkpoint_of_a_tuner_is_refused(tmp_path: Path) -> None:
    """The error says so, and nothing is written."""
    with pytest.raises(CheckpointError, match="no checkpoint of a tuner"):
        publish(tmp_path, tmp_path, T)
    assert list(tmp_path.iterdir()) == []
