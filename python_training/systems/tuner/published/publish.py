"""What others read of a run, brought up to date with a checkpoint that exists already.

checkpoints/<run>/ holds `config.yaml` (the proved best), `recommended.yaml`, `training_log.jsonl` with its rolled
parts, `tuner.json` (all facts), `report.json` (the same in blocks that are drawn), `checkpoint.json` (where the run
stands, in brief), `stagnation_report.json` once there was reason for one, and `repository/`, in which every accepted
setting is a commit. None of it ever knows more than the run can be resumed from, and a repetition changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from python_training.contracts.config import validate
from python_training.contracts.errors import CheckpointError, ConfigError
from python_training.contracts.report import REPORT_FILE
from python_training.contracts.trainer import Notice
from python_training.systems.tuner.config import TunerConfig
from python_training.systems.tuner.published.atomic_file import put
from python_training.systems.tuner.published.best_config import PROVED, RECOMMENDED
from python_training.systems.tuner.published.checkpoint_files import STAGNATION, STATE
from python_training.systems.tuner.published.commits import Commits
from python_training.systems.tuner.published.read_document import DOCUMENT
from python_training.systems.tuner.published.training_log import TrainingLog
from python_training.systems.tuner.run.acceptance import Acceptance

MANIFEST, SUMMARY = "manifest.json", "checkpoint.json"


def publish(checkpoint: Path, folder: Path, t: float) -> list[Notice]:
    """Bring `folder`, a run's, up to date with `checkpoint`, written at Unix time `t`; may be repeated.

    Returns:
        What people should be told: a git that fails, above all.

    Raises:
        CheckpointError: `checkpoint` is not one of a tuner run.
        OSError: a file cannot be written; those before it are whole, and the next time goes on there.
    """
    try:
        state = json.loads((checkpoint / STATE).read_bytes())
        run: Mapping[str, Any] = state["run"]
        accepted = [Acceptance.from_dict(each) for each in run["accepted"]]
        config = validate(TunerConfig, json.loads((checkpoint / MANIFEST).read_bytes())["config"])
    except (OSError, ValueError, KeyError, TypeError, ConfigError) as error:
        raise CheckpointError(f"{checkpoint} is no checkpoint of a tuner run: {error}.") from error
    for name in (PROVED, RECOMMENDED, DOCUMENT, REPORT_FILE, STAGNATION):
        if (checkpoint / name).is_file():
            put(folder / name, (checkpoint / name).read_bytes())
    TrainingLog(folder, config.log).append(run["lines"], t)
    put(folder / SUMMARY, json.dumps(_summary(run, accepted, t), indent=2).encode() + b"\n")
    return Commits(folder, config.git).bring_up_to_date(accepted, t)


def _summary(run: Mapping[str, Any], accepted: Sequence[Acceptance], t: float) -> dict[str, Any]:
    """What the document's checkpoint.json says: iteration, best config, best win rate, total games."""
    best = accepted[-1] if accepted else None
    return {
        "iteration": run["iteration"],
        "total_games": sum(run["games"].values()),
        "total_improvements": len(accepted),
        "best_win_rate": best.win_rate.value if best else 0.5,
        "best_win_rate_interval": [best.win_rate.low, best.win_rate.high] if best else [0.5, 0.5],
        "best_config": dict(best.values) if best else dict(run["start"]),
        "last_improvement": best.iteration if best else None,
        "timestamp": datetime.fromtimestamp(t, UTC).isoformat(),
    }
