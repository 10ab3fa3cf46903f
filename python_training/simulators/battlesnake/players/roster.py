"""Who can be asked to play, by name: scripted players, presets of the heuristic player, and players in files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from python_training.contracts.config import config_dir
from python_training.contracts.errors import UnknownNameError
from python_training.policy import in_force
from python_training.simulators.battlesnake.players.player_file import (
    PlayerFile,
    heuristic,
    read_player,
    read_player_file,
    read_unquoted,
)
from python_training.simulators.battlesnake.players.players import SCRIPTED, Player
from python_training.simulators.battlesnake.players.tuned import of_document

if TYPE_CHECKING:
    from python_training.contracts.places import RunPlaces


def preset_paths() -> dict[str, Path]:
    """The files of the heuristic player's presets by name, those of config/presets/battlesnake."""
    return {path.stem: path for path in sorted((config_dir() / "presets" / "battlesnake").glob("*.yaml"))}


def player(name: str, places: RunPlaces | None = None) -> Player:
    """The scripted player or preset called `name`, or the player in the file of that name.

    Args:
        name: of it; RUN:best, RUN:recommended, RUN:start or RUN:3 means what a run that tunes such players has by now.
        places: where runs are; without it they are not known.

    Raises:
        UnknownNameError: there is none, with the nearest spelling.
        ConfigError: a file is there but is no player.
        NoCheckpointError: the run has saved nothing yet.
    """
    spelt = name.replace("_", "-")
    if spelt in SCRIPTED:
        return SCRIPTED[spelt]
    presets = preset_paths()
    if spelt in presets:
        return read_player(presets[spelt])
    path = in_force().player_file("battlesnake", name)
    if path is not None:
        read = _read(path)
        return heuristic(read.values, path.stem, read.options)
    if places is not None and ":" in name:
        return of_document(places.setting(name), name)
    raise UnknownNameError.among("Battlesnake player", name, player_names(), field="player")


def player_names() -> tuple[str, ...]:
    """All names that `player` knows: the scripted ones, weakest first, then the presets."""
    return (*SCRIPTED, *preset_paths())


def preset(name: str) -> PlayerFile:
    """The values and options of the preset or the file `name`; raises as `player` does, for scripted players too."""
    path = preset_paths().get(name.replace("_", "-")) or in_force().player_file("battlesnake", name)
    if path is None:
        raise UnknownNameError.among("preset of the heuristic player", name, preset_paths(), field="player")
    return _read(path)


def _read(path: Path) -> PlayerFile:
    """A player's file; where a config from the network names it, errors go there, too, and quote nothing of it."""
    return read_player_file(path) if in_force().unrestricted else read_unquoted(path)
