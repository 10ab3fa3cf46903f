from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from python_training.systems.tuner.config import TunerConfig
from python_training.systems.tuner.trainer import TunerTrainer

MakeConfig = Callable[..., TunerConfig]


def codes(trainer: TunerTrainer, rounds: int) -> list[str]:
    """What so many rounds tell."""
    return [notice.code for _ in range(rounds) for notice in trainer.advance().notices]


def test_a_new_run_says_what_it_plays_and_whom_it_tests_first(small: MakeConfig) -> None:
    """The plan comes with the first games, the first candidate when its test begins, each once."""
    with closing(TunerTrainer(small(), threads=1)) as trainer:
        first = trainer.advance()
        assert [notice.code for notice in first.notices if notice.code != "baseline"] == ["plan"]
        assert "weak, strong" in first.notices[0].message
        assert "100 games before it proposes" in first.notices[0].message
        assert "recommended_win_rate" in first.points[0].values, "the charts have a beginning"
        later = codes(trainer, 30)
    assert later.count("first_test") == 1
    assert "plan" not in later


def test_a_resumed_run_says_where_it_goes_on(small: MakeConfig, tmp_path: Path) -> None:
    """In the document's words, once."""
    with closing(TunerTrainer(small(), threads=1)) as trainer:
        codes(trainer, 5)
        trainer.save(tmp_path)
        games = trainer.advance().step
    with closing(TunerTrainer(small(), threads=1)) as resumed:
        resumed.load(tmp_path)
        first = resumed.advance()
        assert first.step == games
        assert first.notices[0].code == "resumed"
        assert first.notices[0].message.startswith("Resumed from checkpoint: iteration ")
        assert "resumed" not in codes(resumed, 3)
