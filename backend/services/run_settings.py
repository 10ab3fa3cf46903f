"""Players made of numbers that runs are tuning: what each of them has by now, to be played with and against."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from backend.domain.run import Run
from backend.services.player_files import TunedPlayer
from backend.services.runs import Runs
from backend.store.base import RunFilter
from python_training import registry
from python_training.contracts.errors import ConfigError

MAX_RUNS = 20
"""Settings of older runs are not offered; they can be played all the same."""


class RunSettings:
    """Reads the settings that runs have left, anew at every call. Safe to use from several threads or greenlets."""

    def __init__(self, runs: Runs) -> None:
        self._runs = runs

    def list(self, world: registry.WorldEntry) -> Sequence[TunedPlayer]:
        """The players of `world` that the newest runs tune, the newest run first; none before a first checkpoint."""
        tuning = [run for run in self._runs.find(RunFilter())[0] if _tunes(run, world)]
        tuning.sort(key=lambda run: run.created, reverse=True)
        return [
            TunedPlayer("setting", f"{run.id}:{which}", f"{run.name}: {title}" if run.name else title)
            for run in tuning[:MAX_RUNS]
            for which, title in registry.system(run.system).settings.items()
        ]

    def get(self, world: registry.WorldEntry, name: str) -> dict[str, Any]:
        """The document of the player `name`, RUN:WHICH, as `read_tuned` of `world` gives it.

        Raises:
            NotFoundError, UnknownNameError: there is no such run, or it has no such setting.
            NoCheckpointError: it has saved nothing yet.
            ConfigError: it tunes no player of `world`.
            CheckpointError: its files are damaged.
        """
        run_id, which = split_name(name)
        run = self._runs.get(run_id)
        entry = registry.system(run.system)
        if not entry.setting or world is not _world(run):
            raise ConfigError(f"name: {run_id} tunes no player of {world.name}.", field="name")
        document: dict[str, Any] = registry.load(entry.setting)(self._runs.folder(run_id).checkpoints_path, which)
        return document


def split_name(name: str) -> tuple[str, str]:
    """Run and setting that RUN:WHICH means; raises ConfigError."""
    run, colon, which = name.rpartition(":")
    if not colon or not run or not which:
        raise ConfigError(f"name: expected RUN:best or the like, got '{name}'.", field="name")
    return run, which


def _tunes(run: Run, world: registry.WorldEntry) -> bool:
    system = registry.SYSTEMS.get(run.system)
    return run.checkpoint_step is not None and system is not None and bool(system.setting) and world is _world(run)


def _world(run: Run) -> registry.WorldEntry | None:
    task = run.task
    return registry.world(task[0]) if task else None
