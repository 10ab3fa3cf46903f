"""Paddock as a library: `from python_training import train, evaluate, load_policy`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from python_training import presets, registry
from python_training.contracts.config import merge, validate
from python_training.contracts.events import Event, EventType
from python_training.contracts.player import Player
from python_training.contracts.status import RunStatus
from python_training.runtime.loop import host
from python_training.runtime.mlflow_settings import MLflowSettings
from python_training.runtime.players import load_policy as load_system_policy
from python_training.runtime.run_evaluation import chosen_checkpoint
from python_training.runtime.run_folder import RunFolder, create_run


@dataclass(frozen=True, slots=True)
class TrainResult:
    """How a run ended: its folder, status and step, and the latest value of every metric."""

    folder: RunFolder
    status: RunStatus
    step: int
    metrics: Mapping[str, float | None] = field(default_factory=dict)


def train(
    system: str = "ppo",
    config: Mapping[str, Any] | None = None,
    *,
    preset: str | None = None,
    name: str = "",
    seed: int | None = None,
    threads: int = 1,
    logs_dir: Path | str = "logs",
    checkpoints_dir: Path | str = "checkpoints",
    on_event: Callable[[Event], None] | None = None,
) -> TrainResult:
    """Train in this process until the run is finished or stopped, as `paddock train` does.

    Args:
        system: name of the training system.
        config: values that differ from the preset and the defaults, e.g. `{"env": "Pendulum-v1"}`.
        preset: named config to build on; by default that of the world named by `env`.
        name: what people call the run.
        seed: takes the place of the config's.
        threads: cores that the run may use.
        logs_dir: where it writes its journal; a server that uses the same folder shows it.
        checkpoints_dir: where it writes its checkpoints.
        on_event: called with every journalled event, from whichever thread.

    Raises:
        UnknownNameError: no such system or preset.
        ConfigError: an invalid value; `field` names it.
    """
    asked = merge(config or {}, {} if seed is None else {"seed": seed})
    resolved = validate(registry.system(system).config_class(), presets.resolve(system, asked, preset))
    folder = create_run(
        Path(logs_dir),
        Path(checkpoints_dir),
        system=system,
        config=resolved.model_dump(),
        name=name,
        threads=threads,
        host_here=True,
    )
    return train_folder(folder, on_event)


def train_folder(folder: RunFolder, on_event: Callable[[Event], None] | None = None) -> TrainResult:
    """Train a run in this process until it is finished or stopped; arguments and errors are those of `loop.host`."""
    result: dict[str, Any] = {}

    def take(event: Event) -> None:
        if event.type is EventType.RESULT:
            result.update(event.data)
        if on_event is not None:
            on_event(event)

    status = host(folder, host="terminal", on_event=take, mlflow=MLflowSettings.from_environment())
    return TrainResult(folder, status, result.get("step", 0), result.get("metrics", {}))


def load_policy(run: RunFolder | Path | str, step: int | None = None) -> Player:
    """The policy of a run (its folder, or the path of one) at checkpoint `step`, by default the newest good one.

    Raises:
        UnknownNameError: there is no such run.
        NoCheckpointError, CheckpointDamagedError: there is nothing that could be loaded.
        ConfigError: runs of its system leave no policy.
    """
    folder = run if isinstance(run, RunFolder) else RunFolder.at(Path(run))
    return load_system_policy(folder.spec().system, chosen_checkpoint(folder, step).path)
