"""What a run has tuned, as somebody who plays: in games, in the live view, in films and evaluations.

Only worlds whose players are made of numbers can play a setting; a run that tunes a command or another training system
leaves nobody. Light to import: the server asks for settings, and plays none.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from python_training import registry
from python_training.contracts.errors import CheckpointError, ConfigError, UnknownNameError
from python_training.contracts.player import Player
from python_training.registry import WorldEntry
from python_training.systems.tuner.published.best_config import PROVED
from python_training.systems.tuner.published.read_document import named_setting, read_document, setting_names


def task(config: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]] | None:
    """The world whose player a run with `config` tunes, and the games it is tuned for; None if it tunes no player."""
    world = _tuned_world(config.get("objective"))
    if world is None:
        return None
    settings = config.get("objective_config")
    game = settings.get("game") if isinstance(settings, Mapping) else None
    return world.name, game if isinstance(game, Mapping) else {}


def setting(folder: Path, which: str) -> dict[str, Any]:
    """The player of one of a run's settings, as `read_tuned` of its world gives it.

    Args:
        folder: the run's folder of checkpoints, or one of its checkpoints.
        which: start, best, recommended, or the number of an accepted setting.

    Raises:
        NoCheckpointError: the run has saved nothing yet.
        UnknownNameError: it has no such setting.
        CheckpointError: the files are not what a tuner writes, or it tunes no player.
    """
    document = read_document(folder)
    values = named_setting(document, which)
    if values is None:
        raise UnknownNameError.among("setting", which, setting_names(document), field="setting")
    world = _tuned_world(document["objective"])
    if world is None:
        raise CheckpointError(f"{folder.name} tunes '{document['objective']}', which is no player.")
    try:
        whole: dict[str, Any] = registry.load(world.read_tuned)(folder / PROVED)
    except ConfigError as error:
        raise CheckpointError(f"{folder} holds no player: {error.message}") from error
    # The file has what is not tuned as well: fixed parameters and the player's options.
    return {**whole, "values": {**whole["values"], **values}}


def load_policy(folder: Path) -> Player:
    """The incumbent of a checkpoint; raises CheckpointError if there is none that could play."""
    document = read_document(folder)
    world = _tuned_world(document["objective"])
    if world is None:
        raise CheckpointError(f"{folder.name} tunes '{document['objective']}', which is no player.")
    player: Player = registry.load(world.tuned)(setting(folder, "best"), document["incumbent"]["name"], None)
    return player


def _tuned_world(objective: object) -> WorldEntry | None:
    """The world that an objective is the name of, if players of it are made of numbers."""
    world = registry.world(objective) if isinstance(objective, str) else None
    return world if world is not None and world.tuned else None
