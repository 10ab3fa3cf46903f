"""Finds the run that somebody means who types the same command once more."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from python_training import registry
from python_training.contracts.config import validate
from python_training.contracts.errors import ConfigError, JournalError, RunLockedError
from python_training.contracts.status import RunStatus
from python_training.runtime.history import read_history
from python_training.runtime.journal import read_events
from python_training.runtime.run_folder import RunFolder, list_runs


def unfinished_run(logs_dir: Path, checkpoints_dir: Path, system: str, config: Mapping[str, Any]) -> RunFolder | None:
    """The newest run of `system` that began with just this config, if it could go on.

    A config of an older version counts as equal if it is, with the defaults of what that version did not have.

    Args:
        logs_dir: where runs write their journals.
        checkpoints_dir: where they write their checkpoints.
        system: name of the training system.
        config: complete, as plain JSON.

    Raises:
        RunLockedError: a process trains it. Another run of the same config would only repeat what it does.
    """
    model = registry.system(system).config_class()
    wanted = validate(model, dict(config))
    for folder in reversed(list_runs(logs_dir, checkpoints_dir)):
        spec = folder.spec()
        try:
            if spec.system != system or validate(model, dict(spec.config)) != wanted:
                continue
            status = read_history(read_events(folder.path)).status
        except (ConfigError, JournalError):
            continue
        if status is RunStatus.FINISHED:
            return None
        if (worker := folder.worker()) is not None and worker.is_alive():
            raise RunLockedError(
                f"A process trains {folder.id}, which began with just this config, already (pid {worker.pid}).",
                hint=f"paddock stop {folder.id}",
            )
        return folder
    return None
