"""Finds the run that a person means: by id, by the beginning of one, or "newest"."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from python_training.contracts.errors import UnknownNameError

if TYPE_CHECKING:
    from backend.settings import Settings
    from python_training.runtime.run_folder import RunFolder

NEWEST = "newest"

RunName = Annotated[str, typer.Argument(metavar="RUN", help="Id of a run, the beginning of one, or 'newest'.")]


def local_settings() -> Settings:
    """Settings of commands that work on this machine's folders.

    They reach a server, if at all, over the loopback: so a host that only `serve` may use with a token does not keep
    `paddock runs list` from working where no token is set.
    """
    from backend.settings import load_settings

    return load_settings(host="127.0.0.1")


def all_runs(settings: Settings | None = None) -> list[RunFolder]:
    """Every run of the logs folder, newest last."""
    from python_training.runtime.run_folder import list_runs

    settings = settings or local_settings()
    return list_runs(settings.logs_dir, settings.checkpoints_dir)


def unreadable_runs(settings: Settings | None = None) -> list[tuple[RunFolder, str]]:
    """The runs of the logs folder whose run.json cannot be read, each with what is wrong."""
    from python_training.runtime.run_folder import damaged_runs

    settings = settings or local_settings()
    return damaged_runs(settings.logs_dir, settings.checkpoints_dir)


def find_run(name: str, settings: Settings | None = None) -> RunFolder:
    """The run that `name` means; one that cannot be read only if it fits no other, and is never the newest.

    Raises:
        UnknownNameError: there is none, or the beginning fits several.
    """
    runs = all_runs(settings)
    if name == NEWEST and runs:
        return runs[-1]
    if not any(name and run.id.startswith(name) for run in runs):
        runs += [folder for folder, _ in unreadable_runs(settings)]
    exact = [run for run in runs if run.id == name]
    fitting = exact or [run for run in runs if name and run.id.startswith(name)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise UnknownNameError.several("run", name, (run.id for run in fitting), field="run")
    if not runs:
        raise UnknownNameError("There is no run yet.", field="run", hint="Start one with: paddock train ppo")
    close = difflib.get_close_matches(name, [run.id for run in runs], n=1)
    hint = f"Did you mean '{close[0]}'?" if close else "See: paddock runs list"
    raise UnknownNameError(f"There is no run named '{name}'.", field="run", hint=hint)


class LocalPlaces:
    """contracts.places.RunPlaces of this machine's folders."""

    def find(self, run: str) -> tuple[str, Path]:
        """Id and folder of checkpoints of the run that `run` means; raises UnknownNameError."""
        folder = find_run(run)
        return folder.id, folder.checkpoints_path

    def setting(self, name: str) -> Mapping[str, Any]:
        """The player that RUN:best and the like mean; raises UnknownNameError, NoCheckpointError, CheckpointError."""
        from python_training import registry

        run, _, which = name.rpartition(":")
        folder = find_run(run)
        spec = folder.spec()
        entry = registry.system(spec.system)
        if not entry.setting or entry.task_of(spec.config) is None:
            raise UnknownNameError(f"{folder.id} tunes no player.", field="run")
        document: Mapping[str, Any] = registry.load(entry.setting)(folder.checkpoints_path, which)
        return document
