"""The tuner as a library: `from python_training import ContinuousTrainer`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from python_training import presets, registry
from python_training.contracts.config import merge, validate
from python_training.contracts.errors import CheckpointError, NoCheckpointError
from python_training.contracts.events import Event
from python_training.runtime.library import TrainResult, train_folder
from python_training.runtime.run_folder import RunFolder, create_run
from python_training.runtime.unfinished import unfinished_run

SYSTEM, SUMMARY = "tuner", "checkpoint.json"


class ContinuousTrainer:
    """Tunes a player in this process, and goes on where it was stopped.

    `train` can be called again, here or in another process with the same arguments: it takes up the run that they
    began, unless that is finished. Ctrl+C ends it in order.

    Args:
        games_per_iteration: games on a candidate between two looks at its test.
        checkpoint_interval: decisions between two checkpoints.
        max_iterations: decisions after which it is finished; None: it goes on until it is stopped.
        min_improvement: gain that the test is to detect, as a fraction.
        parallel_configs: candidates that are tested side by side.
        use_llm: whether a language model proposes, too.
        use_neural_net: whether a network learns what winners have in common.
        config: further values, e.g. `{"objective": "mine:Pong", "git": {"repo": "."}}`; those above win.
        preset: named config to build on.
        seed: of every random draw.
        threads: cores that it may use.
        logs_dir: where it writes its journal; a server that uses the same folder shows it.
        checkpoints_dir: where it writes its checkpoints, and what is published of them.

    Raises:
        UnknownNameError: no such preset or objective.
        ConfigError: an invalid value; `field` names it.
    """

    def __init__(
        self,
        *,
        games_per_iteration: int | None = None,
        checkpoint_interval: int | None = None,
        max_iterations: int | None = None,
        min_improvement: float | None = None,
        parallel_configs: int | None = None,
        use_llm: bool | None = None,
        use_neural_net: bool | None = None,
        config: Mapping[str, Any] | None = None,
        preset: str | None = None,
        seed: int | None = None,
        threads: int = 1,
        logs_dir: Path | str = "logs",
        checkpoints_dir: Path | str = "checkpoints",
    ) -> None:
        named = {
            "games": games_per_iteration,
            "checkpoint_interval": checkpoint_interval,
            "max_iterations": max_iterations,
            "min_improvement": min_improvement,
            "parallel_configs": parallel_configs,
            "use_llm": use_llm,
            "use_neural_net": use_neural_net,
            "seed": seed,
        }
        asked = merge(config or {}, {name: value for name, value in named.items() if value is not None})
        model = registry.system(SYSTEM).config_class()
        self.config: Mapping[str, Any] = validate(model, presets.resolve(SYSTEM, asked, preset)).model_dump(mode="json")
        self._threads = threads
        self._logs_dir, self._checkpoints_dir = Path(logs_dir), Path(checkpoints_dir)
        self.folder: RunFolder | None = None
        """The run, once `train` has begun or found it."""

    def train(self, on_event: Callable[[Event], None] | None = None) -> TrainResult:
        """Tune until the run is finished or stopped; `on_event` is called with every journalled event, and quick.

        Raises:
            RunLockedError: another process trains the run.
            CheckpointError: its checkpoint does not fit.
        """
        folder = unfinished_run(self._logs_dir, self._checkpoints_dir, SYSTEM, self.config)
        self.folder = folder or create_run(
            self._logs_dir,
            self._checkpoints_dir,
            system=SYSTEM,
            config=self.config,
            threads=self._threads,
            host_here=True,
        )
        return train_folder(self.folder, on_event)

    @property
    def best_config(self) -> dict[str, float]:
        """The proved best setting by parameter, as of the last checkpoint; NoCheckpointError before the first."""
        if self.folder is None:
            raise NoCheckpointError("There is no run yet.", hint="Call train() first.")
        path = self.folder.checkpoints_path / SUMMARY
        try:
            best = json.loads(path.read_bytes())["best_config"]
        except FileNotFoundError:
            raise NoCheckpointError(f"{self.folder.id} has no checkpoint yet.") from None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CheckpointError(f"{path} cannot be read: {error}.") from error
        return {str(name): float(value) for name, value in best.items()}
