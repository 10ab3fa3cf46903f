"""One training from beginning to end, as a process of its own: reads what to train on stdin, prints its score.

    echo '{"system": "neat", "config": {...}, "steps": 10, "metric": "held_out_score"}' |
        python -m python_training.systems.tuner.objectives.train_once

A process, because TensorFlow and others keep state in theirs: so one training cannot change the next, a crash costs one
trial, and the memory is given back. It ends when its parent is gone: who asked will ask again.
"""

from __future__ import annotations

import json
import math
import os
import sys
from typing import Any

from python_training import registry
from python_training.contracts.config import validate
from python_training.contracts.errors import PaddockError
from python_training.foreign_code import contained


@contained("the training of a setting")
def train(system: str, config: dict[str, Any], steps: int, metric: str, parent: int | None = None) -> float:
    """The last value of `metric` that a training of `config` has at `steps` of the system's own; NaN if it has none.

    Raises:
        PaddockError: the config does not fit, or this process is no longer a child of `parent`.
    """
    entry = registry.system(system)
    trainer = registry.load(entry.trainer)(validate(entry.config_class(), config), threads=1)
    score = math.nan
    try:
        while True:
            if parent is not None and os.getppid() != parent:
                raise PaddockError("Whoever asked for this training is gone.")
            progress = trainer.advance()
            for point in progress.points:
                # Beyond the budget nothing counts: an update may be of many steps.
                if point.step <= steps:
                    score = point.values.get(metric, score)
            if progress.finished is not None or progress.step >= steps:
                return score
    finally:
        trainer.close()


def main() -> int:
    """Print `{"score": ...}`, or say on stderr what is wrong and return 1."""
    asked = json.load(sys.stdin)
    try:
        score = train(asked["system"], asked["config"], asked["steps"], asked["metric"], asked.get("parent"))
    except PaddockError as error:
        print(error.message, file=sys.stderr)
        return 1
    print(f"\n{json.dumps({'score': score if math.isfinite(score) else None})}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
